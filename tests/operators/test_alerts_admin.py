"""Alerts on the operators' site."""

import pytest
from django.utils.html import escape

from casino_club.core import alerts, clock
from casino_club.core.models import Alert
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/core/alert/"


def desk(role):
    return factories.browser(factories.operator(role=role))


@pytest.fixture
def alert() -> Alert:
    alerts.raise_alert(rule="stock_at_zero", key="moon-box", message="Sold out.", now=clock.now())
    return Alert.objects.get()


def test_the_list_shows_what_lasts_and_on_demand_what_is_over(alert):
    page = desk("viewer").get(LIST).content.decode()
    assert "moon-box" in page
    assert "badge--warning" in page

    alerts.resolve(rule="stock_at_zero", key="moon-box", now=clock.now())

    assert "moon-box" not in desk("viewer").get(LIST).content.decode()
    assert "moon-box" in desk("viewer").get(LIST, {"state": "resolved"}).content.decode()


@pytest.mark.parametrize(("language", "said"), [("ko", "에서 응답이 없어요."), ("en", "does not answer.")])
def test_list_page_and_console_tell_it_in_the_operators_language_and_as_text(language, said):
    provider = "<script>alert(1)</script>%(key)s"
    message, now = "%(provider)s does not answer.", clock.now()
    alerts.raise_alert(rule="payment_provider_down", message=message, facts={"provider": provider}, now=now)
    browser = desk("viewer")

    for address in (LIST, f"{LIST}{Alert.objects.get().pk}/change/", "/admin/"):
        page = browser.get(address, headers={"Accept-Language": language}).content.decode()
        assert f"{escape(provider)}" in page
        assert said in page
        assert "<script>alert(1)" not in page


def test_the_list_takes_few_statements_however_long(django_assert_max_num_queries):
    boss = factories.operator(superuser=True)
    for number in range(30):
        alerts.raise_alert(rule="stock_at_zero", key=f"box-{number}", message="Sold out.", now=clock.now())
    for pk in Alert.objects.values_list("pk", flat=True):
        alerts.acknowledge(alert_id=pk, operator_id=boss.pk, now=clock.now())
    browser = factories.browser(boss)
    with django_assert_max_num_queries(12):
        assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("support", True), ("economy", True), ("security", True)])
def test_whoever_looks_after_the_house_acknowledges_in_bulk_or_on_the_page(alert, role, may):
    browser = desk(role)
    browser.post(LIST, {"action": "acknowledge", "_selected_action": [alert.pk]})
    alert.refresh_from_db()
    assert bool(alert.acknowledged_at) is may

    Alert.objects.update(acknowledged_at=None, acknowledged_by=None)
    answer = browser.post(f"{LIST}{alert.pk}/acknowledge/")
    alert.refresh_from_db()
    assert (answer.status_code, bool(alert.acknowledged_by)) == ((302, True) if may else (403, False))


def test_an_alert_leads_to_its_runbook(alert):
    browser = desk("viewer")
    page = browser.get(f"{LIST}{alert.pk}/change/").content.decode()
    assert f"{LIST}runbook/stock_at_zero/" in page
    runbook = browser.get(f"{LIST}runbook/stock_at_zero/").content.decode()
    assert "The last piece of a package went" in runbook
    assert "<strong>Look.</strong>" in runbook
    assert "**" not in runbook
    assert browser.get(f"{LIST}runbook/README/").status_code == 404
    assert browser.get(f"{LIST}{2**40}/acknowledge/").status_code == 403
