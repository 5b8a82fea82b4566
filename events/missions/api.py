"""Missions, for players' machines."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import page_of
from casino_club.core.schema import CURSOR, LIMIT, refusals
from events.live.answers import RewardsAnswer, listing
from events.live.api import RewardClaimAnswer, said
from events.missions import services
from events.missions.models import Category, MissionType
from events.missions.selectors import MissionState, missions_of, states_of
from events.observations import ObservedView
from events.progress.rules import DERIVED


class MissionAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    mission_type = serializers.ChoiceField(MissionType.values)
    category = serializers.ChoiceField(Category.values)
    metric = serializers.ChoiceField(DERIVED)
    target_value = serializers.IntegerField()
    progress = serializers.IntegerField(help_text="Counted by the server from play within the period.")
    completed = serializers.BooleanField()
    claimed = serializers.BooleanField()
    rewards = RewardsAnswer()
    icon = serializers.CharField()
    sort_order = serializers.IntegerField()
    period = serializers.DateField(help_text="The period's first game day.")
    resets_at = serializers.DateTimeField()


class MissionsView(ObservedView):
    endpoint = "missions"
    action = "list_all"
    mission_type: str | None = None

    @extend_schema(parameters=[LIMIT, CURSOR], responses=listing("Missions", MissionAnswer(many=True)), tags=["events"])
    def get(self, request):
        """Missions of the running game day or week with the player's progress, in their order."""
        page = page_of(
            missions_of(self.mission_type), request, key=("sort_order", "id"), serialize=lambda mission: mission
        )
        states = states_of(request.user.pk, page["results"], now=request.now)
        return Response({**page, "results": [mission_answer(state) for state in states]})


class ClaimMissionView(ObservedView):
    endpoint = "missions"
    action = "claim"

    @extend_schema(
        operation_id="missions_claim",
        request=None,
        responses={200: RewardClaimAnswer, **refusals(s404="not_found", s409="mission_not_completed, wallet_missing")},
        tags=["events"],
    )
    def post(self, request, mission_id: int):
        """Collect a mission completed in the running period. Paid once a period; a repeat gives the same."""
        claimed = services.claim(player_id=request.user.pk, mission_id=mission_id, now=request.now)
        return Response(
            {
                "success": True,
                "rewards": claimed.rewards,
                "message": said(claimed.idempotent),
                "idempotent": claimed.idempotent,
                "new_gold_balance": claimed.balances.gold,
            }
        )


def mission_answer(state: MissionState) -> dict:
    """A mission as its player reads it."""
    mission = state.mission
    return {
        "id": mission.pk,
        "title": mission.shown_title,
        "description": mission.shown_description,
        "mission_type": mission.mission_type,
        "category": mission.category,
        "metric": mission.metric,
        "target_value": mission.target_value,
        "progress": state.progress,
        "completed": state.completed,
        "claimed": state.claimed,
        "rewards": mission.rewards,
        "icon": mission.icon,
        "sort_order": mission.sort_order,
        "period": state.period.first_date.isoformat(),
        "resets_at": clock.iso(state.period.resets_at),
    }
