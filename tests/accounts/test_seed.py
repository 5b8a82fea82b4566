"""The accounts that come with the house."""

import pytest
from django.core.management import CommandError, call_command

from accounts.invites.models import InviteCode
from accounts.users.models import User
from economy.ledger.selectors import wallet_of
from tests import factories

pytestmark = pytest.mark.django_db


def seed(**options) -> None:
    call_command("seed_basic", **options)


def passwords() -> dict:
    return dict(User.objects.values_list("site_id", "password"))


def test_a_fresh_house_has_an_operator_four_players_and_an_invite_code():
    seed()
    players = User.objects.filter(is_staff=False).order_by("site_id")
    assert list(players.values_list("site_id", "nickname")) == [(f"user{n:03}", f"유저{n:02}") for n in range(1, 5)]
    assert all(player.check_password("123455") and wallet_of(player.pk).gold == 1000 for player in players)
    admin = User.objects.get(site_id="admin")
    assert admin.check_password("123456")
    assert admin.is_staff
    assert admin.is_superuser
    code = InviteCode.objects.get(code="5858")
    assert (code.max_uses, code.expires_at, code.is_active) == (None, None, True)


def test_seeding_again_changes_nothing():
    seed()
    before = passwords()
    seed()
    assert passwords() == before
    assert InviteCode.objects.count() == 1


def test_an_existing_admin_keeps_the_password():
    factories.operator(site_id="admin", password="chosen-by-the-owner")
    seed()
    assert User.objects.get(site_id="admin").check_password("chosen-by-the-owner")


def test_what_was_applied_is_logged(caplog):
    seed()
    assert "AUTO_SEED_BASIC 적용: admin, user001, user002, user003, user004, invite 5858" in caplog.text


def test_the_check_passes_on_a_fresh_seed_and_signs_out_again():
    seed()
    seed(check=True)
    assert not User.objects.get(site_id="admin").auth_sessions.filter(revoked_at__isnull=True).exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
def test_the_check_names_an_account_that_cannot_sign_in(change):
    seed()
    User.objects.filter(site_id="user003").update(**change)
    with pytest.raises(CommandError, match="user003"):
        seed(check=True)


def test_the_check_fails_on_an_empty_house():
    with pytest.raises(CommandError, match="admin"):
        seed(check=True)


def test_production_is_seeded_only_when_asked_for(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--yes-production"):
        seed()
    assert not User.objects.exists()


def test_production_gets_one_time_passwords_printed_once(settings, capsys):
    settings.PRODUCTION = True
    seed(yes_production=True)
    lines = [line for line in capsys.readouterr().out.splitlines() if "one-time password" in line]
    printed = dict(line.split(" ")[0:2] for line in lines)
    assert set(printed) == {"admin:", "user001:", "user002:", "user003:", "user004:"}
    for user in User.objects.all():
        assert user.must_change_password
        assert user.check_password(printed[f"{user.site_id}:"])
    assert not InviteCode.objects.exists()
    seed(yes_production=True)
    assert "one-time password" not in capsys.readouterr().out
