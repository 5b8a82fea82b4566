"""The door for other houses' webhooks, and the operators' button that sends a failed one of ours again."""

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core.api import ApiView, HasRole, idempotent
from casino_club.core.errors import NotFound, PayloadTooLarge
from casino_club.core.schema import refusals
from casino_club.core.shapes import BIGINT_MAX, Shape, TextField
from economy.webhooks import services
from economy.webhooks.receiving import Post, receive

SIGNATURE = OpenApiParameter(
    "X-Webhook-Signature",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="algo=HMAC-SHA256, kid=…, ts=…, nonce=…, sig=… (docs/webhooks.md)",
)
EVENT_ID = OpenApiParameter("webhook-id", str, OpenApiParameter.HEADER, description="The event's id, as in the body.")


KEY_IF_WANTED = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="With it, a repeat gets the first answer for 24 h."
)


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


class ReplayShape(Shape):
    reason = TextField(max_length=200, required=False, allow_blank=True, default="", help_text="For the audit.")


class ReplayAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    event_id = serializers.CharField(help_text="As in every attempt before.")
    status = serializers.CharField()
    attempt_count = serializers.IntegerField()


class ReplayView(ApiView):
    """A failed delivery is sent once more."""

    permission_classes = (HasRole("security"),)

    @extend_schema(
        operation_id="admin_webhooks_replay",
        parameters=[KEY_IF_WANTED],
        request=ReplayShape,
        responses={
            200: ReplayAnswer,
            **refusals(s404="not_found", s409="not_failed, endpoint_off", s422="idempotency_key_reused"),
        },
        tags=["operators"],
    )
    def post(self, request, event_id: int):
        """Send a failed delivery again, at once, with the same event id; audited."""
        if "Idempotency-Key" in request.headers:
            return self._replay_once(request, event_id)
        return self._replay(request, event_id)

    def _replay(self, request, event_id: int) -> Response:
        asked = ReplayShape.read(request.data)
        if event_id > BIGINT_MAX:
            raise NotFound
        event = services.replay(event_id=event_id, operator_id=request.user.pk, reason=asked["reason"], now=request.now)
        return Response(
            {
                "id": event.pk,
                "event_id": event.external_id,
                "status": event.status,
                "attempt_count": event.attempt_count,
            }
        )

    # A repeat without a key finds the delivery no longer failed: nothing happens twice either way.
    _replay_once = idempotent(_replay)
