"""Where browsers tell how their pages went."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.signin.authentication import BeaconAuthentication, TokenAuthentication
from accounts.telemetry import rules, services
from accounts.telemetry.services import Told
from casino_club.core import shapes
from casino_club.core.api import LATEST, ApiView
from casino_club.core.clock import from_ms
from casino_club.core.errors import InvalidInput
from casino_club.core.schema import refusals


class FactsField(serializers.DictField):
    def to_internal_value(self, data):
        if not rules.are_facts(data):
            raise serializers.ValidationError(_("Expected at most 8 short facts."))
        return data


class TelemetryItem(shapes.Shape):
    ts = shapes.IntegerField(max_value=int(LATEST.timestamp() * 1000), help_text="Milliseconds since 1970, UTC.")
    name = shapes.TextField(max_length=64, pattern=rules.NAME.pattern, help_text="`events.<action>`")
    meta = FactsField(required=False, help_text="At most 8 short facts: texts, numbers, booleans, null.")


class TelemetryAccepted(serializers.Serializer):
    accepted = serializers.IntegerField(help_text="How many were taken; of some events only a sample is kept.")


class TelemetryView(ApiView):
    authentication_classes = (TokenAuthentication, BeaconAuthentication)
    permission_classes = (permissions.AllowAny,)
    max_body_bytes = rules.MOST_BYTES
    open_while_password_change_required = True

    @extend_schema(
        tags=["telemetry"],
        summary="Tell how pages went; of strangers nothing is kept",
        request=TelemetryItem(many=True),
        responses={200: TelemetryAccepted, 204: None, **refusals(s400="validation_error", s413="payload_too_large")},
    )
    def post(self, request: Request) -> Response:
        if not request.user.is_authenticated:
            return Response(status=204)
        services.accept(user_id=request.user.pk, told=(told := read(request.data)), now=request.now)
        return Response({"accepted": len(told)})


def read(body: object) -> list[Told]:
    """The events of a body. Raises InvalidInput."""
    if not isinstance(body, list) or not 1 <= len(body) <= rules.MOST_ITEMS:
        raise InvalidInput({"body": [_("Expected a list of 1 to %(most)s events.") % {"most": rules.MOST_ITEMS}]})
    items = [TelemetryItem.read(item) for item in body]
    return [Told(item["name"], from_ms(item["ts"]), item.get("meta", {})) for item in items]
