"""One code from many hands at once opens once; many guesses at once are no better than few."""

import pytest

from accounts.lockout.services import LoginLocked
from accounts.twofactor import services
from casino_club.core import clock
from tests import factories
from tests.accounts.authenticator import enrol, shown
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_one_code_opens_once(kind):
    boss = factories.operator()
    codes, now = enrol(boss), clock.now()
    code = shown(boss, now=now) if kind == "code" else codes[0]

    outcomes = together(8, lambda n: services.check(user_id=boss.pk, code=code, address=f"10.0.0.{n}", now=now))

    assert outcomes.count(None) == 1
    assert all(isinstance(one, services.OtpInvalid | LoginLocked) for one in outcomes if one is not None)


def test_guesses_at_once_are_counted_one_by_one(settings):
    boss = factories.operator()
    enrol(boss)

    outcomes = together(
        20, lambda n: services.check(user_id=boss.pk, code=f"{n:06}", address="10.0.0.1", now=clock.now())
    )

    tried = sum(isinstance(one, services.OtpInvalid) for one in outcomes)
    assert tried <= settings.LOGIN_ACCOUNT_ADDRESS_LIMIT
    assert sum(isinstance(one, LoginLocked) for one in outcomes) == 20 - tried
