"""Users, sessions and invite codes in the operators' hands."""

import pytest
from django.apps import apps
from django.test import Client

from accounts.invites.models import InviteCode
from accounts.sessions.models import AuthSession, RevokedFor
from accounts.users.models import User
from casino_club.core import roles
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db

PAGES = ("/admin/accounts/user/", "/admin/accounts/invitecode/", "/admin/accounts/authsession/")


def operator(role: str | None = None, **fields) -> Client:
    return factories.browser(factories.operator(role=role, **fields))


def test_the_operators_site_leads_strangers_to_the_one_door(client):
    answer = client.get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login?next=/admin/")


def test_operators_sign_in_at_the_players_door_and_are_locked_alike(client):
    factories.operator(site_id="boss")
    for _ in range(5):
        client.post("/admin/login/", {"username": "boss", "password": "wrong"})
    answer = client.post("/login", {"site_id": "boss", "password": factories.PASSWORD, "next": "/admin/"})
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_players_are_refused_at_the_operators_site():
    browser = factories.browser(factories.player())
    assert browser.get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_role_may_look_in_korean(path):
    factories.player(nickname="달빛")
    factories.invite()
    answer = operator("viewer").get(path)
    assert answer.status_code == 200
    assert 'lang="ko"' in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_lists_take_few_statements_however_long(path, django_assert_max_num_queries):
    for _ in range(12):
        player = factories.player()
        factories.session(player)
        factories.invite(created_by=player)
    browser = operator(superuser=True)
    with django_assert_max_num_queries(12):
        assert browser.get(path).status_code == 200


@pytest.mark.parametrize("term", ["MOON", "달빛", "01012345678"])
def test_a_user_is_found_by_an_exact_name_or_number(term):
    factories.player(site_id="moon", nickname="달빛", phone_number="01012345678")
    factories.player(site_id="moonlight")
    page = operator("viewer").get("/admin/accounts/user/", {"q": term}).content.decode()
    assert ">moon<" in page
    assert ">moonlight<" not in page


def test_nobody_is_made_or_deleted_by_hand():
    player = factories.player()
    browser = operator(superuser=True)
    assert browser.get("/admin/accounts/user/add/").status_code == 403
    assert browser.get(f"/admin/accounts/user/{player.pk}/delete/").status_code == 403


def test_security_deactivates_a_player_and_their_sessions_end():
    player = factories.player(nickname="달빛")
    theirs = factories.bearer(player)
    browser = operator("security")
    browser.post(
        f"/admin/accounts/user/{player.pk}/change/",
        {"nickname": "갈취", "is_staff": "on", "is_superuser": "on", "audit_reason": "A test"},
    )
    player.refresh_from_db()
    assert (player.is_active, player.nickname, player.is_staff, player.is_superuser) == (False, "달빛", False, False)
    assert AuthSession.objects.get(user=player).revoked_for == RevokedFor.OPERATOR
    assert Client().get("/api/auth/me", headers=theirs).status_code == 401


@pytest.mark.parametrize("role", ["viewer", "support", "economy"])
def test_other_roles_change_no_user(role):
    player = factories.player()
    browser = operator(role)
    browser.post(f"/admin/accounts/user/{player.pk}/change/", {"audit_reason": "A test"})
    browser.post("/admin/accounts/user/", {"action": "ban", "_selected_action": [player.pk], "audit_reason": "A test"})
    assert browser.get(f"/admin/accounts/user/{player.pk}/password/").status_code == 403
    player.refresh_from_db()
    assert player.is_active


def test_operators_are_changed_by_superusers_only():
    colleague = factories.operator()
    browser = operator("security")
    assert browser.get(f"/admin/accounts/user/{colleague.pk}/password/").status_code == 403
    browser.post(
        "/admin/accounts/user/", {"action": "ban", "_selected_action": [colleague.pk], "audit_reason": "A test"}
    )
    colleague.refresh_from_db()
    assert colleague.is_active
    operator(superuser=True).post(
        f"/admin/accounts/user/{colleague.pk}/change/", {"is_staff": "on", "audit_reason": "A test"}
    )
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_an_operator_who_becomes_a_player_gets_a_wallet():
    colleague = factories.operator()

    for _ in range(2):
        operator(superuser=True).post(
            f"/admin/accounts/user/{colleague.pk}/change/", {"is_active": "on", "audit_reason": "A test"}
        )

    colleague.refresh_from_db()
    assert (colleague.is_staff, wallet_of(colleague.pk).gold) == (False, 1000)


def test_a_ban_and_its_end():
    player = factories.player()
    factories.session(player)
    browser = operator("security")
    browser.post("/admin/accounts/user/", {"action": "ban", "_selected_action": [player.pk], "audit_reason": "A test"})
    player.refresh_from_db()
    assert not player.is_active
    browser.post(
        "/admin/accounts/user/", {"action": "unban", "_selected_action": [player.pk], "audit_reason": "A test"}
    )
    player.refresh_from_db()
    assert player.is_active
    assert AuthSession.objects.get(user=player).revoked_at


def test_a_password_given_by_an_operator_is_for_one_use():
    player = factories.player(site_id="moon")
    factories.session(player)
    form = {"password1": "given-by-the-house", "password2": "given-by-the-house"}
    answer = operator("security").post(f"/admin/accounts/user/{player.pk}/password/", form)
    assert answer.status_code == 302
    player.refresh_from_db()
    assert player.must_change_password
    assert AuthSession.objects.get(user=player).revoked_at
    browser = Client()
    browser.post("/login", {"site_id": "moon", "password": "given-by-the-house"})
    assert browser.get("/")["Location"] == "/password/change"


def test_the_page_of_a_user_shows_no_password():
    player = factories.player()
    page = operator(superuser=True).get(f"/admin/accounts/user/{player.pk}/change/").content.decode()
    assert "argon2" not in page


def test_an_operators_own_password_is_changed_at_the_players_door():
    boss = factories.operator(superuser=True)
    answer = factories.browser(boss).get(f"/admin/accounts/user/{boss.pk}/password/")
    assert answer["Location"] == "/password/change"


def test_support_makes_an_invite_code_that_bears_their_name():
    support = factories.operator(role="support")
    factories.browser(support).post(
        "/admin/accounts/invitecode/add/", {"code": "SPRING", "is_active": "on", "max_uses": "3"}
    )
    code = InviteCode.objects.get(code="SPRING")
    assert (code.created_by, code.max_uses, code.used_count) == (support, 3, 0)


def test_an_invite_codes_uses_cannot_be_edited_and_its_limit_not_undercut():
    code = factories.invite(max_uses=5, used_count=3)
    browser = operator("support")
    path = f"/admin/accounts/invitecode/{code.pk}/change/"
    browser.post(
        path, {"is_active": "on", "max_uses": "2", "used_count": "0", "code": "OTHER", "audit_reason": "A test"}
    )
    browser.post(
        path, {"is_active": "on", "max_uses": "4", "used_count": "0", "code": "OTHER", "audit_reason": "A test"}
    )
    kept = InviteCode.objects.get(pk=code.pk)
    assert (kept.code, kept.max_uses, kept.used_count) == (code.code, 4, 3)


def test_a_session_is_ended_by_security_and_by_nobody_else():
    session = factories.session(factories.player())
    for role in ("viewer", "support", "economy"):
        operator(role).post(
            "/admin/accounts/authsession/",
            {"action": "end", "_selected_action": [str(session.pk)], "audit_reason": "A test"},
        )
        session.refresh_from_db()
        assert session.revoked_at is None
    operator("security").post(
        "/admin/accounts/authsession/",
        {"action": "end", "_selected_action": [str(session.pk)], "audit_reason": "A test"},
    )
    session.refresh_from_db()
    assert session.revoked_for == RevokedFor.OPERATOR


def test_what_operators_change_is_in_the_audit():
    player = factories.player()
    boss = factories.operator(superuser=True)
    factories.browser(boss).post(
        "/admin/accounts/user/", {"action": "ban", "_selected_action": [player.pk], "audit_reason": "A test"}
    )
    rows = apps.get_model("accounts", "UserEvent").objects.filter(pgh_obj_id=player.pk).order_by("pgh_id")
    assert [row.is_active for row in rows] == [True, False]
    assert rows.last().pgh_context.metadata["operator"] == boss.pk


def test_roles_are_code_and_offered_to_nobody_for_editing():
    assert operator(superuser=True).get("/admin/auth/group/").status_code == 404


def test_an_operator_can_only_give_a_password_never_take_it_away():
    player = factories.player()
    given = {"password1": "", "password2": "", "usable_password": "false", "unset-password": "1"}
    browser = operator("security")

    page = browser.get(f"/admin/accounts/user/{player.pk}/password/").content.decode()
    answer = browser.post(f"/admin/accounts/user/{player.pk}/password/", given)

    assert "usable_password" not in page
    assert answer.status_code == 200
    assert User.objects.get(pk=player.pk).check_password(factories.PASSWORD)


def test_roles_are_ticked_by_what_they_are_called_and_users_are_filtered_by_them():
    player = factories.player()
    browser = operator(superuser=True)

    form = browser.get(f"/admin/accounts/user/{player.pk}/change/").content.decode()
    users = browser.get("/admin/accounts/user/").content.decode()

    assert all(str(label) in form and str(label) in users for label in roles.LABELS.values())


def test_the_way_to_a_new_password_is_shown_to_those_who_may_give_one():
    address = f"/admin/accounts/user/{factories.player().pk}/"

    seen = {role: operator(role).get(f"{address}change/").content.decode() for role in ("viewer", "security")}

    assert f"{address}password/" not in seen["viewer"]
    assert f"{address}password/" in seen["security"]
