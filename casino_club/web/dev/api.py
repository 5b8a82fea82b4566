"""Doors that exist in development only."""

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView, StaffOnly
from casino_club.core.errors import NotFound
from casino_club.core.schema import refusals
from casino_club.web.dev.services import are_open, reset_user02
from casino_club.web.player import user_payload
from casino_club.web.signin import shapes


class ResetUser02View(ApiView):
    permission_classes = [StaffOnly]

    def initial(self, request, *args, **kwargs):
        if not are_open():
            raise NotFound
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="dev_reset_user02",
        request=None,
        responses={
            200: inline_serializer("DevReset", {"success": serializers.BooleanField(), "user": shapes.User()}),
            **refusals(s403="permission_denied", s404="not_found (in production always)", s409="nickname_taken"),
        },
        tags=["development"],
    )
    def post(self, request):
        """Bring user002 back to nothing: gold and XP by ledger entries; streaks, e-mail and phone emptied."""
        user = reset_user02(now=request.now)
        return Response({"success": True, "user": user_payload(user, now=request.now)})
