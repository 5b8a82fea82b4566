"""Streaks, for machines."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from casino_club.core.errors import DomainError
from casino_club.core.schema import refusals
from casino_club.core.shapes import BooleanField, Shape
from economy.queries import read_choice, read_whole
from economy.streaks import services
from economy.streaks.rules import CLIENT_ACTIONS, Action, DayState
from economy.streaks.selectors import CalendarDay, Protection, history, protection, status

ACTIONS = [action.value for action in Action]
FIRST_YEAR, LAST_YEAR = 2000, 2100
ACTION_PARAMETER = OpenApiParameter("action_type", str, enum=ACTIONS, default=Action.DAILY_LOGIN.value)


class ServerAction(DomainError):
    code = "server_action"
    status = 403
    message = _("The server counts this by itself when you play.")


class ActionShape(Shape):
    action_type = serializers.ChoiceField(ACTIONS, default=Action.DAILY_LOGIN.value)


class TickAnswer(serializers.Serializer):
    action_type = serializers.ChoiceField(ACTIONS)
    date = serializers.DateField()
    count = serializers.IntegerField()
    longest = serializers.IntegerField()
    ticked = serializers.BooleanField(help_text="Whether this call was the day's first.")
    protection_used = serializers.IntegerField(help_text="Protections spent on missed days by this tick.")


class ClaimAnswer(serializers.Serializer):
    action_type = serializers.ChoiceField(ACTIONS)
    streak_count = serializers.IntegerField()
    awarded_gold = serializers.IntegerField(help_text="round(1000 + 800 × (1 − e^(−n/6))), n = streak_count")
    awarded_xp = serializers.IntegerField(help_text="round(50 + 40 × (1 − e^(−n/8))), n = streak_count")
    new_gold_balance = serializers.IntegerField(help_text="The balance now, also in a repeat.")
    claimed_at = serializers.DateTimeField()
    idempotent = serializers.BooleanField(help_text="True when the day had been claimed before; nothing was paid.")


class CalendarDayAnswer(serializers.Serializer):
    date = serializers.DateField()
    state = serializers.ChoiceField([state.value for state in DayState])


class StatusAnswer(serializers.Serializer):
    action_type = serializers.ChoiceField(ACTIONS)
    count = serializers.IntegerField()
    longest = serializers.IntegerField()
    claimed_today = serializers.BooleanField()
    claimable = serializers.BooleanField()
    today_reward_gold = serializers.IntegerField()
    today_reward_xp = serializers.IntegerField()
    next_reward_gold = serializers.IntegerField()
    next_reward_xp = serializers.IntegerField()
    protections = serializers.IntegerField()
    resets_at = serializers.DateTimeField()
    week = CalendarDayAnswer(many=True, help_text="Sunday to Saturday.")
    month_total = serializers.IntegerField(help_text="Days attended this month.")


class HistoryAnswer(serializers.Serializer):
    year = serializers.IntegerField()
    month = serializers.IntegerField()
    days = CalendarDayAnswer(many=True)
    month_total = serializers.IntegerField(help_text="Days attended in the month.")


class ProtectionShape(Shape):
    enabled = BooleanField()


class ProtectionAnswer(serializers.Serializer):
    enabled = serializers.BooleanField()
    held = serializers.IntegerField()
    next_at_count = serializers.IntegerField(help_text="The next count that earns a protection: 7, 21, 35, …")
    used = serializers.ListField(child=serializers.DateField(), help_text="Missed days it covered, the latest first.")


class TickView(ApiView):
    @extend_schema(
        operation_id="streak_tick",
        request=ActionShape,
        responses={200: TickAnswer, **refusals(s403="server_action", s409="wallet_missing")},
        tags=["streak"],
    )
    def post(self, request):
        """Count today, once. Only DAILY_LOGIN is ticked by the client."""
        action = Action(ActionShape.read(request.data)["action_type"])
        if action not in CLIENT_ACTIONS:
            raise ServerAction
        ticked = services.tick(player_id=request.user.pk, action=action, now=request.now)
        return Response(
            {
                "action_type": ticked.action,
                "date": ticked.date.isoformat(),
                "count": ticked.count,
                "longest": ticked.longest,
                "ticked": ticked.ticked,
                "protection_used": ticked.protection_used,
            }
        )


class ClaimView(ApiView):
    @extend_schema(
        operation_id="streak_claim",
        request=ActionShape,
        responses={200: ClaimAnswer, **refusals(s409="not_attended, wallet_missing")},
        tags=["streak"],
    )
    def post(self, request):
        """Collect today's reward, once; a repeat gives the same record. DAILY_LOGIN is ticked first."""
        action = Action(ActionShape.read(request.data)["action_type"])
        claimed = services.claim(player_id=request.user.pk, action=action, now=request.now)
        return Response(
            {
                "action_type": claimed.action,
                "streak_count": claimed.streak_count,
                "awarded_gold": claimed.awarded_gold,
                "awarded_xp": claimed.awarded_xp,
                "new_gold_balance": claimed.new_gold_balance,
                "claimed_at": clock.iso(claimed.claimed_at),
                "idempotent": claimed.idempotent,
            }
        )


class StatusView(ApiView):
    @extend_schema(operation_id="streak_status", parameters=[ACTION_PARAMETER], responses=StatusAnswer, tags=["streak"])
    def get(self, request):
        """Where the streak stands, what it pays, and this week."""
        found = status(request.user.pk, _read_action(request), request.now)
        return Response(
            {
                "action_type": found.action,
                "count": found.count,
                "longest": found.longest,
                "claimed_today": found.claimed_today,
                "claimable": found.claimable,
                "today_reward_gold": found.today_reward_gold,
                "today_reward_xp": found.today_reward_xp,
                "next_reward_gold": found.next_reward_gold,
                "next_reward_xp": found.next_reward_xp,
                "protections": found.protections,
                "resets_at": clock.iso(found.resets_at),
                "week": _calendar(found.week),
                "month_total": found.month_total,
            }
        )


class HistoryView(ApiView):
    @extend_schema(
        operation_id="streak_history",
        parameters=[
            OpenApiParameter("year", int, description=f"{FIRST_YEAR}–{LAST_YEAR}, by default this game year."),
            OpenApiParameter("month", int, description="1–12, by default this game month."),
            ACTION_PARAMETER,
        ],
        responses=HistoryAnswer,
        tags=["streak"],
    )
    def get(self, request):
        """Every day of a month."""
        today = clock.game_date(request.now)
        found = history(
            request.user.pk,
            _read_action(request),
            year=read_whole(request, "year", least=FIRST_YEAR, most=LAST_YEAR, default=today.year),
            month=read_whole(request, "month", least=1, most=12, default=today.month),
            now=request.now,
        )
        return Response(
            {
                "year": found.year,
                "month": found.month,
                "days": _calendar(found.days),
                "month_total": found.month_total,
            }
        )


class ProtectionView(ApiView):
    @extend_schema(operation_id="streak_protection", responses=ProtectionAnswer, tags=["streak"])
    def get(self, request):
        """What keeps the daily streak over a missed day."""
        return Response(_protection(protection(request.user.pk, request.now)))

    @extend_schema(
        operation_id="streak_protection_set",
        request=ProtectionShape,
        responses={200: ProtectionAnswer, **refusals(s409="wallet_missing")},
        tags=["streak"],
    )
    def post(self, request):
        """Turn protection on or off for misses from today on. Held ones are kept."""
        enabled = ProtectionShape.read(request.data)["enabled"]
        return Response(
            _protection(services.set_protection(player_id=request.user.pk, enabled=enabled, now=request.now))
        )


def _protection(found: Protection) -> dict:
    return {
        "enabled": found.enabled,
        "held": found.held,
        "next_at_count": found.next_at_count,
        "used": [day.isoformat() for day in found.used],
    }


def _read_action(request) -> Action:
    return Action(read_choice(request, "action_type", ACTIONS, default=Action.DAILY_LOGIN.value))


def _calendar(days: list[CalendarDay]) -> list[dict]:
    return [{"date": day.date.isoformat(), "state": day.state} for day in days]
