"""The VIP club's doors for machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from casino_club.core.schema import refusals
from economy.vip.rules import Tier
from economy.vip.selectors import status
from economy.vip.services import claim

TIERS = [tier.value for tier in Tier]


class VipClaimAnswer(serializers.Serializer):
    awarded_points = serializers.IntegerField()
    new_vip_points = serializers.IntegerField(help_text="What the player holds now.")
    claimed_at = serializers.DateTimeField()
    idempotent = serializers.BooleanField(help_text="Whether the day's points had been claimed before.")


class VipStatusAnswer(serializers.Serializer):
    claimed_today = serializers.BooleanField()
    vip_points = serializers.IntegerField()
    last_claim_at = serializers.DateTimeField(allow_null=True)
    tier = serializers.ChoiceField(TIERS)
    next_tier = serializers.CharField(allow_null=True)
    points_to_next = serializers.IntegerField(allow_null=True)


class VipClaimView(ApiView):
    @extend_schema(
        operation_id="vip_claim",
        request=None,
        responses={200: VipClaimAnswer, **refusals(s409="wallet_missing")},
        tags=["vip"],
    )
    def post(self, request):
        """Collect the day's VIP points, once; a repeat gives the same record."""
        claimed = claim(player_id=request.user.pk, now=request.now)
        return Response(
            {
                "awarded_points": claimed.awarded_points,
                "new_vip_points": claimed.new_vip_points,
                "claimed_at": clock.iso(claimed.claimed_at),
                "idempotent": claimed.idempotent,
            }
        )


class VipStatusView(ApiView):
    @extend_schema(operation_id="vip_status", responses=VipStatusAnswer, tags=["vip"])
    def get(self, request):
        """Points, tier, and whether today's points are in."""
        found = status(user_id=request.user.pk, now=request.now)
        return Response(
            {
                "claimed_today": found.claimed_today,
                "vip_points": found.points,
                "last_claim_at": clock.iso(found.last_claim_at) if found.last_claim_at else None,
                "tier": found.standing.tier,
                "next_tier": found.standing.next_tier,
                "points_to_next": found.standing.points_to_next,
            }
        )
