"""Operators' forms and lists in a browser: every field has a name of its own, also in tables and beside a clock."""

import pytest

from casino_club.core import clock
from casino_club.web.seed.services import Plan, banners, events
from events.live.models import Event
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "ko")])
def test_forms_with_moments_and_rows_are_clean(page, signed_in, width, language, assert_accessible):
    plan = Plan(now=clock.now(), one_time_passwords=False)
    events(plan)
    banners(plan)
    signed_in(factories.operator(superuser=True))

    coming = Event.objects.filter(start_date__gt=clock.now()).first()
    for address in (
        *("events/event/add/", f"events/event/{coming.pk}/change/", "economy/season/add/", "games/banner/add/"),
        *("events/mission/", "events/event/?q=nobody"),
    ):
        page.goto(f"/admin/{address}")
        assert_accessible()
