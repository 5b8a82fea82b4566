"""The safety net's door for machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from casino_club.core.schema import refusals
from economy.safetynet.services import take


class SafetyNetAnswer(serializers.Serializer):
    awarded_gold = serializers.IntegerField()
    new_gold_balance = serializers.IntegerField()
    left_today = serializers.IntegerField()
    next_at = serializers.DateTimeField(help_text="When the next one opens, should it be needed.")


class SafetyNetView(ApiView):
    @extend_schema(
        operation_id="safety_net",
        request=None,
        responses={
            200: SafetyNetAnswer,
            **refusals(
                s409="safety_net_not_needed; safety_net_too_soon, safety_net_used_up (with opens_at, retry_after "
                "in seconds and Retry-After); wallet_missing"
            ),
        },
        tags=["economy"],
    )
    def post(self, request):
        """A little gold for whoever cannot pay the smallest bet: every 30 minutes, at most 8 a game day."""
        caught = take(player_id=request.user.pk, now=request.now)
        return Response(
            {
                "awarded_gold": caught.awarded_gold,
                "new_gold_balance": caught.new_gold_balance,
                "left_today": caught.left_today,
                "next_at": clock.iso(caught.next_at),
            }
        )
