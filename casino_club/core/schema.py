"""OpenAPI: what every operation has in common, so that no door repeats it."""

import inspect

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

Error = inline_serializer(
    "Error",
    {
        "error": serializers.CharField(help_text="A code that is never translated."),
        "message": serializers.CharField(help_text="A sentence in the caller's language."),
        "fields": serializers.DictField(
            child=serializers.ListField(child=serializers.CharField()),
            required=False,
            help_text="With `validation_error`.",
        ),
    },
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="8–255 visible ASCII characters; the same key and body give the same answer, byte for byte, for 24 h.",
)
KEY_REFUSALS = {
    "400": "idempotency_key_required",
    "409": "idempotency_in_flight",
    "422": "idempotency_key_reused",
}
CURSOR = OpenApiParameter("cursor", str, description="`next` of the page before.")
LIMIT = OpenApiParameter("limit", int, description="1–100, by default 20.")


def refusals(**by_status: str) -> dict:
    """Responses for `extend_schema`: `refusals(s409="insufficient_gold")` → {409: the envelope, described}."""
    return {int(name[1:]): OpenApiResponse(Error, description=text) for name, text in by_status.items()}


class Schema(AutoSchema):
    """Adds the key header to idempotent posts, and the refusals that any door may give."""

    def get_description(self):
        """The door's own words; what its base class says is for those who write doors."""
        handler = getattr(self.view, self.method.lower())
        return inspect.getdoc(handler) or inspect.cleandoc(type(self.view).__dict__.get("__doc__") or "")

    def _is_list_view(self, serializer=None):
        """An answer is what its door says it is; that a view has an `action` called list makes it none."""
        return is_list_serializer(serializer)

    def get_override_parameters(self):
        return [IDEMPOTENCY_KEY] if self._needs_key() else []

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        common = {"400": "validation_error, malformed_body", "429": "rate_limited"}
        if self.view.authentication_classes:
            common["401"] = "not_authenticated, token_invalid"
            common["403"] = "permission_denied, password_change_required"
        for status, text in common.items():
            if status not in bodies:
                bodies[status] = self._get_response_for_code(OpenApiResponse(Error, description=text), status)
        for status, code in KEY_REFUSALS.items() if self._needs_key() else ():
            text = f"{bodies[status]['description']}, {code}" if status in bodies else code
            bodies[status] = self._get_response_for_code(OpenApiResponse(Error, description=text), status)
        return bodies

    def _needs_key(self) -> bool:
        return getattr(getattr(self.view, self.method.lower()), "needs_idempotency_key", False)
