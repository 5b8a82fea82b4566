"""One-time codes: good once, near their moment, for one operator; guesses are counted; recovery codes go one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.lockout.services import LoginLocked
from accounts.sessions.models import AuthSession
from accounts.twofactor import rules, services
from accounts.twofactor.models import RecoveryCode, SecondFactor
from casino_club.core import clock
from casino_club.core.errors import NotFound
from casino_club.web.audit.selectors import Search, changes
from tests import factories
from tests.accounts.authenticator import enrol, shown

pytestmark = pytest.mark.django_db
NOW = clock.now()
HERE = "127.0.0.1"


@pytest.fixture
def boss():
    return factories.operator(superuser=True)


def check(user, code, *, now=NOW, address=HERE):
    services.check(user_id=user.pk, code=code, address=address, now=now)


def refuses(user, code, **more) -> bool:
    with pytest.raises(services.OtpInvalid):
        check(user, code, **more)
    return True


@pytest.mark.parametrize(
    ("at", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(at, code):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the RFC's own: 12345678901234567890
    moment = datetime.fromtimestamp(at, tz=UTC)
    assert rules.matching_step(secret, code, after=0, now=moment) == at // 30


def test_a_code_is_good_for_half_a_minute_around_its_own_and_once(boss):
    enrol(boss, now=NOW)

    assert refuses(boss, shown(boss, now=NOW, steps=2))
    assert refuses(boss, shown(boss, now=NOW, steps=-2))
    check(boss, shown(boss, now=NOW))
    assert refuses(boss, shown(boss, now=NOW)), "used"
    assert refuses(boss, shown(boss, now=NOW, steps=-1)), "older than the one used"
    check(boss, shown(boss, now=NOW, steps=1))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x", "0" * 32])
def test_what_is_no_code_is_wrong(boss, code):
    enrol(boss)
    assert refuses(boss, code)


def test_codes_are_taken_as_authenticators_show_them(boss):
    enrol(boss, now=NOW)
    code = shown(boss, now=NOW)
    check(boss, f" {code[:3]} {code[3:]} ")


def test_setting_up_needs_a_code_and_ends_the_other_sessions(boss):
    other, here = factories.session(boss), factories.session(boss)
    services.begin(user_id=boss.pk, now=NOW)
    assert not services.is_enrolled(boss.pk)
    with pytest.raises(services.OtpInvalid):
        services.confirm(session=here, code="000000", address=HERE, now=NOW)

    codes = services.confirm(session=here, code=shown(boss, now=NOW), address=HERE, now=NOW)

    assert services.is_enrolled(boss.pk)
    assert len(set(codes)) == services.codes_left(boss.pk) == 10
    assert set(AuthSession.objects.filter(revoked_at=None).values_list("pk", flat=True)) == {here.pk}
    assert AuthSession.objects.get(pk=other.pk).revoked_at
    with pytest.raises(services.AlreadyEnrolled):
        services.begin(user_id=boss.pk, now=NOW)
    assert refuses(boss, shown(boss, now=NOW)), "the code that set it up is spent"


def test_until_it_is_confirmed_the_same_secret_is_shown_and_nothing_counts(boss):
    first, second = (services.begin(user_id=boss.pk, now=NOW) for _ in range(2))
    assert first.secret == second.secret
    assert refuses(boss, shown(boss, now=NOW))


def test_a_recovery_code_opens_once_however_it_is_typed_and_nothing_of_it_is_kept(boss):
    codes = enrol(boss)
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()

    check(boss, codes[0].upper().replace("-", " "))

    assert refuses(boss, codes[0])
    assert services.codes_left(boss.pk) == 9
    other = factories.operator()
    enrol(other)
    assert refuses(other, codes[1]), "somebody else's"


def test_new_recovery_codes_make_the_old_ones_useless(boss):
    old = enrol(boss, now=NOW)

    fresh = services.renew_recovery_codes(user_id=boss.pk, code=shown(boss, now=NOW), address=HERE, now=NOW)

    assert refuses(boss, old[0])
    check(boss, fresh[0])


def test_guesses_are_counted_and_locked(boss, settings):
    enrol(boss, now=NOW)
    for _ in range(settings.LOGIN_ACCOUNT_ADDRESS_LIMIT):
        assert refuses(boss, "000000")
    with pytest.raises(LoginLocked):
        check(boss, shown(boss, now=NOW))
    later = NOW + timedelta(seconds=settings.LOGIN_WINDOW_SECONDS + 1)
    check(boss, shown(boss, now=later), now=later)


def test_a_reset_ends_the_sessions_and_is_in_the_audit(boss):
    colleague = factories.operator()
    session = factories.session(colleague)
    enrol(colleague, session=session)

    services.reset(user_id=colleague.pk, operator_id=boss.pk, reason="lost in a taxi", now=NOW)

    assert not SecondFactor.objects.exists()
    assert AuthSession.objects.get(pk=session.pk).revoked_at
    removed = changes(Search(model="accounts.secondfactor", object_id=str(colleague.pk)), limit=1)[0]
    assert (removed.act, removed.operator, removed.metadata["reason"]) == ("delete", boss.site_id, "lost in a taxi")
    with pytest.raises(NotFound):
        services.reset(user_id=colleague.pk, operator_id=boss.pk, reason="again", now=NOW)


def test_the_command_for_when_nobody_is_left(boss, capsys):
    enrol(boss)
    call_command("reset_second_factor", boss.site_id, reason="the only operator's phone is gone")
    assert not services.is_enrolled(boss.pk)
    for name in (boss.site_id, "nobody"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name, reason="again")
