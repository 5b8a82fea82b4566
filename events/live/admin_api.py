"""Events, for operators' machines: reading for every operator, writing for economy, forced claims for support too."""

from dataclasses import replace

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView, HasRole, StaffOnly, idempotent, page_of
from casino_club.core.errors import NotFound
from casino_club.core.schema import CURSOR, LIMIT, refusals
from casino_club.core.shapes import BIGINT_MAX, BooleanField, IntegerField, Shape, TextField
from economy.queries import read_choice
from events.live import operations
from events.live.answers import (
    CountsAnswer,
    OperatorEventAnswer,
    ParticipantAnswer,
    listing,
    operator_answer,
    participant_answer,
)
from events.live.api import RewardClaimAnswer, said
from events.live.models import Event, EventType
from events.live.rules import Asked, Draft, Phase
from events.live.selectors import counts_of, events_in, participations_of, progress_of
from events.live.shapes import MomentField
from events.progress.models import MOST
from events.progress.rules import TARGET_MAX

PHASES = [phase.value for phase in Phase]
BOOLEANS = ["true", "false"]
CHANGES_REQUESTS = ("POST", "PUT")


class RewardsShape(Shape):
    gold = IntegerField(max_value=MOST, required=False)
    gems = IntegerField(max_value=MOST, required=False)
    exp = IntegerField(max_value=MOST, required=False)
    vip_points = IntegerField(max_value=MOST, required=False)


class EventShape(Shape):
    title = TextField(max_length=100)
    title_en = TextField(max_length=100, required=False, allow_blank=True)
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    description_en = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    event_type = serializers.ChoiceField(EventType.values, required=False)
    start_date = MomentField()
    end_date = MomentField()
    requirements = serializers.DictField(
        child=IntegerField(min_value=1, max_value=TARGET_MAX), help_text="{metric: target}"
    )
    client_reported = serializers.DictField(
        child=IntegerField(min_value=1, max_value=TARGET_MAX),
        required=False,
        help_text="{metric: daily cap a player} for the required metrics that clients may report.",
    )
    rewards = RewardsShape()
    image_url = TextField(max_length=300, required=False, allow_blank=True)
    priority = IntegerField(min_value=-1_000_000, max_value=1_000_000, required=False)
    is_active = BooleanField(required=False)


class EventChangesShape(EventShape):
    """As for a new event; what is absent stays as it is."""

    title = TextField(max_length=100, required=False)
    start_date = MomentField(required=False)
    end_date = MomentField(required=False)
    requirements = serializers.DictField(child=IntegerField(min_value=1, max_value=TARGET_MAX), required=False)
    rewards = RewardsShape(required=False)


class ForceShape(Shape):
    reason = TextField(max_length=200, min_length=2)


class SeedAnswer(serializers.Serializer):
    event = OperatorEventAnswer()
    idempotent = serializers.BooleanField(help_text="True when one had not ended yet; nothing was made.")


class OperatorView(ApiView):
    """Every operator reads; the economy role writes."""

    writers = HasRole("economy")

    def get_permissions(self):
        return [self.writers() if self.request.method in CHANGES_REQUESTS else StaffOnly()]


class OperatorEventsView(OperatorView):
    @extend_schema(
        operation_id="admin_events_list",
        parameters=[OpenApiParameter("phase", str, enum=PHASES), LIMIT, CURSOR],
        responses=listing("OperatorEvents", OperatorEventAnswer(many=True)),
        tags=["operators"],
    )
    def get(self, request):
        """All events with their counts, drafts included, the highest priority first."""
        phase = read_choice(request, "phase", PHASES)
        events = events_in(Phase(phase), request.now) if phase else Event.objects.prefetch_related("requirements")
        page = page_of(events, request, key=("-priority", "-id"), serialize=lambda event: event)
        return Response({**page, "results": _answers(page["results"], request.now)})

    @extend_schema(
        operation_id="admin_events_create",
        request=EventShape,
        responses={201: OperatorEventAnswer},
        tags=["operators"],
    )
    def post(self, request):
        """Make an event."""
        asked = EventShape.read(request.data)
        event = operations.create(draft=_merged(None, asked), operator_id=request.user.pk, now=request.now)
        return Response(_answers([event], request.now)[0], status=201)


class OperatorEventView(OperatorView):
    @extend_schema(
        operation_id="admin_events_update",
        request=EventChangesShape,
        responses={200: OperatorEventAnswer, **refusals(s404="not_found", s409="event_frozen")},
        tags=["operators"],
    )
    def put(self, request, event_id: int):
        """Change an event. Its requirements and rewards are frozen once somebody has joined."""
        asked = EventChangesShape.read(request.data)
        event = Event.objects.filter(pk=event_id).prefetch_related("requirements").first()
        if event is None:
            raise NotFound
        draft = _merged(operations.draft_of(event), asked)
        return Response(_answers([operations.update(event_id=event_id, draft=draft, now=request.now)], request.now)[0])


class DeactivateView(OperatorView):
    @extend_schema(
        operation_id="admin_events_deactivate",
        request=None,
        responses={200: OperatorEventAnswer, **refusals(s404="not_found")},
        tags=["operators"],
    )
    def post(self, request, event_id: int):
        """Close an event now; what was completed can be collected for 7 more days. A repeat changes nothing."""
        return Response(_answers([operations.deactivate(event_id=event_id, now=request.now)], request.now)[0])


class ParticipationsView(OperatorView):
    @extend_schema(
        operation_id="admin_events_participations",
        parameters=[
            OpenApiParameter("completed", bool),
            OpenApiParameter("claimed", bool),
            LIMIT,
            CURSOR,
        ],
        responses={
            200: listing("Participations", ParticipantAnswer(many=True), counts=CountsAnswer()),
            **refusals(s404="not_found"),
        },
        tags=["operators"],
    )
    def get(self, request, event_id: int):
        """Who takes part, the latest first, with their progress; and the event's counts."""
        event = Event.objects.filter(pk=event_id).prefetch_related("requirements").first()
        if event is None:
            raise NotFound
        wanted = {name: read_choice(request, name, BOOLEANS) for name in ("completed", "claimed")}
        rows = participations_of(event, **{name: text and text == "true" for name, text in wanted.items()})
        page = page_of(rows, request, key=("-id",), serialize=lambda row: row)
        figures = progress_of(page["results"], {event.pk: event}, now=request.now)
        results = [participant_answer(row, progress) for row, progress in zip(page["results"], figures, strict=True)]
        counts = counts_of([event_id])[event_id]
        return Response(
            {
                **page,
                "results": results,
                "counts": {"joined": counts.joined, "completed": counts.completed, "claimed": counts.claimed},
            }
        )


class ForceClaimView(OperatorView):
    writers = HasRole("support", "economy")

    @extend_schema(
        operation_id="admin_events_force_claim",
        request=ForceShape,
        responses={
            200: RewardClaimAnswer,
            **refusals(s400="validation_error, event_not_joined, already_claimed", s404="not_found"),
        },
        tags=["operators"],
    )
    @idempotent
    def post(self, request, event_id: int, user_id: int):
        """Pay a participant the reward, completed or not, once; with the reason in the audit."""
        asked = ForceShape.read(request.data)
        if user_id > BIGINT_MAX:
            raise operations.ForceNotJoined
        claimed = operations.force_claim(
            event_id=event_id,
            player_id=user_id,
            operator_id=request.user.pk,
            reason=asked["reason"],
            now=request.now,
        )
        return Response(
            {
                "success": True,
                "rewards": claimed.rewards,
                "message": said(claimed.idempotent),
                "idempotent": claimed.idempotent,
                "new_gold_balance": claimed.balances.gold,
            }
        )


class SeedView(OperatorView):
    @extend_schema(
        operation_id="admin_events_seed_model_index",
        request=None,
        responses={200: SeedAnswer, 201: SeedAnswer},
        tags=["operators"],
    )
    def post(self, request):
        """Bring out the model index event, unless one has not ended yet."""
        seeded = operations.seed(operator_id=request.user.pk, now=request.now)
        answer = {"event": _answers([seeded.event], request.now)[0], "idempotent": seeded.idempotent}
        return Response(answer, status=200 if seeded.idempotent else 201)


def _answers(events: list[Event], now) -> list[dict]:
    counts = counts_of(event.pk for event in events)
    return [operator_answer(event, counts[event.pk], now) for event in events]


def _merged(draft: Draft | None, asked: dict) -> Draft:
    """The draft with what was asked for; requirements and their caps are one thing, replaced together."""
    plain = {name: value for name, value in asked.items() if name not in ("requirements", "client_reported")}
    if "requirements" in asked or "client_reported" in asked:
        before = draft.requirements if draft else ()
        targets = asked.get("requirements", {row.metric: row.target for row in before})
        known = {row.metric: row.daily_cap for row in before if row.daily_cap is not None}
        caps = asked.get("client_reported", known)
        plain["requirements"] = tuple(Asked(name, target, caps.get(name)) for name, target in targets.items())
    return replace(draft, **plain) if draft else Draft(**plain)
