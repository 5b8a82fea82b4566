"""The slot's door for machines."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from casino_club.core import idempotency
from casino_club.core.api import ApiView, keyed
from casino_club.core.idempotency import Act, Stored
from casino_club.core.schema import refusals
from casino_club.core.shapes import IntegerField, Shape
from games.express import Door
from games.fairness.answers import FairnessAnswer
from games.rounds.rules import HUNDREDTHS
from games.rounds.selectors import Table
from games.slot import rules
from games.slot.services import ATTENDANCE, Spin, spin


class SpinShape(Shape):
    bet_amount = IntegerField(
        min_value=rules.MIN_BET, max_value=rules.MAX_BET, help_text="The whole stake in gold, spread over the lines."
    )
    lines = IntegerField(min_value=1, max_value=rules.MAX_LINES)


class LineWinAnswer(serializers.Serializer):
    line = serializers.IntegerField(help_text="1–20, as GET /api/games/odds lists them.")
    symbol = serializers.CharField()
    count = serializers.IntegerField(help_text="Cards in a row from the left.")
    multiplier = serializers.IntegerField(help_text="Multiple of the bet on one line (bet ÷ lines).")
    rows = serializers.ListField(child=serializers.IntegerField(), help_text="The row the line crosses on each reel.")


class SpinAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    reels = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Five reels of three cards, top to bottom.",
    )
    stops = serializers.ListField(child=serializers.IntegerField(), help_text="Strip position in each reel's top row.")
    win_amount = serializers.IntegerField(help_text="⌊bet × Σ line multipliers ÷ lines⌋")
    win_lines = LineWinAnswer(many=True)
    multiplier = serializers.FloatField(help_text="win ÷ bet, to the hundredth, rounded down.")
    is_jackpot = serializers.BooleanField()
    is_free_spin = serializers.BooleanField(help_text="Wagered nothing and played the bet and lines it was won with.")
    free_spins_awarded = serializers.IntegerField()
    free_spins_left = serializers.IntegerField()
    bet_amount = serializers.IntegerField(help_text="The bet that was played.")
    lines = serializers.IntegerField(help_text="The lines that were played.")
    message = serializers.CharField()
    balance = serializers.IntegerField(help_text="Gold after the spin.")
    net_change = serializers.IntegerField()
    round_id = serializers.IntegerField()
    fairness = FairnessAnswer()


def play(asked: dict, act: Act, *, table: Table | None = None, now: datetime) -> Stored:
    """The spin of a request that was read. A `table` read before has nothing that a spin would not read again."""

    def work() -> tuple[int, dict]:
        result = spin(player_id=act.actor_id, bet_amount=asked["bet_amount"], lines=asked["lines"], now=now)
        return 200, answer_of(result)

    return idempotency.run_act(act, now=now, work=work)


class SpinView(ApiView):
    rates = (("bets", "RATE_BETS_PER_SECOND", 1),)

    @extend_schema(
        operation_id="slot_spin",
        request=SpinShape,
        responses={
            200: SpinAnswer,
            **refusals(
                s409="insufficient_gold, self_limit_reached (with limit, remaining and ends_at), wallet_missing"
            ),
        },
        tags=["games"],
    )
    @keyed
    def post(self, request, act):
        """Spin the slot once. While free spins are left they are played first, whatever bet is sent."""
        return play(SpinShape.read(request.data), act, now=request.now)


SPIN = Door("/api/games/slot/spin", "slot_spin", SpinView, SpinShape, ATTENDANCE, play)


def answer_of(result: Spin) -> dict:
    """A finished spin as SPEC §6 answers it."""
    outcome = result.outcome
    return {
        "success": True,
        "reels": outcome.reels,
        "stops": outcome.stops,
        "win_amount": result.win,
        "win_lines": [
            {
                "line": win.line,
                "symbol": win.symbol,
                "count": win.count,
                "multiplier": win.multiplier,
                "rows": rules.LINES[win.line - 1],
            }
            for win in outcome.wins
        ],
        "multiplier": result.multiplier / HUNDREDTHS,
        "is_jackpot": outcome.is_jackpot,
        "is_free_spin": result.is_free,
        "free_spins_awarded": outcome.free_spins,
        "free_spins_left": result.free_spins_left,
        "bet_amount": result.bet_amount,
        "lines": result.lines,
        "message": message_for(result),
        "balance": result.balance,
        "net_change": result.win - result.wagered,
        "round_id": result.round_id,
        "fairness": {
            "server_seed_hash": result.ticket.server_seed_hash,
            "client_seed": result.ticket.client_seed,
            "nonce": result.ticket.nonce,
        },
    }


def message_for(result: Spin) -> str:
    """What happened, in a sentence or two. A loss is said quietly, and a payout below the bet is not called a win."""
    said = []
    if result.outcome.is_jackpot:
        said.append(_("Jackpot! Five moons in a row."))
    if result.win > result.wagered:
        said.append(_("You won %(gold)s gold.") % {"gold": f"{result.win:,}"})
    elif result.win:
        said.append(_("%(gold)s gold comes back.") % {"gold": f"{result.win:,}"})
    elif not result.outcome.free_spins:
        said.append(_("No line this time."))
    if awarded := result.outcome.free_spins:
        said.append(
            ngettext("%(count)s free spin for you.", "%(count)s free spins for you.", awarded) % {"count": awarded}
        )
    return " ".join(said)
