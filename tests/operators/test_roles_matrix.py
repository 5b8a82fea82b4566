"""Who may do what: every page of the admin that writes, every action, every operators' address, for every role.

The tables below are the reviewed truth. A page, an action or an address that is in none of them fails the test.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories

pytestmark = pytest.mark.django_db
ROLES = ("viewer", "support", "economy", "security")
ALL = frozenset(ROLES)
NOBODY: frozenset[str] = frozenset()

# Model → what may be done → by whom. Whatever is not named is done by nobody, not even by a superuser.
PAGES = {
    "accounts.InviteCode": {"add": {"support", "security"}, "change": {"support", "security"}},
    "accounts.User": {"change": {"security"}},
    "economy.RewardPolicy": {"add": {"economy"}},
    "economy.Season": {"add": {"economy"}, "change": {"economy"}},
    "economy.Product": {"add": {"economy"}, "change": {"economy"}},
    "economy.Package": {"add": {"economy"}, "change": {"economy"}},
    "economy.PromoCode": {"add": {"economy"}, "change": {"economy"}},
    "economy.Recommendation": {"add": {"economy"}, "change": {"economy"}},
    "economy.WebhookEndpoint": {"add": {"security"}, "change": {"security"}},
    "events.Event": {"add": {"economy"}, "change": {"economy"}},
    "events.Mission": {"add": {"economy"}, "change": {"economy"}},
    "games.Banner": {"add": {"economy"}, "change": {"economy"}},
}
ACTIONS = {
    "accounts.AuthSession": {"end": {"security"}},
    "accounts.SecondFactor": {"reset": {"security"}},
    "accounts.User": {
        "ban": {"security"},
        "unban": {"security"},
        "end_sessions": {"security"},
        "send_message": {"support", "security"},
    },
    "core.Alert": {"acknowledge": {"support", "economy", "security"}},
    "economy.StreakState": {"repair": {"support", "economy"}, "repair_dry_run": {"support", "economy"}},
    "economy.WebhookEvent": {"replay": {"security"}},
    "events.Event": {"activate": {"economy"}, "deactivate": {"economy"}, "duplicate": {"economy"}},
    "games.UserGameStats": {"recalculate_players": {"support"}},
}
# Method and address → by whom.
ADDRESSES = {
    "GET api/admin/alerts": ALL,
    "POST api/admin/alerts/<int:alert_id>/acknowledge": {"support", "economy", "security"},
    "GET api/admin/approvals": ALL,
    "POST api/admin/approvals/<int:approval_id>/approve": {"economy"},
    "POST api/admin/approvals/<int:approval_id>/deny": {"economy"},
    "GET api/admin/events": ALL,
    "POST api/admin/events": {"economy"},
    "POST api/admin/events/seed/model-index": {"economy"},
    "PUT api/admin/events/<int:event_id>": {"economy"},
    "POST api/admin/events/<int:event_id>/deactivate": {"economy"},
    "GET api/admin/events/<int:event_id>/participations": ALL,
    "POST api/admin/events/<int:event_id>/force-claim/<int:user_id>": {"support", "economy"},
    "POST api/admin/purchases/<int:purchase_id>/settle": {"economy"},
    "POST api/admin/purchases/<int:purchase_id>/refund": {"economy"},
    "POST api/admin/purchases/<int:purchase_id>/review": {"economy", "security"},
    "GET api/admin/stats": ALL,
    "GET api/admin/stream": ALL,
    "POST api/admin/users/<int:user_id>/grant": {"support", "economy"},
    "POST api/admin/users/import": {"security"},
    "POST api/admin/webhooks/replay/<int:event_id>": {"security"},
    "POST api/games/stats/recalculate/<int:user_id>": {"support"},
}


def request_of(user):
    request = RequestFactory().get("/admin/")
    request.user = user
    return request


@pytest.fixture
def requests():
    """One request by an operator of each role."""
    return {role: request_of(factories.operator(role=role)) for role in ROLES}


def doors() -> Iterator[tuple[str, str]]:
    """Method and address of every operators' door of the API."""

    def walk(patterns, prefix=""):
        for entry in patterns:
            path = f"{prefix}{entry.pattern}"
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, path)
            elif isinstance(entry, URLPattern):
                yield path, getattr(entry.callback, "cls", None)

    for path, view in walk(get_resolver().url_patterns):
        if path.startswith(("api/admin/", "api/games/stats/recalculate")):
            for method in ("get", "post", "put", "patch", "delete"):
                if hasattr(view, method):
                    yield method.upper(), path


def call(client: Client, door: str, headers: dict) -> int:
    """The status of a call about things that do not exist, with nothing in it."""
    method, path = door.split(" ", 1)
    parts = [("0" if part.startswith("<") else part) for part in path.split("/")]
    send = getattr(client, method.lower())
    more = {} if method == "GET" else {"data": {}, "content_type": "application/json"}
    answer = send("/" + "/".join(parts), headers=headers, **more)
    if answer.streaming:
        answer.close()
    return answer.status_code


def test_every_page_that_writes_is_in_the_table_and_open_to_its_roles_alone(requests):
    boss = request_of(factories.operator(superuser=True))
    for model, page in admin.site._registry.items():
        label = model._meta.label
        for act in ("add", "change", "delete"):
            may = getattr(page, f"has_{act}_permission")
            wanted = PAGES.get(label, {}).get(act, NOBODY)
            assert {role for role in ROLES if may(requests[role])} == wanted, (label, act)
            assert may(boss) is bool(wanted), (label, act)


def test_every_role_may_look_at_every_list(requests):
    for model, page in admin.site._registry.items():
        blind = {role for role in ROLES if not page.has_view_permission(requests[role])}
        assert not blind, model._meta.label


def test_every_action_is_in_the_table_and_offered_to_its_roles_alone(requests):
    for model, page in admin.site._registry.items():
        label = model._meta.label
        for action in page.actions or ():
            name = action if isinstance(action, str) else action.__name__
            offered = {role for role in ROLES if name in page.get_actions(requests[role])}
            assert offered == ACTIONS.get(label, {}).get(name), (label, name)


def test_every_operators_address_is_in_the_table():
    unknown = {f"{method} {path}" for method, path in doors()} - set(ADDRESSES)
    assert unknown == set()


@pytest.mark.parametrize("door", [f"{method} {path}" for method, path in doors()])
def test_an_address_opens_to_its_roles_alone(client, door):
    opened = set()
    for role in ROLES:
        if call(client, door, factories.bearer(factories.operator(role=role))) != 403:
            opened.add(role)
    assert opened == set(ADDRESSES[door])
    assert call(client, door, factories.bearer(factories.player())) == 403
    assert call(client, door, {}) == 401
    inactive = factories.operator(superuser=True)
    headers = factories.bearer(inactive)
    inactive.is_active = False
    inactive.save()
    assert call(client, door, headers) == 401


def test_the_site_is_closed_to_players_and_strangers():
    player, stranger = factories.browser(factories.player()), Client()
    for model in admin.site._registry:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert stranger.get(path).status_code == 302, path
        assert player.get(path)["Location"].startswith("/admin/login/"), path
    assert player.get("/admin/login/").status_code == 403
