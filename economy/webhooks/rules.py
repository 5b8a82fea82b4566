"""What is told and when: event types, the schedule of attempts, and what a receiver's answer means. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class EventType(StrEnum):
    """What endpoints can subscribe to. Payloads carry ids and amounts, never personal data."""

    PURCHASE_PAID = "purchase.paid"
    PURCHASE_REFUNDED = "purchase.refunded"
    EVENT_CLAIMED = "event.claimed"
    PLAYER_REGISTERED = "player.registered"
    JACKPOT_WON = "jackpot.won"


EVENT_TYPE_LABELS = {
    EventType.PURCHASE_PAID: _("A purchase was paid"),
    EventType.PURCHASE_REFUNDED: _("A purchase was refunded"),
    EventType.EVENT_CLAIMED: _("An event's reward was collected"),
    EventType.PLAYER_REGISTERED: _("A player signed up"),
    EventType.JACKPOT_WON: _("A jackpot was won"),
}
TEST_EVENT = "webhook.test"
"""Sent on an operator's request to one endpoint, whatever it subscribes to."""


def type_label(name: str) -> str:
    """What a type of event is called on screen; of one that is not ours, its name."""
    return str({**EVENT_TYPE_LABELS, TEST_EVENT: _("Test event")}.get(name, name))


# The pause before each attempt after the first, which is due at once.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
)
ATTEMPTS_MOST = len(PAUSES) + 1
JITTER = 0.2
LONGEST_RETRY_AFTER = timedelta(hours=24)
GONE = 410
# A lease outlives the longest delivery: whoever holds it has either noted the outcome by then, or died.
DELIVERY_SECONDS = 10.0
LEASE = timedelta(seconds=60)
OLD_SECRET_KEPT_FOR = timedelta(hours=24)
NONCE_KEPT_FOR = timedelta(hours=25)
DELIVERED_KEPT_FOR = timedelta(days=30)
FAILED_KEPT_FOR = timedelta(days=90)
ERROR_MAX = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt went: the receiver's status, or why there is none; and when it asked to be tried again."""

    status_code: int | None
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def is_delivered(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def result(self) -> str:
        """One word for the counters."""
        if self.is_delivered:
            return "delivered"
        return "unreachable" if self.status_code is None else "refused"

    @property
    def is_gone(self) -> bool:
        """The receiver wants no more of this."""
        return self.status_code == GONE


def outcome_of(status_code: int, retry_after_header: str | None, now: datetime) -> Outcome:
    """What a receiver's answer means: 2xx is taken, anything else is not, redirects included."""
    error = "" if 200 <= status_code < 300 else f"HTTP {status_code}"
    return Outcome(status_code, error, retry_after(retry_after_header, now))


def pause_after(attempts: int, outcome: Outcome, *, draw: float) -> timedelta | None:
    """How long to wait after this many failed attempts, or None when it is over. `draw`, from 0 to 1, is the jitter."""
    if attempts >= ATTEMPTS_MOST or outcome.is_gone:
        return None
    pause = PAUSES[attempts - 1] * (1 - JITTER + 2 * JITTER * draw)
    return max(pause, min(outcome.retry_after or timedelta(), LONGEST_RETRY_AFTER))


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What a `Retry-After` header asks for, in seconds or as an HTTP date; None when it says nothing sensible."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST_RETRY_AFTER.total_seconds())))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year, hour or zone of a hundred digits
        return None
    return max(moment.replace(tzinfo=moment.tzinfo or UTC) - now, timedelta())
