"""Links and mails for new passwords under many hands."""

import pytest
from django.core import mail

from accounts.recovery import rules, services
from accounts.users.models import User
from casino_club.core import clock
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_eight_uses_of_a_link_one_succeeds():
    player = factories.player()
    code = rules.code_for(player, clock.now())
    passwords = [f"crane-over-the-hill-{n}" for n in range(8)]

    outcomes = together(
        8, lambda n: services.reset(code=code, new_password=passwords[n], address="10.0.0.1", now=clock.now())
    )

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, services.ResetLinkInvalid) for outcome in outcomes) == 7
    assert User.objects.get(pk=player.pk).check_password(passwords[outcomes.index(None)])


def test_four_workers_send_each_mail_once():
    now = clock.now()
    for number in range(30):
        email = f"player{number}@example.com"
        factories.player(email=email)
        services.ask(email=email, language="ko", address=f"10.0.0.{number}", now=now)

    sent = together(4, lambda n: services.send_due(now=now))

    assert sum(sent) == 30
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 30
