"""Payments that fail are alerted of: once while it lasts, by share and number, and over by itself."""

from datetime import timedelta

import pytest

from casino_club.core import alerts, clock
from casino_club.core.alert_rules import RULES
from casino_club.core.models import Alert
from economy.payments import rules, watch
from economy.shop.services import mark_failed
from tests import factories
from tests.economy import paying

pytestmark = pytest.mark.django_db


def begun(count: int, *, failed: int, at) -> None:
    """So many payments begun at the moment, the first `failed` of them failed since."""
    for number in range(count):
        purchase = paying.waiting(factories.player(), now=at)
        if number < failed:
            mark_failed(purchase_id=purchase.pk, why="declined", now=at)


@pytest.mark.parametrize(
    ("count", "failed", "alarming"), [(10, 10, True), (20, 10, True), (21, 10, False), (9, 9, False)]
)
def test_half_of_the_payments_of_an_hour_and_ten_at_least(count, failed, alarming):
    now = clock.now()
    begun(count, failed=failed, at=now - timedelta(minutes=10))

    watch.watch_failures(now=now)

    assert Alert.objects.filter(rule="payment_failures", severity="critical").exists() is alarming


def test_it_is_one_alert_while_it_lasts_and_passes_by_itself():
    now = clock.now()
    begun(12, failed=12, at=now - timedelta(minutes=50))

    for minutes in (0, 5):
        watch.watch_failures(now=now + timedelta(minutes=minutes))
    later = now + rules.FAILURES_WITHIN
    watch.watch_failures(now=later)
    alert = Alert.objects.get(rule="payment_failures")
    assert (alert.times, alert.text) == (2, "지난 한 시간 결제 12건 가운데 12건이 실패했어요.")
    alerts.resolve_passed(now=now + timedelta(minutes=5) + RULES["payment_failures"].lasts)

    assert Alert.objects.get(rule="payment_failures").resolved_at is not None
