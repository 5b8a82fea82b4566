"""The operators' first page shows the house as it is, to every role, at a price that does not grow."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from casino_club.core import alerts, clock, presence
from casino_club.core.models import Alert
from casino_club.web.console import samples, selectors
from casino_club.web.console.models import OnlineSample
from casino_club.web.live import figures
from economy.house.services import fold
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db
PLAYS = "SELECT sum(units) FROM economy_entry WHERE reason = 'slot.bet'"
ROLES = ["viewer", "support", "economy", "security"]


@pytest.fixture
def played():
    """Two players with a few spins each."""
    players = [factories.player(), factories.player()]
    for player in players:
        for _ in range(3):
            spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
    return players


def open_alert(**fields) -> Alert:
    rule = fields.setdefault("rule", "stock_at_zero")
    alerts.raise_alert(**({"severity": "warning", "message": "재고가 없어요.", "now": clock.now()} | fields))
    return Alert.objects.get(rule=rule, key=fields.get("key", ""))


def figure(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0] or 0)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("span", ["day", "week", "month", "'<script>"])
def test_every_role_sees_the_house(role, span, played):
    answer = factories.browser(factories.operator(role=role)).get("/admin/", {"span": span})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "오늘 플레이" in page
    assert "접속 중인 플레이어" in page
    assert "<script>'" not in page


def test_players_and_strangers_do_not(client):
    for browser in (Client(), factories.browser(factories.player())):
        assert browser.get("/admin/console/overview").status_code in (302, 403)


def test_figures_equal_what_the_ledger_says(played):
    factories.operator()  # is no new player
    now = clock.now()

    found = selectors.overview(now=now)

    house = "reason IN ('slot.bet', 'slot.win') AND asset = 'gold'"
    plays = figure(PLAYS)  # free spins are none
    assert found.figures.plays.today == plays > 0
    assert found.figures.wagered.today == 20 * plays
    assert found.figures.house_result.today == -figure(f"SELECT sum(amount) FROM economy_entry WHERE {house}")
    assert found.figures.minted.today == figure("SELECT sum(gold_amount) FROM user_rewards")
    assert found.figures.signups.today == 2
    assert sum(found.courses["day"].plays["slot"]) == plays
    assert sum(found.courses["month"].plays["slot"]) == plays
    assert found.returns[0].wagered == 20 * plays
    assert dict(found.courses["day"].sources).get("slot", 0) == -found.figures.house_result.today


def test_folding_the_hours_changes_no_figure(played):
    now = clock.now()
    later = now + timedelta(hours=2)
    before = selectors.overview(now=later)
    cache.clear()

    fold(now=later)

    assert selectors.overview(now=later) == before


def test_the_figures_are_summed_once_a_minute(played, monkeypatch, django_assert_max_num_queries):
    assert selectors.KEPT_SECONDS == 60
    # Longer than the slowest machine takes for this.
    monkeypatch.setattr(selectors, "KEPT_SECONDS", 6000)
    monkeypatch.setattr(figures, "FRESH_SECONDS", 6000)
    browser = factories.browser(factories.operator(superuser=True))
    browser.get("/admin/")
    before = selectors.overview(now=clock.now()).figures.plays.today
    spin(player_id=factories.player().pk, bet_amount=20, lines=20, now=clock.now())

    with django_assert_max_num_queries(12):
        browser.get("/admin/console/overview")

    assert selectors.overview(now=clock.now()).figures.plays.today == before < figure(PLAYS)


def test_without_redis_the_page_is_there_all_the_same(settings, played):
    browser = factories.browser(factories.operator(superuser=True))
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}

    assert browser.get("/admin/console/overview").status_code == 200


# --- Players online -----------------------------------------------------------------------------------------------
def test_the_players_online_are_sampled_once_in_five_minutes():
    now = clock.now().replace(minute=7, second=30)
    presence.mark(1, now=now)

    samples.take(now=now)
    presence.mark(2, now=now)
    samples.take(now=now + timedelta(minutes=2))

    assert list(OnlineSample.objects.values_list("at", "players")) == [
        (now.replace(minute=5, second=0, microsecond=0), 1)
    ]


def test_old_samples_go_and_the_rest_is_summed_by_the_hour():
    now = clock.now().replace(minute=59)
    OnlineSample.objects.create(at=now - samples.KEPT_FOR - timedelta(days=1), players=9)
    start = now.replace(minute=0, second=0, microsecond=0)
    OnlineSample.objects.create(at=start, players=4)
    OnlineSample.objects.create(at=start + timedelta(minutes=5), players=7)

    samples.take(now=now)

    assert OnlineSample.objects.count() == 3
    found = samples.most_and_mean(since=start, until=start + timedelta(minutes=50), by="hour")
    assert found == {start: (7, 6)}


def test_players_online_are_compared_with_the_same_five_minutes():
    now = clock.now().replace(minute=33, second=12)
    then = now.replace(minute=30, second=0, microsecond=0)
    OnlineSample.objects.create(at=then - timedelta(days=1), players=4)

    found = selectors.online(now=now)

    assert (found.players, found.yesterday, found.to_yesterday, found.to_usual) == (0, 4, -100, None)


# --- Alerts -------------------------------------------------------------------------------------------------------
def test_open_alerts_are_shown_the_worst_first_and_of_these_the_unseen():
    open_alert(key="info", severity="info")
    open_alert(key="seen", severity="critical")
    open_alert(key="critical", severity="critical")
    Alert.objects.filter(key="seen").update(acknowledged_at=clock.now())

    page = factories.browser(factories.operator()).get("/admin/").context

    assert [alert.key for alert in page["alerts"]] == ["critical", "seen", "info"]
    assert page["queues"][0].count == 2


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("support", True), ("economy", True), ("security", True)])
def test_who_may_acknowledge(role, may):
    alert = open_alert()
    operator = factories.operator(role=role)

    answer = factories.browser(operator).post(f"/admin/core/alert/{alert.pk}/acknowledge/", {"next": "/admin/"})

    alert.refresh_from_db()
    assert (answer.status_code, answer.get("Location")) == ((302, "/admin/") if may else (403, None))
    assert alert.acknowledged_by == (operator if may else None)


def test_the_first_to_acknowledge_stays():
    alert = open_alert()
    first, second = factories.operator(role="support"), factories.operator(role="security")

    for operator in (first, second):
        factories.browser(operator).post(f"/admin/core/alert/{alert.pk}/acknowledge/", {"next": "/admin/"})

    alert.refresh_from_db()
    assert alert.acknowledged_by == first


def test_an_alert_is_not_acknowledged_by_looking_at_an_address():
    alert = open_alert()

    answer = factories.browser(factories.operator(superuser=True)).get(f"/admin/core/alert/{alert.pk}/acknowledge/")

    assert answer.status_code == 403
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
