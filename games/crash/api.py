"""Crash for machines: bet, cash out, look."""

import math
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, keyed
from casino_club.core.errors import NotFound
from casino_club.core.idempotency import Act, Stored
from casino_club.core.schema import refusals
from casino_club.core.shapes import BIGINT_MAX, IntegerField, Shape
from games.crash import rules, selectors, services
from games.crash.rules import Status
from games.crash.services import Seat
from games.express import Door
from games.fairness.answers import FairnessAnswer
from games.rounds.rules import HUNDREDTHS, written
from games.rounds.selectors import Table


@extend_schema_field(OpenApiTypes.DOUBLE)
class MultiplierField(serializers.Field):
    """A JSON number with at most two decimals, read as whole hundredths."""

    def to_internal_value(self, data) -> int:
        if type(data) not in (int, float) or not (type(data) is int or math.isfinite(data)):
            raise serializers.ValidationError(_("Expected a number."))
        hundredths = Decimal(repr(data)) * HUNDREDTHS
        if not rules.LEAST_TARGET <= hundredths <= rules.CURRENT.max_multiplier:
            raise serializers.ValidationError(_("Choose 1.01× to 1,000×."))
        if hundredths != int(hundredths):
            raise serializers.ValidationError(_("Two decimals at most."))
        return int(hundredths)


class BetShape(Shape):
    bet_amount = IntegerField(min_value=rules.MIN_BET, max_value=rules.MAX_BET, help_text="The stake in gold.")
    auto_cashout_multiplier = MultiplierField(
        required=False, allow_null=True, help_text="Cash out by itself at this multiplier: 1.01–1000, two decimals."
    )


class CashOutShape(Shape):
    game_id = IntegerField(min_value=1)


class PlayAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    game_id = serializers.IntegerField()
    bet_amount = serializers.IntegerField()
    auto_cashout_multiplier = serializers.FloatField(allow_null=True)
    potential_win = serializers.IntegerField(allow_null=True, help_text="⌊bet × automatic cash-out⌋")
    max_multiplier = serializers.FloatField(help_text="The table's: there a round is cashed out for the player.")
    simulated_max_win = serializers.IntegerField(help_text="⌊bet × max_multiplier⌋, at most the table's highest win.")
    status = serializers.ChoiceField([status.value for status in Status])
    balance = serializers.IntegerField(help_text="Gold now.")
    started_at = serializers.DateTimeField(help_text="From here the multiplier is ⌊100 · e^(0.00006 · ms)⌋ ÷ 100.")
    fairness = FairnessAnswer()


class StandingAnswer(PlayAnswer):
    message = serializers.CharField()
    cashout_multiplier = serializers.FloatField(allow_null=True, help_text="What was paid at; null unless cashed out.")
    crash_multiplier = serializers.FloatField(
        allow_null=True, help_text="How far the crane flew or would have flown; null until the round is settled."
    )
    win_amount = serializers.IntegerField()
    net_change = serializers.IntegerField(allow_null=True, help_text="null until the round is settled.")
    ended_after_ms = serializers.IntegerField(allow_null=True)
    server_time = serializers.DateTimeField()


def bet(asked: dict, act: Act, *, table: Table | None = None, now: datetime) -> Stored:
    """The bet of a request that was read."""
    return services.place_bet_once(
        bet_amount=asked["bet_amount"],
        auto_cashout=asked.get("auto_cashout_multiplier"),
        act=act,
        answer_of=answer_of,
        table=table,
        now=now,
    )


class BetView(ApiView):
    rates = (("bets", "RATE_BETS_PER_SECOND", 1),)

    @extend_schema(
        operation_id="crash_bet",
        request=BetShape,
        responses={
            200: PlayAnswer,
            **refusals(
                s409="insufficient_gold, round_open (with its game_id), self_limit_reached (with limit, remaining and "
                "ends_at), wallet_missing"
            ),
        },
        tags=["games"],
    )
    @keyed
    def post(self, request, act):
        """Stake gold on a flight. It begins at `started_at`, by the server's clock, and ends nobody knows when."""
        return bet(BetShape.read(request.data), act, now=request.now)


BET = Door("/api/games/crash/bet", "crash_bet", BetView, BetShape, services.ATTENDANCE, bet)


class CashOutView(ApiView):
    @extend_schema(
        operation_id="crash_cashout",
        request=CashOutShape,
        responses={200: StandingAnswer, **refusals(s404="not_found", s409="wallet_missing")},
        tags=["games"],
    )
    def post(self, request):
        """Cash out now; what counts is when the server received this. Too late answers `crashed`; repeats are safe."""
        received_at = selectors.database_now()
        asked = CashOutShape.read(request.data)
        seat = services.cash_out(player_id=request.user.pk, game_id=asked["game_id"], received_at=received_at)
        return Response(standing_of(seat))


class RoundView(ApiView):
    @extend_schema(
        operation_id="crash_round",
        responses={200: StandingAnswer, **refusals(s404="not_found")},
        tags=["games"],
    )
    def get(self, request, game_id: int):
        """The round as it stands now."""
        if game_id > BIGINT_MAX:
            raise NotFound
        return Response(standing_of(services.look(player_id=request.user.pk, game_id=game_id)))


class StreamView(RoundView):
    """Where streams are not served (plain WSGI) this answers once, like the round itself; see `games.crash.stream`."""

    def perform_content_negotiation(self, request, force=False):
        """A browser asks for text/event-stream; what the stream is made of is JSON all the same."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="crash_stream",
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR,
                description="Events `placed`, then `crashed` or `cashed_out`, each with the round as it stands then.",
            ),
            **refusals(s404="not_found"),
        },
        tags=["games"],
    )
    def get(self, request, game_id: int):
        """The round as it stands, and again when it ends."""
        return super().get(request, game_id)


def answer_of(seat: Seat) -> dict:
    """A round as SPEC §6 answers it; of an open one nothing tells when it ends."""
    play = seat.play
    return {
        "success": True,
        "game_id": play.game_id,
        "bet_amount": play.bet,
        "auto_cashout_multiplier": _times(play.auto_cashout),
        "potential_win": play.auto_cashout and rules.payout_for(play.bet, play.auto_cashout),
        "max_multiplier": _times(rules.CURRENT.max_multiplier),
        "simulated_max_win": min(rules.payout_for(play.bet, rules.CURRENT.max_multiplier), rules.MAX_WIN),
        "status": play.status,
        "balance": seat.balance,
        "started_at": clock.iso(play.started_at),
        "fairness": {
            "server_seed_hash": play.server_seed_hash,
            "client_seed": play.client_seed,
            "nonce": play.nonce,
        },
    }


def standing_of(seat: Seat) -> dict:
    """The same, with how it ended and what time the server has."""
    play = seat.play
    settled = play.status != Status.PLACED
    return answer_of(seat) | {
        "message": message_for(seat),
        "cashout_multiplier": _times(play.multiplier or None),
        "crash_multiplier": _times(play.crash_point),
        "win_amount": play.win,
        "net_change": play.win - play.bet if settled else None,
        "ended_after_ms": play.at_ms,
        "server_time": clock.iso(seat.as_of),
    }


def message_for(seat: Seat) -> str:
    """What happened, in a sentence. A loss is said quietly."""
    play = seat.play
    values = {"times": written(play.multiplier), "gold": f"{play.win:,}"}
    match play.status:
        case Status.PLACED:
            return _("The crane is in the air.")
        case Status.CASHED_OUT:
            return _("Cashed out at %(times)s×: %(gold)s gold.") % values
        case Status.AUTO_CASHED:
            return _("Cashed out by itself at %(times)s×: %(gold)s gold.") % values
    if play.crash_point < rules.TAKE_OFF:
        return _("The crane flew off before it rose.")
    return _("The crane flew off at %(times)s×.") % {"times": written(play.crash_point)}


def _times(hundredths: int | None) -> float | None:
    return hundredths / HUNDREDTHS if hundredths is not None else None
