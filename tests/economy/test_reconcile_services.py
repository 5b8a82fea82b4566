"""Reports, checkpoints, alerts and healing: the books proved hourly in bounds, nightly in full."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from kombu import Connection

from casino_club.celery import app
from casino_club.core import jobs
from casino_club.core.metrics import HOUSE
from casino_club.core.models import Alert
from economy.ledger import services as ledger
from economy.ledger.models import Entry, Tally
from economy.ledger.rules import Asset, Move
from economy.reconcile.models import ReconcileReport
from economy.reconcile.selectors import checkpoint, invariants, standing
from economy.reconcile.services import NoHealing, heal, reconcile, run
from economy.reconcile.tasks import ONE_AT_A_TIME, reconcile_full, reconcile_recent
from games.slot.services import spin
from tests import factories
from tests.core.audited import events_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def player():
    player = factories.player().pk
    for n in range(3):
        spin(player_id=player, bet_amount=20, lines=20, now=NOW)
        book(player, Move(Asset.GOLD, 5, "adjustment", f"n{n}"))
    return player


def book(player, *moves, at=NOW):
    with transaction.atomic():
        ledger.post(player, moves, now=at)


def tamper(*statements: str) -> None:
    tables = ("economy_entry", "user_rewards", "games_round")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def work_off() -> None:
    """Do what the queue holds, as a worker would."""
    with app.connection_for_read() as broker, broker.SimpleQueue("celery") as queue:
        message = queue.get(timeout=5)
        arguments, named, _more = message.payload
        message.ack()
        app.tasks[message.headers["task"]](*arguments, **named)


def recent(at):
    return run(scope="recent", now=at)


def broken(report) -> set[str]:
    return {finding["name"] for finding in report.findings if finding["violations"]}


def test_a_run_keeps_a_report_with_marks(player):
    report = run(scope="full", now=NOW)

    assert (report.violations, report.scope, report.started_at) == (0, "full", NOW)
    assert {finding["name"] for finding in report.findings} == {invariant.name for invariant in invariants()}
    assert report.marks["economy_entry"] == Entry.objects.latest("pk").pk
    assert set(report.marks) >= {"economy_entry", "user_rewards", "games_round"}


def test_a_bounded_run_begins_at_the_run_before_the_last(player):
    assert checkpoint() == {}
    first = recent(NOW)
    assert checkpoint() == {}
    book(player, Move(Asset.GOLD, 1, "adjustment", "later"))
    second = recent(NOW + HOUR)

    assert checkpoint() == first.marks
    assert second.marks["economy_entry"] > first.marks["economy_entry"]
    recent(NOW + HOUR + timedelta(minutes=9))
    assert checkpoint() == first.marks, "a run shortly after another must not shorten the overlap"
    recent(NOW + 2 * HOUR)
    assert checkpoint() == ReconcileReport.objects.order_by("pk")[2].marks


def test_a_bounded_run_looks_only_at_what_is_new(player):
    recent(NOW)
    recent(NOW + HOUR)
    tamper("UPDATE economy_entry SET units = 9 WHERE reference = 'n0'")

    assert recent(NOW + 2 * HOUR).violations == 0
    assert broken(run(scope="full", now=NOW + 3 * HOUR)) == {"tally_is_sum_of_entries"}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE economy_wallet SET gold = gold + 1", "balance_is_last_balance_after"),
        ("UPDATE economy_entry SET amount = amount + 1 WHERE reference = 'n1'", "entries_form_a_chain"),
        ("UPDATE economy_tally SET amount = amount + 1", "tally_is_sum_of_entries"),
        ("DELETE FROM economy_tally", "tally_is_sum_of_entries"),
        ("UPDATE economy_entry SET reason = 'no.such' WHERE reference = 'n1'", "every_reason_is_in_the_chart"),
        ("UPDATE user_rewards SET gold_amount = gold_amount + 1", "every_reward_is_its_entries"),
        ("DELETE FROM user_rewards", "every_reward_is_its_entries"),
        ("UPDATE games_round SET bet = bet + 1", "every_round_is_its_entries"),
        ("DELETE FROM economy_entry WHERE reason = 'slot.bet'", "every_round_is_its_entries"),
        ("UPDATE economy_entry SET reference = 'round:0' || id WHERE reason = 'play.xp'", "every_round_is_its_entries"),
        (
            "UPDATE economy_entry SET reference = 'nonsense' || id WHERE reason = 'play.xp'",
            "every_round_is_its_entries",
        ),
    ],
)
def test_what_is_wrong_with_something_new_is_found_by_the_bounded_run(player, statement, named):
    tamper(statement)

    assert named in broken(recent(NOW))


def test_a_bounded_run_reads_a_bounded_part_of_the_entries(player):
    recent(NOW)
    recent(NOW + HOUR)
    with CaptureQueriesContext(connection) as statements:
        recent(NOW + 2 * HOUR)

    checks = [query["sql"] for query in statements if "AS MATERIALIZED" in query["sql"]]
    assert len(checks) == sum(len(invariant.recent) for invariant in invariants())
    assert all(" > " in sql for sql in checks)


def test_a_violation_is_a_critical_alert_until_a_full_run_finds_it_gone(player):
    tamper("UPDATE economy_tally SET amount = amount + 1")
    recent(NOW)
    found = recent(NOW + HOUR)

    alert = Alert.objects.get(rule="ledger_violation", resolved_at=None)
    assert (alert.severity, alert.key, alert.times) == ("critical", "tally_is_sum_of_entries", 2)
    assert alert.text == f"시간별 집계가 그 시간의 장부 내역과 달라요. 어긋난 행은 {found.violations}개예요."
    tamper("UPDATE economy_tally SET amount = amount - 1")
    recent(NOW + 2 * HOUR)
    assert Alert.objects.filter(rule="ledger_violation", resolved_at=None).exists()
    run(scope="full", now=NOW + 3 * HOUR)
    assert Alert.objects.get(pk=alert.pk).resolved_at == NOW + 3 * HOUR


def test_the_all_clear_of_the_metric_is_given_by_a_full_run_only(player):
    def metric():
        return HOUSE.get_sample_value("ledger_invariant_violations", {"invariant": "balance_is_sum_of_entries"})

    recent(NOW)
    recent(NOW + HOUR)
    tamper("UPDATE economy_wallet SET gems = gems + 1")
    run(scope="full", now=NOW + 2 * HOUR)
    assert metric() == 1
    recent(NOW + 3 * HOUR)
    assert metric() == 1
    tamper("UPDATE economy_wallet SET gems = gems - 1")
    run(scope="full", now=NOW + 4 * HOUR)
    assert metric() == 0


def test_the_tally_is_rebuilt_and_a_dry_run_only_counts(player):
    bystander = factories.player().pk
    tamper(
        f"UPDATE economy_tally SET amount = amount + 1 WHERE player_id = {player} AND reason = 'adjustment'",
        f"DELETE FROM economy_tally WHERE player_id = {player} AND reason = 'welcome.grant'",
        "INSERT INTO economy_tally (player_id, asset, reason, hour, entries, units, amount)"
        f" VALUES ({player}, 'gold', 'slot.win', '2030-01-01T00:00Z', 1, 1, 99)",
    )
    before = list(Tally.objects.filter(player_id=bystander).values())

    def healed(*, dry_run):
        found = heal(name="tally_is_sum_of_entries", operator_id=None, reason="test", dry_run=dry_run, now=NOW)
        return found.players, found.rows

    assert healed(dry_run=True) == (1, 3)
    assert reconcile().violations == 3
    assert healed(dry_run=False) == (1, 3)
    assert reconcile().violations == 0
    assert healed(dry_run=False) == (0, 0)
    assert list(Tally.objects.filter(player_id=bystander).values()) == before


def test_statistics_are_rebuilt_from_rounds(player):
    tamper("UPDATE user_game_stats SET total_wagered = 7, highest_multiplier = 99999")

    healed = heal(name="game_stats_are_their_rounds", operator_id=None, reason="test", dry_run=False, now=NOW)

    assert (healed.players, healed.rows) == (1, 1)
    assert reconcile().violations == 0


@pytest.mark.parametrize("name", ["balance_is_sum_of_entries", "no_such_invariant"])
def test_what_is_not_derived_cannot_be_rebuilt(player, name):
    with pytest.raises(NoHealing):
        heal(name=name, operator_id=None, reason="", dry_run=False, now=NOW)


def test_beat_proves_both(player):
    reconcile_recent()
    reconcile_full()

    assert list(ReconcileReport.objects.order_by("pk").values_list("scope", "violations")) == [
        ("recent", 0),
        ("full", 0),
    ]


def test_the_command_heals_when_asked_and_proves_afterwards(player):
    tamper("UPDATE economy_tally SET amount = amount + 1 WHERE reason = 'adjustment'")
    out, told = StringIO(), StringIO()
    with pytest.raises(CommandError, match="tally_is_sum_of_entries"):
        call_command("reconcile", "--heal", "tally_is_sum_of_entries", "--dry-run", stdout=out, stderr=told)
    assert "1 rows of 1 players would be set right" in told.getvalue()

    call_command("reconcile", "--heal", "tally_is_sum_of_entries", "--json", stdout=(out := StringIO()), stderr=told)

    assert json.loads(out.getvalue())["ok"] is True
    call_command("reconcile", "--recent", stdout=(out := StringIO()))
    assert "0 violations" in out.getvalue()
    for mistaken in (["--dry-run"], ["--heal", "no_negative_balance"]):
        with pytest.raises(CommandError):
            call_command("reconcile", *mistaken, stdout=StringIO(), stderr=StringIO())


def test_security_proves_and_heals_from_the_operators_page(player):
    tamper("UPDATE economy_tally SET amount = amount + 1 WHERE reason = 'adjustment'")
    security = factories.operator(role="security")
    browser = factories.browser(security)
    listing, prove = reverse("admin:economy_reconcilereport_changelist"), reverse("admin:economy_reconcile_run")
    rebuild = reverse("admin:economy_reconcile_heal", args=["tally_is_sum_of_entries"])

    assert browser.post(prove)["Location"] == listing
    assert not ReconcileReport.objects.exists()
    work_off()
    report = ReconcileReport.objects.get()
    (trace,) = events_of(report)
    assert trace.pgh_context.metadata["operator"] == security.pk
    shown = browser.get(reverse("admin:economy_reconcilereport_change", args=[report.pk]))
    assert "tally_is_sum_of_entries" in shown.content.decode()
    assert rebuild in browser.get(listing).content.decode()
    asked = browser.get(rebuild)
    assert asked.context["expected"].rows == 1
    assert browser.post(rebuild, {"reason": ""}).status_code == 200
    assert reconcile().violations == 1

    browser.post(rebuild, {"reason": "A test changed it"})

    assert reconcile().violations == 0
    assert ReconcileReport.objects.latest("pk").violations == 0
    assert browser.get(reverse("admin:economy_reconcile_heal", args=["no_negative_balance"])).status_code == 404


def test_without_a_broker_the_operator_is_told(player, monkeypatch):
    nowhere = partial(reconcile_full.apply_async, connection=Connection("redis://127.0.0.1:1/0"))
    monkeypatch.setattr(reconcile_full, "apply_async", nowhere)
    browser = factories.browser(factories.operator(role="security"))

    answer = browser.post(reverse("admin:economy_reconcile_run"), follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert not ReconcileReport.objects.exists()


def test_while_everything_is_proved_it_is_not_proved_a_second_time(player):
    with ThreadPoolExecutor(1) as another, jobs.only_run_of(ONE_AT_A_TIME) as alone:
        assert alone
        another.submit(_proved_by_another_worker).result()
    assert not ReconcileReport.objects.exists()

    reconcile_full()

    assert ReconcileReport.objects.get().scope == "full"


def _proved_by_another_worker() -> None:
    try:
        reconcile_full()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("role", "may"), [("viewer", False), ("support", False), ("economy", False), ("security", True)]
)
def test_who_may_prove_and_heal(player, role, may):
    browser = factories.browser(factories.operator(role=role))
    rebuild = reverse("admin:economy_reconcile_heal", args=["tally_is_sum_of_entries"])

    assert browser.get(reverse("admin:economy_reconcilereport_changelist")).status_code == 200
    assert browser.post(reverse("admin:economy_reconcile_run")).status_code == (302 if may else 403)
    assert browser.get(rebuild).status_code == (200 if may else 403)
    assert browser.get(reverse("admin:economy_reconcile_run")).status_code == 403


def test_players_stay_outside(player):
    browser = factories.browser(factories.player())

    assert browser.post(reverse("admin:economy_reconcile_run")).status_code in (302, 403)
    assert not ReconcileReport.objects.exists()


def test_the_books_stand_broken_until_a_full_run_finds_them_right(player):
    run(scope="full", now=NOW)
    tamper(f"UPDATE economy_wallet SET gold = gold + 5 WHERE player_id = {player}")
    found = run(scope="full", now=NOW + HOUR)
    assert not recent(NOW + 2 * HOUR).violations

    assert standing() == found

    tamper(f"UPDATE economy_wallet SET gold = gold - 5 WHERE player_id = {player}")
    mended = run(scope="full", now=NOW + 3 * HOUR)
    assert standing() == mended
