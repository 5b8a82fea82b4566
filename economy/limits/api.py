"""A player's own limits, for machines."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from casino_club.core.api import ApiView
from casino_club.core.schema import refusals
from casino_club.core.shapes import IntegerField, Shape
from economy.limits import services
from economy.limits.answers import LimitsAnswer, answer_of
from economy.limits.rules import (
    EXCLUSION_DAYS_LEAST,
    EXCLUSION_DAYS_MOST,
    GOLD_MOST,
    MINUTES_MOST,
    PAUSE_HOURS,
    Kind,
)
from economy.limits.selectors import standing_of

ANSWERS = {200: LimitsAnswer, **refusals(s409="wallet_missing")}


class LimitsShape(Shape):
    daily_loss = IntegerField(min_value=1, max_value=GOLD_MOST, required=False, allow_null=True)
    daily_wager = IntegerField(min_value=1, max_value=GOLD_MOST, required=False, allow_null=True)
    daily_minutes = IntegerField(min_value=1, max_value=MINUTES_MOST, required=False, allow_null=True)


class PauseShape(Shape):
    hours = IntegerField(min_value=min(PAUSE_HOURS), max_value=max(PAUSE_HOURS), help_text="24, 168 or 720.")


class ExcludeShape(Shape):
    days = IntegerField(min_value=EXCLUSION_DAYS_LEAST, max_value=EXCLUSION_DAYS_MOST)


class LimitsView(ApiView):
    @extend_schema(operation_id="limits", responses=LimitsAnswer, tags=["account"])
    def get(self, request):
        """The limits in force, looser ones on their way, and what today has used."""
        return Response(answer_of(standing_of(request.user.pk, now=request.now), request.now))

    @extend_schema(operation_id="limits_set", request=LimitsShape, responses=ANSWERS, tags=["account"])
    def put(self, request):
        """Set limits (null = none): tighter at once, looser after 24 h; an absent field stays as it is."""
        asked = LimitsShape.read(request.data)
        wanted = {Kind(name): amount for name, amount in asked.items()}
        standing = services.set_limits(player_id=request.user.pk, wanted=wanted, now=request.now)
        return Response(answer_of(standing, request.now))


class PauseView(ApiView):
    @extend_schema(operation_id="limits_pause", request=PauseShape, responses=ANSWERS, tags=["account"])
    def post(self, request):
        """No bets for 24, 168 or 720 hours; cannot be undone, only made longer."""
        hours = PauseShape.read(request.data)["hours"]
        return Response(answer_of(services.pause(player_id=request.user.pk, hours=hours, now=request.now), request.now))


class ExcludeView(ApiView):
    @extend_schema(operation_id="limits_exclude", request=ExcludeShape, responses=ANSWERS, tags=["account"])
    def post(self, request):
        """No bets for 180 days or more; cannot be undone, only made longer."""
        days = ExcludeShape.read(request.data)["days"]
        return Response(answer_of(services.exclude(player_id=request.user.pk, days=days, now=request.now), request.now))
