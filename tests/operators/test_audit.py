"""The audit: complete, before and after, with a name and a reason, and nobody changes it."""

import io
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import RequestFactory
from django.utils.html import escape

from accounts.care.models import OperatorAct
from accounts.invites.models import InviteCode
from accounts.users.models import User
from casino_club.core import alerts, audit, clock
from casino_club.web.audit.admin import _shown
from casino_club.web.audit.selectors import Search, changes, event_models
from economy.approvals.models import Approval
from economy.ledger.models import Entry
from events.missions.models import Mission
from tests import factories
from tests.core.audited import events_of

pytestmark = pytest.mark.django_db
LIST = "/admin/core/audittrail/"

# Operators act on these rows' pages, and the acts leave a row of their own in a table that is tracked.
ACTS_OF_THEIR_OWN = {
    "games.UserGameStats": "games.StatsRecalculation",
    "events.Participation": "events.ForcedClaim",
    "accounts.Notification": "accounts.OperatorMessage",
    "economy.UserReward": "economy.OperatorGrant",
    "economy.Entry": "economy.OperatorGrant",
}
# What operators write without a form of the admin: through the API, a page of their own, a command.
WRITTEN_ELSEWHERE = {
    *("accounts.AuthSession", "accounts.UserRole", "accounts.UserPermission", "core.Alert"),
    *("economy.Approval", "economy.OperatorGrant", "economy.ReconcileReport", "economy.StreakState"),
    *("economy.AttendanceDay", "economy.StreakRepairReport", "economy.Wallet", "economy.SeasonTier"),
    *("accounts.OperatorNote", "accounts.OperatorAct", "accounts.SecondFactor", "economy.PromoCode"),
    *(
        "economy.Product",
        "economy.Package",
        "economy.Purchase",
        "economy.PurchaseTransition",
        "economy.WebhookEndpoint",
    ),
    *("events.Requirement", "events.ForcedClaim", "games.StatsRecalculation", "accounts.OperatorMessage"),
    *ACTS_OF_THEIR_OWN.values(),
}


def tracked() -> set[str]:
    return {model.pgh_tracked_model._meta.label for model in event_models()}


def test_whatever_operators_can_write_is_tracked():
    request = RequestFactory().get("/admin/")
    request.user = factories.operator(superuser=True)
    writable = set(WRITTEN_ELSEWHERE)
    for model, page in admin.site._registry.items():
        may = any(getattr(page, f"has_{act}_permission")(request) for act in ("add", "change", "delete"))
        if may or (page.actions and model._meta.label not in ACTS_OF_THEIR_OWN):
            writable.add(model._meta.label)
        writable |= {
            inline.model._meta.label
            for inline in page.get_inline_instances(request)
            if any(getattr(inline, f"has_{act}_permission")(request, None) for act in ("add", "change", "delete"))
        }

    assert writable - tracked() == set()


def test_every_table_of_the_audit_only_grows():
    factories.invite()
    for model in event_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
            names = " ".join(name for (name,) in cursor.fetchall())
        assert "append_only" in names, table
        assert "no_truncate" in names, table


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_invitecodeevent SET is_active = false",
        "DELETE FROM accounts_invitecodeevent",
        "TRUNCATE accounts_invitecodeevent",
        "UPDATE pghistory_context SET metadata = '{}'",
        "DELETE FROM pghistory_context",
        "TRUNCATE pghistory_context CASCADE",
    ],
)
def test_raw_sql_does_not_change_what_was_recorded(sql):
    with audit.acting(operator_id=1, reason="a test"):
        factories.invite()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")  # another connection has none
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_nothing_personal_is_in_the_audit():
    personal = {"nickname", "site_id", "phone_number", "email", "address", "user_agent", "password", "card_hash"}

    found = {
        f"{model._meta.label}.{field.name}"
        for model in event_models()
        for field in model._meta.fields
        if field.name in personal
    }

    assert found == set()


def test_a_change_through_the_admin_says_who_why_what_was_and_what_is():
    boss, code = factories.operator(role="support"), factories.invite(max_uses=5)
    factories.browser(boss).post(
        f"/admin/accounts/invitecode/{code.pk}/change/",
        {"is_active": "on", "max_uses": "9", "audit_reason": "the spring league", "key": "k" * 99},
    )

    (change, made) = changes(Search(model="accounts.invitecode", object_id=str(code.pk)), limit=10)

    assert (change.operator, change.metadata["reason"]) == (boss.site_id, "the spring league")
    assert change.fields == [("max_uses", 5, 9)]
    assert (made.act, made.operator) == ("insert", "")


@pytest.mark.parametrize("unsaid", [{}, {"audit_reason": "  "}, {"audit_reason": "x"}])
def test_nothing_is_changed_without_a_reason(unsaid):
    code = factories.invite(max_uses=5)

    answer = factories.browser(factories.operator(role="support")).post(
        f"/admin/accounts/invitecode/{code.pk}/change/", {"is_active": "on", "max_uses": "9", **unsaid}
    )

    assert answer.status_code == 200
    assert answer.context["errors"]
    code.refresh_from_db()
    assert code.max_uses == 5


def test_what_is_changed_in_a_list_is_changed_with_a_reason():
    row = Mission.objects.create(title="x", mission_type="daily", metric="plays", target_value=2, gold=1)
    browser = factories.browser(factories.operator(role="economy"))
    rows = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": row.pk, "form-0-sort_order": "77"}

    refused = browser.post("/admin/events/mission/", {**rows, "_save": "1"})
    row.refresh_from_db()
    assert (refused.status_code, row.sort_order) == (200, 0)
    assert refused.context["cl"].formset.non_form_errors()

    browser.post("/admin/events/mission/", {**rows, "_save": "1", "audit_reason": "the spring"})
    row.refresh_from_db()
    assert row.sort_order == 77


def test_every_bulk_action_that_changes_something_asks_why():
    request = RequestFactory().get("/admin/")
    request.user = factories.operator(superuser=True)

    unasked = {
        f"{model._meta.label}.{name}"
        for model, model_admin in admin.site._registry.items()
        for name, (action, _name, _description) in model_admin.get_actions(request).items()
        if action.__qualname__ != "_asking_why.<locals>.ask"
    }

    # Says who looks after it; writes with a reason on a page of its own; changes nothing.
    assert unasked == {"core.Alert.acknowledge", "accounts.User.send_message", "economy.StreakState.repair_dry_run"}


def test_a_bulk_action_asks_why_and_tells_each_row():
    boss = factories.operator(superuser=True)
    players = [factories.player() for _ in range(3)]
    chosen = {"action": "ban", "_selected_action": [one.pk for one in players]}
    browser = factories.browser(boss)
    for unsaid in ({}, {"audit_reason": " "}, {"audit_reason": "x"}):
        asked = browser.post("/admin/accounts/user/", {**chosen, **unsaid})
        assert asked.status_code == 200
        assert asked.context["count"] == 3
        assert 'name="audit_reason"' in asked.content.decode()
        assert not User.objects.filter(pk__in=chosen["_selected_action"], is_active=False).exists()

    for _ in range(2):
        browser.post("/admin/accounts/user/", {**chosen, "key": "sent-twice", "audit_reason": "a ring of bots"})

    assert OperatorAct.objects.filter(act="ban", reason="a ring of bots").count() == 3
    found = changes(Search(operator_id=boss.pk, model="accounts.user"), limit=10)
    assert {change.object_id for change in found} == {str(one.pk) for one in players}
    assert {change.metadata["reason"] for change in found} == {"a ring of bots"}
    assert {tuple(change.fields) for change in found} == {(("is_active", True, False),)}


def test_a_raw_update_is_recorded_too_without_a_name():
    player = factories.player()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_superuser = true WHERE id = %s", [player.pk])

    (change,) = changes(Search(model="accounts.user", object_id=str(player.pk)), limit=1)

    assert change.fields == [("is_superuser", False, True)]
    assert change.operator == ""


def test_a_role_that_is_given_is_recorded():
    boss, colleague = factories.operator(superuser=True), factories.operator()
    role = factories.operator(role="security").groups.get()
    with audit.acting(operator_id=boss.pk, reason="on the night shift"):
        colleague.groups.add(role)

    (change,) = changes(Search(operator_id=boss.pk, model="accounts.userrole"), limit=5)

    assert ("user_id", None, colleague.pk) in change.fields


def test_what_the_game_writes_by_itself_leaves_no_trace_and_an_operators_hand_does():
    boss, player = factories.operator(role="security"), factories.player()
    factories.give(player, gold=50)
    session = factories.session(player)
    assert not events_of(player.wallet)
    assert not events_of(session)

    factories.browser(boss).post(
        "/admin/accounts/authsession/",
        {"action": "end", "_selected_action": [str(session.pk)], "audit_reason": "A test"},
    )

    before, after = events_of(session)
    assert [(row.pgh_label, row.revoked_for) for row in (before, after)] == [("before", ""), ("update", "operator")]
    (change,) = changes(Search(model="accounts.authsession", object_id=str(session.pk)), limit=5)
    assert change.fields == [("revoked_for", "", "operator")]


def test_a_command_is_named(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "night")
    with audit.commanding(["manage.py", "seed_basic"]):
        call_command("seed_basic", stdout=io.StringIO())

    found = changes(Search(commands=True, model="accounts.invitecode"), limit=5)
    assert {(change.metadata["command"], change.metadata["account"]) for change in found} == {("seed_basic", "night")}


@pytest.mark.parametrize("argv", [["manage.py"], ["manage.py", "migrate"], ["manage.py", "--version"]])
def test_what_is_no_act_of_an_operator_is_not_named(argv):
    with audit.commanding(argv):
        code = factories.invite()
    assert events_of(code)[0].pgh_context is None


def test_the_page_searches_by_who_what_why_and_when():
    boss, other = factories.operator(role="support"), factories.operator(role="security")
    with audit.acting(operator_id=boss.pk, reason="spring_league 100%"):
        InviteCode.objects.create(code="SPRING", created_at=clock.now())
    with audit.acting(operator_id=other.pk, reason="autumn"):
        code = InviteCode.objects.create(code="AUTUMN", created_at=clock.now())
    browser = factories.browser(factories.operator(role="viewer"))

    def found(**search):
        page = browser.get(LIST, search)
        assert page.status_code == 200
        return {name for name in ("SPRING", "AUTUMN") if name in page.content.decode()}

    today = clock.now().date().isoformat()
    assert found(operator=boss.site_id) == {"SPRING"}
    assert found(operator="nobody-at-all") == set()
    assert found(reason="SPRING_league 100%") == {"SPRING"}
    assert found(reason="springXleague") == set()
    assert found(model="accounts.invitecode", object=str(code.pk)) == {"AUTUMN"}
    assert found(model="accounts.authsession", object="not-a-uuid") == set()
    assert found(object=str(2**70)) == set()
    assert found(since=today, until=today) == {"SPRING", "AUTUMN"}
    assert found(until="2020-01-01") == set()
    assert found(since="nonsense") == set()
    assert found(after="broken") == {"SPRING", "AUTUMN"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (
            {"gold": 5, "tags": ["new", None], "deep": {"on": True}},
            '{"gold": 5, "tags": ["new", null], "deep": {"on": true}}',
        ),
        ({"제목": "달빛 상자 🌙"}, '{"제목": "달빛 상자 🌙"}'),
        (["<script>alert(1)</script>", '"'], r'["<script>alert(1)</script>", "\""]'),
        ([], "[]"),
        ({}, "{}"),
        (None, None),
        ("", ""),
        (0, 0),
        (False, False),
        ('{"a": 1}', '{"a": 1}'),
    ],
)
def test_json_is_shown_as_json_and_whatever_else_as_it_is(value, shown):
    assert _shown(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2026-11-28T12:00:00.51+09:00", "2026-11-28 03:00:00"), ("infinity", "infinity"), (None, None)],
)
def test_a_moment_is_shown_in_utc_without_its_fraction(value, shown):
    assert _shown(value, InviteCode._meta.get_field("created_at")) == shown


def test_a_change_is_told_in_the_readers_words():
    invite, boss = factories.invite(code="SPRING"), factories.operator(role="viewer")
    InviteCode.objects.filter(pk=invite.pk).update(is_active=False)
    alerts.raise_alert(rule="stock_at_zero", message="Nothing is left.", now=clock.now())

    page = factories.browser(boss).get(LIST, headers={"accept-language": "en"}).content.decode()

    assert '<dt title="is_active">active</dt><dd><del>yes</del> <ins>no</ins></dd>' in page
    assert '<dt title="severity">severity</dt><dd><ins>Warning</ins></dd>' in page


def test_json_on_the_page_is_text_whoever_wrote_it():
    payload = {"제목": "<script>alert(1)</script>", "deep": {"list": [1, None, True]}}
    boss, now = factories.operator(role="viewer"), clock.now()
    asked = {"requested_by": boss, "requested_at": now, "expires_at": now + timedelta(days=1)}
    with audit.acting(operator_id=boss.pk, reason="json"):
        approval = Approval.objects.create(kind="grant", player=factories.player(), payload={}, reason="x", **asked)
        Approval.objects.filter(pk=approval.pk).update(payload=payload)

    page = factories.browser(boss).get(LIST, {"model": "economy.approval"}).content.decode()

    told = escape('{"deep": {"list": [1, null, true]}, "제목": "<script>alert(1)</script>"}')
    assert f"<del>{{}}</del> <ins>{told}</ins>" in page
    assert "<script>alert(1)" not in page


def test_the_page_goes_on_row_by_row_through_many_tables_of_one_moment():
    with transaction.atomic(), audit.acting(operator_id=factories.operator().pk, reason="all at once"):
        for number in range(7):
            factories.invite(code=f"MANY-{number}")
            factories.player()
            alerts.raise_alert(rule="stock_at_zero", key=str(number), message="Sold out.", now=clock.now())

    whole = changes(Search(), limit=100)
    walked, after = [], None
    while page := changes(Search(), after=after, limit=4):
        walked += page
        after = page[-1].cursor

    assert [change.cursor for change in walked] == [change.cursor for change in whole]
    assert len({change.cursor for change in walked}) == len(walked) > 14


def test_a_page_takes_few_statements(django_assert_max_num_queries):
    boss = factories.operator(superuser=True)
    for _ in range(60):
        with audit.acting(operator_id=boss.pk, reason="many"):
            factories.invite()
    browser = factories.browser(boss)
    with django_assert_max_num_queries(12):
        page = browser.get(LIST).content.decode()
    assert "after=" in page


def test_the_history_of_a_row_is_its_audit_and_djangos_own_list_holds_no_names():
    boss, player = factories.operator(superuser=True), factories.player(nickname="달빛")
    browser = factories.browser(boss)
    browser.post(
        f"/admin/accounts/user/{player.pk}/change/", {"is_active": "on", "is_staff": "on", "audit_reason": "A test"}
    )

    answer = browser.get(f"/admin/accounts/user/{player.pk}/history/")

    assert answer["Location"] == f"{LIST}?model=accounts.user&object={player.pk}"
    (entry,) = apps.get_model("admin.LogEntry").objects.all()
    assert "달빛" not in entry.object_repr
    assert str(player.pk) in entry.object_repr


def test_a_row_that_the_audit_does_not_hold_has_no_history_to_offer():
    player = factories.player()
    browser = factories.browser(factories.operator(superuser=True))
    entry = Entry.objects.filter(player=player).first()

    page = browser.get(f"/admin/economy/entry/{entry.pk}/change/")

    assert page.status_code == 200
    assert "historylink" not in page.content.decode()
    assert browser.get(f"/admin/economy/entry/{entry.pk}/history/").status_code == 404
    assert "historylink" in browser.get(f"/admin/accounts/user/{player.pk}/change/").content.decode()


def test_the_audit_is_for_operators_and_for_reading():
    assert factories.browser(factories.player()).get(LIST).status_code == 302
    browser = factories.browser(factories.operator(superuser=True))
    factories.invite()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.get(f"{LIST}1/change/").status_code == 403
