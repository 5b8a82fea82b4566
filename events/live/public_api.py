"""The public preview of events: no sign-in, nothing personal, made to be cached."""

import hashlib

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from casino_club.core import ratelimit
from casino_club.core.api import ApiView, read_limit, read_since
from casino_club.core.schema import LIMIT
from events.live import preview
from events.live.models import EventType

WINDOW_SECONDS = 300


class SummaryAnswer(serializers.Serializer):
    gold = serializers.IntegerField()
    gems = serializers.IntegerField()


class PublicEventAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    event_type = serializers.ChoiceField(EventType.values)
    start_date = serializers.DateTimeField()
    end_date = serializers.DateTimeField()
    rewards_summary = SummaryAnswer()
    participation_count = serializers.IntegerField()


class PublicEventsAnswer(serializers.Serializer):
    events = PublicEventAnswer(many=True)
    generated_at = serializers.DateTimeField(help_text="When the content last changed.")
    ttl = serializers.IntegerField(help_text="Seconds for which the answer may be kept.")


class PublicEventsView(ApiView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def check_throttles(self, request) -> None:
        ratelimit.hit("public_events", request.client_ip, settings.RATE_PUBLIC_EVENTS_PER_5_MINUTES, WINDOW_SECONDS)

    @extend_schema(
        operation_id="public_events",
        parameters=[
            LIMIT,
            OpenApiParameter(
                "since", str, description="`generated_at` of an earlier answer: only what changed after it."
            ),
        ],
        responses={200: PublicEventsAnswer, 304: None},
        tags=["events"],
    )
    def get(self, request):
        """Live events, the highest priority first; at most ten seconds old."""
        limit, since = read_limit(request), read_since(request)
        body = preview.current(now=request.now).body(limit=limit, since=since)
        response = HttpResponse(body, content_type="application/json")
        response["ETag"] = etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response["Cache-Control"] = f"public, max-age={preview.TTL}"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])  # by both of which a language is chosen
        return get_conditional_response(request, etag=etag, response=response)
