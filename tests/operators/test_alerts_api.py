"""Alerts over the operators' API."""

import pytest

from casino_club.core import alerts, clock
from casino_club.core.models import Alert
from tests import factories

pytestmark = pytest.mark.django_db
PATH = "/api/admin/alerts"


@pytest.fixture
def alert() -> Alert:
    sold_out = "Nothing is left of the package %(package)s."
    alerts.raise_alert(
        rule="stock_at_zero", key="moon-box", message=sold_out, facts={"package": "moon-box"}, now=clock.now()
    )
    return Alert.objects.get()


def bearer(role):
    return factories.bearer(factories.operator(role=role))


def test_every_operator_reads_what_lasts_with_title_and_runbook(client, alert):
    alerts.raise_alert(rule="payment_failures", message="Over.", now=clock.now())
    alerts.resolve(rule="payment_failures", now=clock.now())

    page = client.get(PATH, headers=bearer("viewer") | {"Accept-Language": "en"}).json()

    (found,) = page["results"]
    assert found["title"] == "A limited package is sold out"
    assert found["runbook"] == "docs/runbooks/stock_at_zero.md"
    assert found["message"] == "Nothing is left of the package moon-box."
    assert (found["key"], found["severity"], found["acknowledged_by"]) == ("moon-box", "warning", None)


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ("", ["stock_at_zero"]),
        ("?state=resolved", ["payment_failures"]),
        ("?state=all", ["payment_failures", "stock_at_zero"]),
        ("?state=all&severity=critical", ["payment_failures"]),
        ("?state=unacknowledged&severity=info", []),
    ],
)
def test_the_list_is_narrowed_by_state_and_severity(client, alert, query, rules):
    alerts.raise_alert(rule="payment_failures", message="Over.", now=clock.now())
    alerts.resolve(rule="payment_failures", now=clock.now())

    page = client.get(PATH + query, headers=bearer("viewer")).json()

    assert [found["rule"] for found in page["results"]] == rules


def test_the_list_goes_on_page_by_page(client):
    headers = bearer("viewer")
    for number in range(5):
        alerts.raise_alert(rule="stock_at_zero", key=f"box-{number}", message="Sold out.", now=clock.now())

    first = client.get(f"{PATH}?limit=3", headers=headers).json()
    second = client.get(f"{PATH}?limit=3&cursor={first['next']}", headers=headers).json()

    assert [row["key"] for row in first["results"] + second["results"]] == [f"box-{n}" for n in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_an_operator_acknowledges_and_a_repeat_changes_nothing(client, alert):
    support = factories.operator(role="support")

    first = client.post(f"{PATH}/{alert.pk}/acknowledge", headers=factories.bearer(support))
    again = client.post(f"{PATH}/{alert.pk}/acknowledge", headers=bearer("security"))

    assert first.json()["acknowledged_by"] == support.site_id
    assert first.content == again.content


def test_refusals(client, alert):
    acknowledge = f"{PATH}/{alert.pk}/acknowledge"
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=factories.bearer(factories.player())).status_code == 403
    assert client.post(acknowledge, headers=bearer("viewer")).status_code == 403
    assert client.post(f"{PATH}/{2**70}/acknowledge", headers=bearer("support")).status_code == 404
    assert client.get(f"{PATH}?state=nonsense", headers=bearer("viewer")).status_code == 400
