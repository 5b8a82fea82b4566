"""Fields of requests that only events know."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

FIRST = datetime(2000, 1, 1, tzinfo=UTC)
LAST = datetime(2100, 1, 1, tzinfo=UTC)


class MomentField(serializers.DateTimeField):
    """An ISO 8601 moment with its zone, within this century."""

    default_error_messages = {
        "zone": _("Give the moment with its zone, like 2026-01-31T00:00:00Z."),
        "range": _("Give a moment between 2000 and 2100."),
    }

    def __init__(self, **kwargs):
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value):
        if not isinstance(value, str):
            self.fail("zone")
        moment = super().to_internal_value(value)
        if not FIRST <= moment < LAST:
            self.fail("range")
        return moment
