"""What operators are told about payments, and the figures behind it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics
from economy.payments import rules
from economy.payments.models import PaymentSession
from economy.payments.provider import ProviderRefused, ProviderUnavailable
from economy.shop.models import Purchase
from economy.shop.rules import Status

PROVIDER_DOWN = "payment_provider_down"
UNSETTLED = "payment_unsettled"
REFUND_STUCK = "payment_refund_stuck"
FAILURES = "payment_failures"

asked_total = metrics.counter(
    "payment_provider_requests_total", "Calls of payment providers.", ["provider", "operation", "result"]
)
asking_seconds = metrics.histogram(
    "payment_provider_request_duration_seconds", "Calls of payment providers.", ["provider", "operation"]
)
notices_total = metrics.counter(
    "payment_notices_total", "Messages of payment providers, by what became of them.", ["provider", "kind", "result"]
)
settling_seconds = metrics.histogram(
    "payment_settling_duration_seconds", "Applying a provider's message.", ["provider", "kind"]
)
acts_total = metrics.counter("payment_operator_acts_total", "What operators did with payments.", ["act"])
refunds_total = metrics.counter("payment_refunds_total", "Refunds that came to an end.", ["provider", "result"])


@contextmanager
def asking(provider: str, operation: str, *, now: datetime) -> Iterator[None]:
    """Around one call of a provider: timed, counted; while a provider does not answer, operators know."""
    try:
        with asking_seconds.labels(provider, operation).time():
            yield
    except ProviderUnavailable:
        asked_total.labels(provider, operation, "unavailable").inc()
        message = gettext_noop("%(provider)s does not answer.")
        alerts.raise_alert(rule=PROVIDER_DOWN, key=provider, message=message, facts={"provider": provider}, now=now)
        raise
    except ProviderRefused:
        asked_total.labels(provider, operation, "refused").inc()
        raise
    asked_total.labels(provider, operation, "success").inc()
    alerts.resolve(rule=PROVIDER_DOWN, key=provider, now=now)


def worry(
    purchase: Purchase, message: str, facts: Mapping[str, str | int], *, rule: str = UNSETTLED, now: datetime
) -> None:
    """Ask operators to look at a payment that could not be brought to its end; `message` names it by %(purchase)d."""
    facts = {"purchase": purchase.pk, **facts}
    alerts.raise_alert(rule=rule, key=str(purchase.pk), message=message, facts=facts, now=now)


def calm(purchase_id: int, *, now: datetime) -> None:
    """The payment has come to its end."""
    for rule in (UNSETTLED, REFUND_STUCK):
        alerts.resolve(rule=rule, key=str(purchase_id), now=now)


def watch_failures(*, now: datetime) -> None:
    """Raise the alert about payments that fail, by those begun in the last hour; it passes by itself."""
    since = now - rules.FAILURES_WITHIN
    begun = PaymentSession.objects.filter(created_at__gt=since, created_at__lte=now)
    failed, total = begun.filter(purchase__status=Status.FAILED).count(), begun.count()
    if rules.failures_alarm(failed, total):
        message = gettext_noop("%(failed)d of %(total)d payments of the last hour failed.")
        alerts.raise_alert(rule=FAILURES, message=message, facts={"failed": failed, "total": total}, now=now)
