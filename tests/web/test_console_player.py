"""A player's page tells operators what they need, and what they do there is looked at first, done once, and kept."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.care.models import OperatorAct, OperatorNote
from accounts.sessions.models import AuthSession
from casino_club.core import clock
from casino_club.web.console.players.repertoire import ACTS
from casino_club.web.console.players.sections import SECTIONS
from economy.approvals.models import Approval
from economy.ledger.selectors import wallet_of
from economy.streaks.models import StreakState
from economy.streaks.rules import Action
from economy.streaks.services import claim
from games.slot.services import spin
from games.stats.models import UserGameStats
from tests import factories

pytestmark = pytest.mark.django_db
ROLES = ["viewer", "support", "economy", "security"]
MAY = {
    "grant": {"support", "economy"},
    "end_sessions": {"security"},
    "ban": {"security"},
    "unban": {"security"},
    "recalculate": {"support"},
    "repair_streak": {"support", "economy"},
}


@pytest.fixture
def player():
    player = factories.player(nickname="달빛")
    factories.session(player)
    claim(player_id=player.pk, action=Action.DAILY_LOGIN, now=clock.now())
    for _ in range(2):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
    return player


def operator(role: str | None = None, **fields) -> Client:
    return factories.browser(factories.operator(role=role, **fields))


def address(player, code: str = "") -> str:
    return f"/admin/console/players/{player.pk}" + (f"/{code}" if code else "")


def act_on(browser: Client, player, code: str, *, key: str | None = None, confirm: bool = True, **given):
    form = {"key": key or uuid.uuid4().hex, "reason": "문의에 답하려고", **given}
    return browser.post(address(player, f"acts/{code}"), {**form, **({"confirm": "1"} if confirm else {})})


def statements(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


# --- Sections -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_every_section(role, player):
    browser = operator(role)

    for code in SECTIONS:
        answer = browser.get(address(player, code))
        assert answer.status_code == 200, code
        assert "달빛" in answer.content.decode()


def test_players_and_strangers_read_nothing(player):
    for browser in (Client(), factories.browser(player)):
        assert browser.get(address(player)).status_code in (302, 403)
        assert browser.get(address(player, "acts/ban")).status_code in (302, 403)


def test_a_section_takes_few_statements_however_much_there_is(player):
    browser = operator(superuser=True)
    few = {code: statements(browser, address(player, code)) for code in [*SECTIONS, *SECTIONS]}
    for _ in range(5):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
        factories.session(player)

    many = {code: statements(browser, address(player, code)) for code in SECTIONS}

    assert max(few.values()) <= 40
    assert {code: (few[code], count) for code, count in many.items() if count > few[code]} == {}


def test_a_section_comes_alone_to_an_open_page(player):
    page = operator("viewer").get(address(player, "ledger"), headers={"HX-Request": "true"}).content.decode()

    assert "슬롯 베팅" in page or "Slot" in page
    assert "<html" not in page


def test_the_ledger_is_paged_by_keys_and_filtered(player):
    browser = operator("viewer")

    first = browser.get(address(player, "ledger"), {"limit": 2}).context["page"]
    second = browser.get(address(player, "ledger"), {"limit": 2, "cursor": first["next"]}).context["page"]
    gold = browser.get(address(player, "ledger"), {"asset": "gold"}).context["page"]

    shown = [row["entry"].pk for page in (first, second) for row in page["results"]]
    assert len(set(shown)) == 4
    assert {row["entry"].asset for row in gold["results"]} == {"gold"}


@pytest.mark.parametrize("query", [{"cursor": "nonsense"}, {"asset": "euro"}, {"limit": "-1"}])
def test_a_query_string_that_makes_no_sense_leads_back_to_the_section(query, player):
    answer = operator("viewer").get(address(player, "ledger"), query)

    assert answer["Location"] == address(player, "ledger")


@pytest.mark.parametrize("path", ["999999999", "99999999999999999999999", "1/nothing", "1/acts/nothing"])
def test_what_is_not_there_is_not_found(path):
    assert operator(superuser=True).get(f"/admin/console/players/{path}").status_code == 404


def test_an_open_rounds_end_is_told_to_nobody(player):
    page = operator(superuser=True).get(address(player, "rounds")).content.decode()

    assert "due_at" not in page


@pytest.mark.parametrize(
    ("role", "sees"), [("viewer", False), ("support", True), ("economy", False), ("security", True)]
)
def test_own_limits_are_shown_to_those_who_answer_players(role, sees, player):
    hidden = operator(role).get(address(player, "limits")).context.get("is_hidden", False)

    assert hidden is not sees


def test_a_player_is_found_by_any_of_their_names_and_leads_to_the_page(player):
    browser = operator("viewer")

    for term in ("달빛", player.site_id.upper(), str(player.pk)):
        assert browser.get("/admin/console/players/find", {"q": term})["Location"] == address(player)
    assert browser.get("/admin/console/players/find", {"q": "nobody"})["Location"] == "/admin/accounts/user/"
    assert browser.get("/admin/console/players/find", {"q": "9" * 30})["Location"] == "/admin/accounts/user/"
    assert address(player) in browser.get("/admin/accounts/user/").content.decode()


# --- Acts ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_who_may_do_what(role, player):
    browser = operator(role)

    answers = {code: act_on(browser, player, code, confirm=False, gold=5).status_code for code in MAY}

    assert answers == {code: 200 if role in roles else 403 for code, roles in MAY.items()}


def test_every_act_is_in_the_matrix():
    assert MAY.keys() == ACTS.keys()


@pytest.mark.parametrize("code", ["end_sessions", "ban", "recalculate", "repair_streak"])
def test_looking_changes_nothing(code, player):
    answer = act_on(operator(superuser=True), player, code, confirm=False)

    player.refresh_from_db()
    assert answer.context["lines"]
    assert player.is_active
    assert AuthSession.objects.filter(user=player, revoked_at__isnull=True).count() == 1
    assert OperatorAct.objects.count() == 0


def test_a_reason_is_asked_for(player):
    answer = act_on(operator(superuser=True), player, "ban", reason=" ")

    player.refresh_from_db()
    assert answer.status_code == 200
    assert player.is_active


def test_a_ban_is_done_once_and_written_down_with_its_reason(player):
    boss = factories.operator(role="security")
    browser = factories.browser(boss)
    key = uuid.uuid4().hex

    for _ in range(2):
        assert act_on(browser, player, "ban", key=key)["Location"] == address(player)

    player.refresh_from_db()
    done = OperatorAct.objects.get()
    assert not player.is_active
    assert AuthSession.objects.get(user=player).revoked_at
    assert (done.act, done.operator, done.reason, done.result) == ("ban", boss, "문의에 답하려고", {"sessions": 1})
    assert "문의에 답하려고" in browser.get(address(player, "notes")).content.decode()


def test_the_ban_is_lifted(player):
    browser = operator("security")
    act_on(browser, player, "ban")
    act_on(browser, player, "unban")

    player.refresh_from_db()
    assert player.is_active
    assert list(OperatorAct.objects.order_by("pk").values_list("act", flat=True)) == ["ban", "unban"]


def test_what_is_so_already_is_refused_with_words(player):
    answer = act_on(operator("security"), player, "unban")

    assert answer.status_code == 200
    assert OperatorAct.objects.count() == 0


def test_a_grant_is_looked_at_paid_once_and_written_down(player):
    browser, key = operator("economy"), uuid.uuid4().hex
    before = wallet_of(player.pk)

    looked = act_on(browser, player, "grant", confirm=False, gold=2000, gems=5).context["lines"]
    for _ in range(2):
        act_on(browser, player, "grant", key=key, gold=2000, gems=5)

    after = wallet_of(player.pk)
    assert looked[0] == f"골드: {before.gold:,} → {before.gold + 1500:,}"  # 100 % of 1,000, 50 % of the next
    assert (after.gold - before.gold, after.gems - before.gems) == (1500, 5)
    assert OperatorAct.objects.get().result == {"gold": 1500, "gems": 5, "xp": 0, "vip_points": 0}


def test_a_large_grant_waits_for_a_second_operator_and_says_so_before(player, settings):
    settings.GRANT_APPROVAL_THRESHOLD_GEMS = 10
    browser = operator("economy")

    looked = act_on(browser, player, "grant", confirm=False, gems=11).context["lines"]
    act_on(browser, player, "grant", gems=11)

    assert wallet_of(player.pk).gems == 0
    assert len(looked) == 2
    assert OperatorAct.objects.get().result == {"approval": Approval.objects.get().pk}
    assert "두 번째 운영자를 기다리는 요청" in [
        queue.label for queue in browser.get("/admin/").context["queues"] if queue.count
    ]


def test_nothing_is_no_grant(player):
    answer = act_on(operator("economy"), player, "grant", confirm=False)

    assert answer.context["lines"] is None
    assert answer.context["form"].errors["gold"]


def test_tampered_statistics_are_shown_before_and_healed_after(player):
    true = UserGameStats.objects.get(user=player).total_bets
    UserGameStats.objects.filter(user=player).update(total_bets=99)
    browser = operator("support")

    looked = act_on(browser, player, "recalculate", confirm=False).context["lines"]
    assert UserGameStats.objects.get(user=player).total_bets == 99
    act_on(browser, player, "recalculate")

    assert looked == [f"슬롯: 베팅 수 99 → {true}"]
    assert UserGameStats.objects.get(user=player).total_bets == true
    assert OperatorAct.objects.get().result == {"rows": 1}


def test_a_streak_is_repaired_once_written_down_and_harmless_when_sent_twice(player):
    StreakState.objects.filter(player=player, action=Action.DAILY_LOGIN).update(count=5, longest=5)
    browser, key = operator("support"), uuid.uuid4().hex

    for _ in range(2):
        act_on(browser, player, "repair_streak", key=key)

    assert StreakState.objects.get(player=player, action=Action.DAILY_LOGIN).count == 1
    assert OperatorAct.objects.get().result["counters_rebuilt"] == 1


@pytest.mark.parametrize("code", ["ban", "end_sessions"])
def test_operators_are_acted_on_by_superusers_only(code):
    colleague = factories.operator()

    assert act_on(operator("security"), colleague, code).status_code == 403
    assert act_on(operator(superuser=True), colleague, code).status_code == 302


def test_nobody_bans_themselves():
    boss = factories.operator(superuser=True)

    assert act_on(factories.browser(boss), boss, "ban").status_code == 403


def test_acts_can_be_neither_changed_nor_taken_away(player):
    act_on(operator("security"), player, "end_sessions")

    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        OperatorAct.objects.update(reason="x")


# --- Notes --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("support", True), ("economy", True), ("security", True)])
def test_who_may_write_notes(role, may, player):
    answer = operator(role).post(address(player, "notes/write"), {"text": "전화로 물어봤어요."})

    assert answer.status_code == (302 if may else 403)
    assert OperatorNote.objects.filter(player=player).count() == may


def test_a_note_is_erased_by_its_author_alone(player):
    author = operator("support")
    author.post(address(player, "notes/write"), {"text": "전화로 물어봤어요."})
    note = OperatorNote.objects.get()

    operator("security").post(address(player, f"notes/{note.pk}/erase"))
    assert OperatorNote.objects.count() == 1
    author.post(address(player, f"notes/{note.pk}/erase"))
    assert OperatorNote.objects.count() == 0


def test_an_empty_note_is_no_note(player):
    operator("support").post(address(player, "notes/write"), {"text": "  "})

    assert OperatorNote.objects.count() == 0
