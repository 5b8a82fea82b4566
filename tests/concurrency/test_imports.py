"""The same file from many hands at once."""

import pytest

from accounts.users.models import User
from casino_club.core import clock
from casino_club.core.errors import Busy
from casino_club.web.users.services import ImportRefused, import_users
from economy.reconcile.services import reconcile
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
FILE = ("site_id,nickname,phone_number\n" + "".join(f"moon-{n},달 {n},010{n:08}\n" for n in range(50))).encode()


def test_one_key_from_six_hands_makes_the_accounts_once():
    operator = factories.operator(superuser=True)

    reports = together(
        6,
        lambda n: import_users(data=FILE, operator_id=operator.pk, key="the-same-key", reason="", now=clock.now()),
    )

    assert sorted(report.is_repeat for report in reports) == [False] + [True] * 5
    assert len({tuple(line.user_id for line in report.lines) for report in reports}) == 1
    assert User.objects.filter(site_id__startswith="moon-").count() == 50
    assert reconcile().violations == 0


def test_one_file_under_six_keys_makes_the_accounts_once():
    operator = factories.operator(superuser=True)

    outcomes = together(
        6,
        lambda n: import_users(data=FILE, operator_id=operator.pk, key=f"key-number-{n}", reason="", now=clock.now()),
    )

    made = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(made) == 1
    assert all(isinstance(one, ImportRefused | Busy) for one in outcomes if isinstance(one, Exception))
    assert User.objects.filter(site_id__startswith="moon-").count() == 50
    assert reconcile().violations == 0
