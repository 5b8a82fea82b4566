"""What we ask of a payment provider and what it tells us, in words that fit any of them; and when to worry. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from accounts.inbox import rules as inbox
from accounts.inbox.rules import Kind

REASON_MIN, REASON_MAX = 2, 200
RECEIPT_MAX = 128

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
WORRY_AFTER_ATTEMPTS = 5
"""A refund that the provider did not take is tried again for ever; from this attempt on operators are told."""

FAILURES_WITHIN = timedelta(hours=1)
FAILURES_AT_LEAST = 10
FAILURES_PERCENT = 50
"""Operators are told when, of the payments begun in this time, so many have failed, and so large a part."""

DELIVERED_LATE = inbox.register(
    Kind(
        "payments.delivered_late",
        _("Your payment has arrived"),
        _("It took longer than usual, but your purchase of %(amount)s won is here."),
        params=("amount",),
        page="shop",
        icon="gift",
    )
)
GIVEN_BACK_LATE = inbox.register(
    Kind(
        "payments.given_back_late",
        _("Your payment is being returned"),
        _("It arrived after the hold had ended and the item was gone. %(amount)s won are on the way back."),
        params=("amount",),
        page="shop",
        icon="info",
    )
)
REFUNDED = inbox.register(
    Kind(
        "payments.refunded",
        _("You got a refund"),
        _("%(amount)s won are on the way back to your card."),
        params=("amount",),
        page="shop",
        icon="info",
    )
)
REVIEW_PASSED = inbox.register(
    Kind(
        "payments.review_passed",
        _("Your order can be paid now"),
        _("We have checked your order. You can pay %(amount)s won within 5 minutes."),
        params=("amount",),
        page="shop",
        icon="check",
    )
)
REVIEW_DENIED = inbox.register(
    Kind(
        "payments.review_denied",
        _("Your order could not be accepted"),
        _("We have checked your order of %(amount)s won and can't accept it. Nothing was charged."),
        params=("amount",),
        page="shop",
        icon="info",
    )
)


class NoticeKind(StrEnum):
    """What a provider tells us; anything else is of no consequence to a purchase."""

    PAID = "paid"
    DECLINED = "declined"
    REFUNDED = "refunded"


class Outcome(StrEnum):
    """How an operator settles a payment by hand."""

    PAID = "paid"
    FAILED = "failed"


class Decision(StrEnum):
    """An operator's answer to a purchase that waits for review."""

    APPROVE = "approve"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Order:
    """What a payer is to pay for. `reference` is how the provider and we both name the purchase."""

    reference: str
    amount: int
    currency: str
    title: str
    language: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """The provider's room for one payment, and where the payer enters it."""

    external_id: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A verified message of a provider. `refund_key` names a refund that we asked for."""

    kind: NoticeKind
    reference: str
    external_id: str
    amount: int
    currency: str
    receipt_id: str | None = None
    refund_key: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payment stands at the provider, when asked."""

    status: str
    receipt_id: str | None


def pause_after(attempts: int) -> timedelta:
    """How long a refund waits after so many attempts that the provider did not take."""
    return min(FIRST_PAUSE * 2 ** min(attempts, 20), LONGEST_PAUSE)


def failures_alarm(failed: int, begun: int) -> bool:
    """Whether so many failures of the payments begun are more than payers who change their minds."""
    return failed >= FAILURES_AT_LEAST and failed * 100 >= begun * FAILURES_PERCENT
