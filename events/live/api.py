"""Events, for players' machines."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import page_of
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import BIGINT_MAX, IntegerField, Shape
from economy.queries import read_choice
from events.live import services
from events.live.answers import EventAnswer, RewardsAnswer, event_answer, listing
from events.live.models import Event
from events.live.rules import Phase
from events.live.selectors import counts_of, event_of, events_in
from events.observations import ObservedView
from events.progress.rules import TARGET_MAX

STATUSES = [Phase.LIVE.value, Phase.UPCOMING.value, Phase.ENDED.value]


class JoinShape(Shape):
    event_id = IntegerField(min_value=1, max_value=BIGINT_MAX)


class JoinAnswer(serializers.Serializer):
    event_id = serializers.IntegerField()
    joined_at = serializers.DateTimeField()
    idempotent = serializers.BooleanField(help_text="True when the player had joined before.")


class ProgressShape(Shape):
    progress = serializers.DictField(
        child=IntegerField(max_value=TARGET_MAX),
        allow_empty=False,
        help_text="{metric: the client's total so far}. A total never falls; repeating one changes nothing.",
    )


class ProgressAnswer(serializers.Serializer):
    event_id = serializers.IntegerField()
    progress = serializers.DictField(child=serializers.IntegerField())
    completed = serializers.BooleanField()


class RewardClaimAnswer(serializers.Serializer):
    success = serializers.BooleanField()
    rewards = RewardsAnswer()
    message = serializers.CharField()
    idempotent = serializers.BooleanField(help_text="True when it had been collected before; nothing was paid.")
    new_gold_balance = serializers.IntegerField(help_text="The balance now, also in a repeat.")


def answers_for(events: list[Event], player_id: int, now) -> list[dict]:
    """Any number of events as the player reads them, in a constant number of statements."""
    counts = counts_of(event.pk for event in events)
    states = services.states(player_id=player_id, events=events, now=now)
    return [event_answer(event, counts[event.pk], states[event.pk], now) for event in events]


class EventsView(ObservedView):
    action = "list"

    @extend_schema(
        operation_id="events_list",
        parameters=[OpenApiParameter("status", str, enum=STATUSES, default=Phase.LIVE.value), LIMIT, CURSOR],
        responses=listing("Events", EventAnswer(many=True)),
        tags=["events"],
    )
    def get(self, request):
        """Live events (or those upcoming or ended), the highest priority first."""
        phase = Phase(read_choice(request, "status", STATUSES, Phase.LIVE.value))
        page = page_of(events_in(phase, request.now), request, key=("-priority", "-id"), serialize=lambda event: event)
        return Response({**page, "results": answers_for(page["results"], request.user.pk, request.now)})


class EventView(ObservedView):
    action = "detail"

    @extend_schema(
        operation_id="events_detail",
        responses={200: EventAnswer, **refusals(s404="not_found")},
        tags=["events"],
    )
    def get(self, request, event_id: int):
        """One event, whatever its phase."""
        (answer,) = answers_for([event_of(event_id)], request.user.pk, request.now)
        return Response(answer)


class JoinView(ObservedView):
    action = "join"

    @extend_schema(
        operation_id="events_join",
        request=JoinShape,
        responses={200: JoinAnswer, **refusals(s404="not_found", s409="event_closed")},
        tags=["events"],
    )
    def post(self, request):
        """Join an event. Play counts from this moment on; a repeat changes nothing."""
        asked = JoinShape.read(request.data)
        joined = services.join(player_id=request.user.pk, event_id=asked["event_id"], now=request.now)
        return Response(
            {
                "event_id": joined.event_id,
                "joined_at": clock.iso(joined.joined_at),
                "idempotent": joined.idempotent,
            }
        )


class ProgressView(ObservedView):
    action = "progress"

    @extend_schema(
        operation_id="events_progress",
        request=ProgressShape,
        responses={
            200: ProgressAnswer,
            **refusals(
                s403="metric_is_server_derived",
                s404="not_found",
                s409="event_closed, event_not_joined, daily_cap_reached",
            ),
        },
        tags=["events"],
    )
    def put(self, request, event_id: int):
        """Report what only the client knows, where an operator marked the metric so. All or nothing."""
        asked = ProgressShape.read(request.data)
        state = services.report(
            player_id=request.user.pk, event_id=event_id, reported=asked["progress"], now=request.now
        )
        return Response({"event_id": event_id, "progress": state.progress, "completed": state.completed})


class ClaimView(ObservedView):
    action = "claim"

    @extend_schema(
        operation_id="events_claim",
        request=None,
        responses={
            200: RewardClaimAnswer,
            **refusals(s404="not_found", s409="event_not_joined, event_not_completed, event_closed, wallet_missing"),
        },
        tags=["events"],
    )
    def post(self, request, event_id: int):
        """Collect a completed event's reward, up to 7 days after its end. Paid once; a repeat gives the same."""
        claimed = services.claim(player_id=request.user.pk, event_id=event_id, now=request.now)
        return Response(
            {
                "success": True,
                "rewards": claimed.rewards,
                "message": said(claimed.idempotent),
                "idempotent": claimed.idempotent,
                "new_gold_balance": claimed.balances.gold,
            }
        )


def said(idempotent: bool) -> str:
    """What became of a claim, in a sentence."""
    return _("You already collected this reward.") if idempotent else _("The reward is yours.")
