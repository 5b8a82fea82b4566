"""The door for other houses' webhooks."""

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView
from casino_club.core.errors import PayloadTooLarge
from casino_club.core.schema import refusals
from economy.webhooks.receiving import Post, receive

SIGNATURE = OpenApiParameter(
    "X-Webhook-Signature",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="algo=HMAC-SHA256, kid=…, ts=…, nonce=…, sig=… (docs/webhooks.md)",
)
EVENT_ID = OpenApiParameter("webhook-id", str, OpenApiParameter.HEADER, description="The event's id, as in the body.")


class ReceivedAnswer(serializers.Serializer):
    ok = serializers.BooleanField()
    duplicate = serializers.BooleanField(help_text="True when the event had been applied before.")


class InboundView(ApiView):
    """Whoever holds a key may come in; judged by signature alone, so forgeries use up nobody's rate."""

    authentication_classes = ()
    permission_classes = ()

    def check_throttles(self, request) -> None:
        """A rate by address would let forgeries from a shared address keep the real sender out."""

    @extend_schema(
        operation_id="webhooks_receive",
        parameters=[SIGNATURE, EVENT_ID],
        request=OpenApiTypes.OBJECT,
        responses={
            200: ReceivedAnswer,
            **refusals(
                s400="signature_stale, malformed_body, validation_error",
                s401="signature_invalid, unknown_key",
                s404="not_found",
                s409="nonce_replayed, or a refusal by whom it concerns",
            ),
        },
        tags=["webhooks"],
    )
    def post(self, request, source: str):
        """Take a signed event; a repeat is answered and changes nothing."""
        post = Post(
            signature=request.headers.get("X-Webhook-Signature"),
            event_id=request.headers.get("webhook-id"),
            body=_raw(request),
        )
        is_new = receive(source=source, post=post, now=request.now)
        return Response({"ok": True, "duplicate": not is_new})


def _raw(request) -> bytes:
    """The body's exact bytes, bounded. Raises PayloadTooLarge."""
    limit = settings.API_MAX_BODY_BYTES
    raw = request.read(limit + 1)
    if len(raw) > limit:
        raise PayloadTooLarge
    return raw
