"""Creating and renaming users."""

import pytest
from django.contrib.auth.hashers import identify_hasher

from accounts.users.models import LoginName, User
from accounts.users.services import NicknameTaken, PhoneTaken, SiteIdTaken, create_user, update_profile
from casino_club.core import clock
from casino_club.core.errors import InvalidInput
from tests import factories

pytestmark = pytest.mark.django_db


def create(**fields) -> User:
    return create_user(
        **({"site_id": "moon", "nickname": "달빛", "password": factories.PASSWORD, "now": clock.now()} | fields)
    )


def test_a_password_is_kept_as_argon2id_of_19_mib_two_passes_one_lane():
    user = create()
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert identify_hasher(user.password).algorithm == "argon2"


@pytest.mark.parametrize("site_id", ["moon", "MOON", "Moon"])
def test_a_sign_in_name_is_unique_ignoring_case(site_id):
    create()
    with pytest.raises(SiteIdTaken):
        create(site_id=site_id, nickname="다른이")


@pytest.mark.parametrize("nickname", ["달빛", "moon", "MOON", "ｍｏｏｎ"])
def test_a_nickname_is_unique_and_never_another_players_sign_in_name(nickname):
    create()
    with pytest.raises(NicknameTaken):
        create(site_id="star", nickname=nickname)


def test_a_sign_in_name_is_never_another_players_nickname():
    create(nickname="Crane")
    with pytest.raises(SiteIdTaken):
        create(site_id="crane", nickname="별빛")


def test_a_player_may_call_themselves_what_they_sign_in_as():
    user = create(nickname="Moon")
    assert list(LoginName.objects.filter(user=user).values_list("key", flat=True)) == ["moon"]


def test_a_phone_number_belongs_to_one_player():
    create(phone_number="01012345678")
    with pytest.raises(PhoneTaken):
        create(site_id="star", nickname="별빛", phone_number="01012345678")


def test_many_players_may_have_no_phone_number():
    create(phone_number="")
    assert create(site_id="star", nickname="별빛").phone_number is None


def test_a_refused_user_leaves_nothing_behind():
    create()
    with pytest.raises(NicknameTaken):
        create(site_id="star")
    assert not User.objects.filter(site_id="star").exists()
    assert not LoginName.objects.filter(key="star").exists()


@pytest.mark.parametrize("password", ["short7!", "12345678", "password", "1234567890123", "moonmoon"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(InvalidInput) as refusal:
        create(site_id="moonmoon", password=password)
    assert list(refusal.value.fields) == ["password"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("site_id", "a b"),
        ("nickname", "x"),
        ("nickname", "mo\u200bon"),
        ("phone_number", "010-1234-5678"),
        ("email", "nobody"),
        ("email", f"{'x' * 250}@example.com"),
        ("language", "fr"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(field, value):
    with pytest.raises(InvalidInput) as refusal:
        create(**{field: value})
    assert list(refusal.value.fields) == [field]


def test_a_new_nickname_frees_the_old_one():
    user = create()
    update_profile(user_id=user.pk, changes={"nickname": "별빛"})
    assert create(site_id="star").nickname == "달빛"


def test_a_nickname_may_change_its_case():
    user = create(nickname="Crane")
    assert update_profile(user_id=user.pk, changes={"nickname": "CRANE"}).nickname == "CRANE"


def test_taking_and_leaving_ones_own_sign_in_name_as_nickname_keeps_it():
    user = create()
    update_profile(user_id=user.pk, changes={"nickname": "moon"})
    update_profile(user_id=user.pk, changes={"nickname": "별빛"})
    assert set(LoginName.objects.filter(user=user).values_list("key", flat=True)) == {"moon", "별빛"}


def test_a_taken_nickname_changes_nothing_else_either():
    create()
    user = create(site_id="star", nickname="별빛")
    with pytest.raises(NicknameTaken):
        update_profile(user_id=user.pk, changes={"nickname": "달빛", "email": "star@example.com"})
    user.refresh_from_db()
    assert (user.nickname, user.email) == ("별빛", None)


def test_an_absent_field_stays_and_none_empties_it():
    user = create(phone_number="01012345678", email="moon@example.com")
    changed = update_profile(user_id=user.pk, changes={"email": None})
    assert (changed.phone_number, changed.email) == ("01012345678", None)
