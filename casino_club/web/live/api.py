"""Live figures for machines: the house's for everybody, the operators' for operators, each also as a stream."""

import json
import zoneinfo
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from casino_club.core.api import ApiView, StaffOnly
from casino_club.core.errors import InvalidInput
from casino_club.core.sse import Event, alone
from casino_club.web.live import figures, operators
from economy.queries import read_whole

INTERVAL = OpenApiParameter("interval", int, description="Seconds between two events, 2–30, by default 5.")
LAST_EVENT_ID = OpenApiParameter(
    "Last-Event-ID", str, OpenApiParameter.HEADER, description="Sent by a browser that reconnects."
)
ZONE = OpenApiParameter(
    "tz", str, description="The IANA time zone whose calendar day `today` is, by default the game's."
)


class GlobalFiguresAnswer(serializers.Serializer):
    online_users = serializers.IntegerField(help_text="Players, not operators, seen in the last 5 minutes.")
    spins_last_hour = serializers.IntegerField(help_text="Slot spins of the last 60 minutes, free ones included.")
    big_wins_last_hour = serializers.IntegerField(
        help_text="Rounds of the last 60 minutes that paid BIG_WIN_THRESHOLD_GOLD or more, and more than their bet."
    )
    total_plays_today = serializers.IntegerField(help_text="Paid plays of the game day; a ten-pull is ten.")
    active_events_count = serializers.IntegerField(help_text="Events that can be joined now.")
    generated_at = serializers.DateTimeField()


class AdminStatsAnswer(serializers.Serializer):
    total_users = serializers.IntegerField(help_text="Accounts, closed ones and operators included.")
    active_users = serializers.IntegerField(help_text="Accounts that may sign in.")
    total_games_played = serializers.IntegerField(help_text="Paid plays of all time; a ten-pull is ten.")
    total_tokens_in_circulation = serializers.IntegerField(help_text="Gold in all wallets.")
    online_users = serializers.IntegerField(help_text="Players, not operators, seen in the last 5 minutes.")
    total_revenue = serializers.IntegerField(help_text="KRW: paid card purchases less refunds, of all time.")
    today_revenue = serializers.IntegerField(help_text="KRW: the same of today's purchases.")
    pending_actions = serializers.IntegerField(help_text="What waits for an operator.")
    stale_pending_actions = serializers.IntegerField(help_text="What of it has waited for more than 24 hours.")
    critical_alerts = serializers.IntegerField(help_text="Open alerts of severity critical.")
    generated_at = serializers.DateTimeField()


class Streamed:
    """A door whose stream is served by `web.live.streams`; where streams are not (plain WSGI) it tells one event."""

    def perform_content_negotiation(self, request, force=False):
        """A browser asks for text/event-stream, and that is what it gets."""
        return super().perform_content_negotiation(request, force=True)


class GlobalFiguresView(ApiView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="metrics_global", responses=GlobalFiguresAnswer, tags=["live"])
    def get(self, request):
        """What the house is doing, at most five seconds old; nothing personal."""
        return _as_json(figures.current(now=request.now))


class GlobalStreamView(Streamed, ApiView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="metrics_stream",
        parameters=[INTERVAL, LAST_EVENT_ID],
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR,
                description="`event: metrics` with the global figures whenever they are new, comments in between.",
            )
        },
        tags=["live"],
    )
    def get(self, request):
        """The global figures as they change."""
        read_whole(request, "interval", least=2, most=30, default=5)
        return _as_event("metrics", figures.current(now=request.now))


class AdminStatsView(ApiView):
    permission_classes = (StaffOnly,)

    @extend_schema(operation_id="admin_stats", parameters=[ZONE], responses=AdminStatsAnswer, tags=["operators"])
    def get(self, request):
        """How the house is doing and what waits for a hand, at most five seconds old."""
        return _as_json(operators.current(zone=_zone(request), now=request.now))


class AdminStreamView(Streamed, ApiView):
    permission_classes = (StaffOnly,)

    @extend_schema(
        operation_id="admin_stream",
        parameters=[ZONE, LAST_EVENT_ID],
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR,
                description=(
                    "`event: stats` with the operators' figures whenever they are new, `event: alert` for each alert "
                    "raised, `event: transaction` for each step of a purchase; comments in between. An event may be "
                    "told twice after a reconnection: its `id` in the data says so."
                ),
            )
        },
        tags=["operators"],
    )
    def get(self, request):
        """The operators' figures as they change, and what happens meanwhile."""
        return _as_event("stats", operators.current(zone=_zone(request), now=request.now))


def _as_event(name: str, body: bytes) -> HttpResponse:
    standing = json.loads(body)
    answer = alone(Event(name, standing, id=standing["generated_at"]))
    response = HttpResponse(answer, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _as_json(body: bytes) -> HttpResponse:
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _zone(request) -> zoneinfo.ZoneInfo:
    name = request.query_params.get("tz", settings.GAME_TIMEZONE)
    if name not in _zones():
        raise InvalidInput({"tz": [_("Expected a time zone like Asia/Seoul.")]})
    return zoneinfo.ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
