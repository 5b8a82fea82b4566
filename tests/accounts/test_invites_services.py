"""Invite codes are used up once each."""

from datetime import timedelta

import pytest

from accounts.invites.services import InviteExhausted, InviteExpired, InviteInvalid, consume
from casino_club.core import clock
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_use_is_counted():
    invite = factories.invite(max_uses=2)
    consume(code=invite.code, now=clock.now())
    invite.refresh_from_db()
    assert invite.used_count == 1


def test_an_unlimited_code_is_never_used_up():
    invite = factories.invite()
    for _ in range(3):
        consume(code=invite.code, now=clock.now())
    invite.refresh_from_db()
    assert invite.used_count == 3


def test_a_code_used_up_is_refused():
    invite = factories.invite(max_uses=1, used_count=1)
    with pytest.raises(InviteExhausted):
        consume(code=invite.code, now=clock.now())


def test_a_code_is_refused_from_the_moment_it_expires():
    now = clock.now()
    invite = factories.invite(expires_at=now)
    with pytest.raises(InviteExpired):
        consume(code=invite.code, now=now)
    consume(code=invite.code, now=now - timedelta(microseconds=1))


def test_unknown_and_closed_codes_are_refused_alike():
    closed = factories.invite(is_active=False)
    for code in ("nobody-knows", closed.code):
        with pytest.raises(InviteInvalid):
            consume(code=code, now=clock.now())


def test_the_development_code_opens_nothing_in_production(settings):
    factories.invite(code="5858")
    consume(code="5858", now=clock.now())
    settings.PRODUCTION = True
    with pytest.raises(InviteInvalid):
        consume(code="5858", now=clock.now())
