"""Events as machines read them, and the shapes by which OpenAPI describes them."""

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from casino_club.core import clock
from events.live.models import Event, EventType, Participation
from events.live.rules import Phase
from events.live.selectors import Counts, State


class ParticipationAnswer(serializers.Serializer):
    joined = serializers.BooleanField()
    progress = serializers.DictField(
        child=serializers.IntegerField(), help_text="{metric: value}, counted by the server."
    )
    completed = serializers.BooleanField()
    claimed = serializers.BooleanField()


class RewardsAnswer(serializers.Serializer):
    gold = serializers.IntegerField(required=False)
    gems = serializers.IntegerField(required=False)
    exp = serializers.IntegerField(required=False)
    vip_points = serializers.IntegerField(required=False)


class EventFields(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    event_type = serializers.ChoiceField(EventType.values)
    start_date = serializers.DateTimeField()
    end_date = serializers.DateTimeField()
    requirements = serializers.DictField(child=serializers.IntegerField(), help_text="{metric: target}")
    client_reported = serializers.DictField(
        child=serializers.IntegerField(), help_text="{metric: daily cap} of the metrics that PUT progress accepts."
    )
    rewards = RewardsAnswer()
    image_url = serializers.CharField()
    priority = serializers.IntegerField()
    is_active = serializers.BooleanField()
    phase = serializers.ChoiceField([phase.value for phase in Phase])
    participation_count = serializers.IntegerField(help_text="How many have joined, exactly.")


class EventAnswer(EventFields):
    user_participation = ParticipationAnswer()


class OperatorEventAnswer(EventFields):
    title_en = serializers.CharField()
    description_en = serializers.CharField()
    completed_count = serializers.IntegerField()
    claimed_count = serializers.IntegerField()
    deactivated_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ParticipantAnswer(serializers.Serializer):
    user_id = serializers.IntegerField()
    site_id = serializers.CharField()
    nickname = serializers.CharField()
    joined_at = serializers.DateTimeField()
    progress = serializers.DictField(child=serializers.IntegerField())
    completed = serializers.BooleanField()
    completed_at = serializers.DateTimeField(allow_null=True)
    claimed = serializers.BooleanField()
    claimed_at = serializers.DateTimeField(allow_null=True)
    forced = serializers.BooleanField(help_text="Paid by an operator.")


class CountsAnswer(serializers.Serializer):
    joined = serializers.IntegerField()
    completed = serializers.IntegerField()
    claimed = serializers.IntegerField()


def listing(name: str, row: serializers.Serializer, **more: serializers.Field) -> serializers.Serializer:
    """The shape of a keyset page."""
    return inline_serializer(name, {"results": row, "next": serializers.CharField(allow_null=True), **more})


def event_fields(event: Event, counts: Counts, now) -> dict:
    """What players and operators read alike."""
    return {
        "id": event.pk,
        "title": event.shown_title,
        "description": event.shown_description,
        "event_type": event.event_type,
        "start_date": clock.iso(event.start_date),
        "end_date": clock.iso(event.end_date),
        "requirements": event.targets,
        "client_reported": {row.metric: row.daily_cap for row in event.requirements.all() if row.daily_cap},
        "rewards": event.rewards,
        "image_url": event.image_url,
        "priority": event.priority,
        "is_active": event.is_active,
        "phase": event.phase(now).value,
        "participation_count": counts.joined,
    }


def event_answer(event: Event, counts: Counts, state: State, now) -> dict:
    """An event as its player reads it."""
    participation = {
        "joined": state.joined,
        "progress": state.progress,
        "completed": state.completed,
        "claimed": state.claimed,
    }
    return {**event_fields(event, counts, now), "user_participation": participation}


def operator_answer(event: Event, counts: Counts, now) -> dict:
    """An event as operators read it: the texts as they were written, and all counts."""
    return {
        **event_fields(event, counts, now),
        "title": event.title,
        "title_en": event.title_en,
        "description": event.description,
        "description_en": event.description_en,
        "completed_count": counts.completed,
        "claimed_count": counts.claimed,
        "deactivated_at": clock.iso(event.deactivated_at) if event.deactivated_at else None,
        "created_at": clock.iso(event.created_at),
        "updated_at": clock.iso(event.updated_at),
    }


def participant_answer(participation: Participation, progress: dict[str, int]) -> dict:
    """A participant as operators read one."""
    return {
        "user_id": participation.player_id,
        "site_id": participation.player.site_id,
        "nickname": participation.player.nickname,
        "joined_at": clock.iso(participation.joined_at),
        "progress": progress,
        "completed": participation.completed_at is not None,
        "completed_at": clock.iso(participation.completed_at) if participation.completed_at else None,
        "claimed": participation.claimed_at is not None,
        "claimed_at": clock.iso(participation.claimed_at) if participation.claimed_at else None,
        "forced": participation.is_forced,
    }
