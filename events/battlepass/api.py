"""The battle pass, for players' machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, idempotent
from casino_club.core.schema import refusals
from casino_club.core.shapes import BIGINT_MAX, IntegerField, Shape
from economy.rewards.rules import Amounts
from events.battlepass import services
from events.battlepass.rules import Track
from events.battlepass.selectors import PassState, Step
from events.live.answers import RewardsAnswer
from events.live.api import said

TRACKS = [track.value for track in Track]


class ClaimShape(Shape):
    tier = IntegerField(min_value=1, max_value=1000)
    track = serializers.ChoiceField(TRACKS)
    season_id = IntegerField(
        min_value=1,
        max_value=BIGINT_MAX,
        required=False,
        help_text="For the season in its days of grace; the running one when absent.",
    )


class UpgradeShape(Shape):
    """An empty object."""


class StepAnswer(serializers.Serializer):
    rewards = RewardsAnswer(allow_null=True)
    claimed = serializers.BooleanField()
    claimable = serializers.BooleanField()


class TierAnswer(serializers.Serializer):
    tier = serializers.IntegerField()
    xp = serializers.IntegerField(help_text="Season XP that reaches it.")
    reached = serializers.BooleanField()
    free = StepAnswer()
    premium = StepAnswer()


class PassAnswer(serializers.Serializer):
    season_id = serializers.IntegerField()
    name = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="From then on what is left is granted automatically.")
    is_over = serializers.BooleanField()
    premium_price_gems = serializers.IntegerField()
    is_premium = serializers.BooleanField()
    xp = serializers.IntegerField(help_text="Season XP.")
    level = serializers.IntegerField(help_text="Tiers reached.")
    tiers = TierAnswer(many=True)


class BattlePassAnswer(serializers.Serializer):
    current = PassAnswer(allow_null=True, help_text="The running season, or null between seasons.")
    previous = PassAnswer(allow_null=True, help_text="The season in its days of grace, or null.")


class ClaimedAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    season_id = serializers.IntegerField()
    tier = serializers.IntegerField()
    track = serializers.ChoiceField(TRACKS)
    rewards = RewardsAnswer()
    message = serializers.CharField()
    idempotent = serializers.BooleanField()
    new_gold_balance = serializers.IntegerField()
    new_gem_balance = serializers.IntegerField()


class UpgradedAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    season_id = serializers.IntegerField()
    tiers = serializers.ListField(child=serializers.IntegerField(), help_text="Reached tiers whose premium was paid.")
    rewards = RewardsAnswer()
    new_gold_balance = serializers.IntegerField()
    new_gem_balance = serializers.IntegerField()


class BattlePassView(ApiView):
    @extend_schema(operation_id="battlepass", responses=BattlePassAnswer, tags=["events"])
    def get(self, request):
        """The running season's pass and, for 7 days, the one before it."""
        states = services.passes(player_id=request.user.pk, now=request.now)
        return Response(
            {
                "current": next((pass_answer(state) for state in states if not state.is_over), None),
                "previous": next((pass_answer(state) for state in states if state.is_over), None),
            }
        )


class ClaimTierView(ApiView):
    @extend_schema(
        operation_id="battlepass_claim",
        request=ClaimShape,
        responses={
            200: ClaimedAnswer,
            **refusals(s404="not_found", s409="tier_not_reached, premium_required, season_closed, wallet_missing"),
        },
        tags=["events"],
    )
    def post(self, request):
        """Collect a tier's reward on one track. Paid once; a repeat gives the same."""
        asked = ClaimShape.read(request.data)
        collected = services.claim(
            player_id=request.user.pk,
            tier=asked["tier"],
            track=Track(asked["track"]),
            season_id=asked.get("season_id"),
            now=request.now,
        )
        return Response(
            {
                "success": True,
                "season_id": collected.season.pk,
                "tier": asked["tier"],
                "track": asked["track"],
                "rewards": amounts_answer(collected.amounts),
                "message": said(collected.idempotent),
                "idempotent": collected.idempotent,
                "new_gold_balance": collected.balances.gold,
                "new_gem_balance": collected.balances.gems,
            }
        )


class UpgradeView(ApiView):
    @extend_schema(
        operation_id="battlepass_upgrade",
        request=UpgradeShape,
        responses={
            200: UpgradedAnswer,
            **refusals(s409="insufficient_gems, already_premium, season_closed, wallet_missing"),
        },
        tags=["events"],
    )
    @idempotent
    def post(self, request):
        """Buy the running season's premium track with gems; pays the premium rewards of tiers already reached."""
        UpgradeShape.read(request.data)
        upgraded = services.upgrade(player_id=request.user.pk, now=request.now)
        return Response(
            {
                "success": True,
                "season_id": upgraded.season.pk,
                "tiers": upgraded.tiers,
                "rewards": amounts_answer(upgraded.amounts) or {},
                "new_gold_balance": upgraded.balances.gold,
                "new_gem_balance": upgraded.balances.gems,
            }
        )


def pass_answer(state: PassState) -> dict:
    """A pass as its player reads it."""
    season = state.season
    return {
        "season_id": season.pk,
        "name": season.shown_name,
        "starts_at": clock.iso(season.starts_at),
        "ends_at": clock.iso(season.ends_at),
        "closes_at": clock.iso(state.closes_at),
        "is_over": state.is_over,
        "premium_price_gems": season.premium_price_gems,
        "is_premium": state.is_premium,
        "xp": state.xp,
        "level": state.level,
        "tiers": [
            {
                "tier": tier.tier,
                "xp": tier.xp,
                "reached": tier.reached,
                "free": _step(tier.free),
                "premium": _step(tier.premium),
            }
            for tier in state.tiers
        ],
    }


def _step(step: Step) -> dict:
    return {"rewards": amounts_answer(step.amounts), "claimed": step.claimed, "claimable": step.claimable}


def amounts_answer(amounts: Amounts | None) -> dict | None:
    """A reward in the names that events use; None where there is none."""
    if amounts is None:
        return None
    named = {"gold": amounts.gold, "gems": amounts.gems, "exp": amounts.xp, "vip_points": amounts.vip_points}
    return {name: amount for name, amount in named.items() if amount}
