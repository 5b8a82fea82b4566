"""Rock, paper, scissors for machines."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView, idempotent
from casino_club.core.schema import refusals
from casino_club.core.shapes import ChoiceField, IntegerField, Shape
from games.fairness.answers import FairnessAnswer
from games.rounds.rules import HUNDREDTHS
from games.rps import rules
from games.rps.labels import HAND_LABELS
from games.rps.services import Play, play


class PlayShape(Shape):
    choice = ChoiceField(choices=[hand.value for hand in rules.HANDS])
    bet_amount = IntegerField(min_value=rules.MIN_BET, max_value=rules.MAX_BET, help_text="In gold.")


class HandAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    player_choice = serializers.CharField()
    computer_choice = serializers.CharField()
    result = serializers.ChoiceField([result.value for result in rules.RESULTS])
    bet_amount = serializers.IntegerField()
    win_amount = serializers.IntegerField(help_text="⌊1.94 × bet⌋ for a win, the bet back for a draw.")
    multiplier = serializers.FloatField(help_text="win ÷ bet, to the hundredth, rounded down.")
    message = serializers.CharField()
    balance = serializers.IntegerField(help_text="Gold after the round.")
    net_change = serializers.IntegerField()
    round_id = serializers.IntegerField()
    fairness = FairnessAnswer()


class PlayView(ApiView):
    rates = (("bets", "RATE_BETS_PER_SECOND", 1),)

    @extend_schema(
        operation_id="rps_play",
        request=PlayShape,
        responses={
            200: HandAnswer,
            **refusals(
                s409="insufficient_gold, self_limit_reached (with limit, remaining and ends_at), wallet_missing"
            ),
        },
        tags=["games"],
    )
    @idempotent
    def post(self, request):
        """Show a hand; the house shows one too. A draw gives the bet back."""
        asked = PlayShape.read(request.data)
        result = play(
            player_id=request.user.pk,
            choice=rules.Hand(asked["choice"]),
            bet_amount=asked["bet_amount"],
            now=request.now,
        )
        return Response(answer_of(result))


def answer_of(result: Play) -> dict:
    """A finished round as the table shows it."""
    return {
        "success": True,
        "player_choice": result.player,
        "computer_choice": result.house,
        "result": result.result,
        "bet_amount": result.bet,
        "win_amount": result.win,
        "multiplier": result.multiplier / HUNDREDTHS,
        "message": message_for(result),
        "balance": result.balance,
        "net_change": result.win - result.bet,
        "round_id": result.round_id,
        "fairness": {
            "server_seed_hash": result.ticket.server_seed_hash,
            "client_seed": result.ticket.client_seed,
            "nonce": result.ticket.nonce,
        },
    }


def message_for(result: Play) -> str:
    """What happened, in a sentence; a loss is said quietly."""
    values = {"hand": HAND_LABELS[result.house], "gold": f"{result.win:,}"}
    if result.result is rules.Result.WIN:
        return _("The house shows %(hand)s. You won %(gold)s gold.") % values
    if result.result is rules.Result.DRAW:
        return _("The house shows %(hand)s too. Your bet comes back.") % values
    return _("The house shows %(hand)s.") % values
