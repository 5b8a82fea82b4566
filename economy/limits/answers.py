"""A player's limits as every door for machines answers them."""

from datetime import datetime

from rest_framework import serializers

from casino_club.core import clock
from economy.limits.rules import Kind, Rest, Standing


class PendingAnswer(serializers.Serializer):
    value = serializers.IntegerField(allow_null=True, help_text="null = none")
    effective_at = serializers.DateTimeField()


class UsedAnswer(serializers.Serializer):
    daily_loss = serializers.IntegerField(help_text="Gold lost after winnings; below 0 on a day that is ahead.")
    daily_wager = serializers.IntegerField()
    daily_minutes = serializers.IntegerField(help_text="Distinct minutes with a bet.")


class LimitsAnswer(serializers.Serializer):
    daily_loss = serializers.IntegerField(allow_null=True, help_text="In force; null = none.")
    daily_wager = serializers.IntegerField(allow_null=True)
    daily_minutes = serializers.IntegerField(allow_null=True)
    pending = serializers.DictField(child=PendingAnswer(), help_text="Looser limits on their way, by name.")
    used = UsedAnswer(help_text="Of the present game day.")
    resets_at = serializers.DateTimeField()
    paused_until = serializers.DateTimeField(allow_null=True)
    excluded_until = serializers.DateTimeField(allow_null=True)


def answer_of(standing: Standing, now: datetime) -> dict:
    """The limits in force, what is on its way, the day's use, and until when the player rests."""
    return {
        **{kind.value: standing.amount(kind) for kind in Kind},
        "pending": {
            kind.value: {"value": limit.next_amount, "effective_at": clock.iso(limit.next_at)}
            for kind, limit in standing.limits.items()
            if limit.next_at
        },
        "used": {
            "daily_loss": standing.used.lost,
            "daily_wager": standing.used.wagered,
            "daily_minutes": standing.used.minutes,
        },
        "resets_at": clock.iso(clock.next_reset(now)),
        "paused_until": _moment(standing.rests.get(Rest.PAUSE)),
        "excluded_until": _moment(standing.rests.get(Rest.EXCLUSION)),
    }


def _moment(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None
