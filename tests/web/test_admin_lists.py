"""Every list of the operators' site stays fast: few statements however many rows, in an order that an index gives."""

import json
import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from casino_club.core import clock
from casino_club.core.admin import MOST_PAGES, EstimatingPaginator, OperatorAdmin
from economy.ledger.admin import EntryAdmin
from economy.ledger.models import Entry
from economy.segments.models import Recommendation
from economy.streaks.rules import Action
from economy.streaks.services import claim
from games.slot.services import spin
from tests import factories
from tests.economy import shop_things

pytestmark = pytest.mark.django_db
LISTS = sorted(admin.site._registry, key=lambda model: model._meta.label)
MOST_STATEMENTS = 12
# Rows that people make by hand: never more than a few hundred, sorted in memory at no cost.
MADE_BY_HAND = {
    "accounts.InviteCode",
    "accounts.SecondFactor",
    "core.Alert",
    "economy.Package",
    "economy.Product",
    "economy.PromoCode",
    "economy.Recommendation",
    "economy.RewardPolicy",
    "economy.Season",
    "economy.WebhookEndpoint",
    "events.Mission",
    "games.Banner",
}


def address(model) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def play(count: int) -> None:
    for _ in range(count):
        player = factories.player()
        factories.session(player)
        claim(player_id=player.pk, action=Action.DAILY_LOGIN, now=clock.now())
        for _ in range(2):
            spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())


def statements(browser) -> dict[str, int]:
    found = {}
    for model in LISTS:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address(model)).status_code == 200, model
        found[model._meta.label] = len(captured)
    return found


def test_every_list_takes_few_statements_and_no_more_for_more_rows():
    browser = factories.browser(factories.operator(superuser=True))
    play(1)
    statements(browser)  # what is read once a process
    few = statements(browser)
    play(4)

    many = statements(browser)

    assert {label: count for label, count in many.items() if count > MOST_STATEMENTS} == {}
    assert {label: (few[label], count) for label, count in many.items() if count > few[label]} == {}


def test_what_is_made_by_hand_is_among_the_lists():
    assert {model._meta.label for model in LISTS} >= MADE_BY_HAND


@pytest.mark.parametrize(
    "model", [model for model in LISTS if model._meta.label not in MADE_BY_HAND], ids=lambda model: model._meta.label
)
def test_every_list_comes_in_an_order_that_an_index_gives(model):
    plan = json.dumps(plan_of(rows_of(model)[:51]))

    assert '"Sort"' not in plan
    assert (
        f'"Seq Scan", "Parallel Aware": false, "Async Capable": false, "Relation Name": "{model._meta.db_table}"'
        not in plan
    )


def changelist_of(model):
    request = RequestFactory().get(address(model))
    request.user = factories.operator(superuser=True)
    return admin.site._registry[model].get_changelist_instance(request)


def rows_of(model):
    """What the list of the model reads."""
    return changelist_of(model).queryset


def plan_of(rows) -> dict:
    """The plan where sorting and reading whole tables are the last resort."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    return json.loads(plan) if isinstance(plan, str) else plan


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_filter_offers_two_choices_of_one_name(language):
    twice = {}
    with translation.override(language):
        for model in LISTS:
            changelist = changelist_of(model)
            for each in changelist.filter_specs:
                names = [str(choice["display"]) for choice in each.choices(changelist)]
                if len(names) > len(set(names)):
                    twice[model._meta.label, str(each.title)] = names

    assert twice == {}


HOWS = ["", "__startswith", "__contains", "__gte", "__lte", "__range", "__regex", "__password__startswith"]
HIDDEN = ["player__password", "user__password__startswith", "server_seed__gte", "secret__startswith", "no_such_field"]


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_an_address_asks_a_list_for_nothing_but_what_its_filters_and_links_ask(model):
    changelist, page = changelist_of(model), admin.site._registry[model]
    request = RequestFactory().get(address(model))
    request.user = factories.operator(role="viewer")
    offered = {each for filters in changelist.filter_specs for each in filters.expected_parameters()}
    chosen = {each.parameter_name for each in page.list_filter if isinstance(each, type)}
    shown = {each.split("__")[0] for each in offered} | chosen | set(page.linked_by)
    fields = {field.name for field in model._meta.get_fields()} - shown

    answered = [
        lookup
        for lookup in [*HIDDEN, *(f"{field}{how}" for field in fields for how in HOWS)]
        if page.lookup_allowed(lookup, "1", request)
    ]

    assert answered == []
    assert [each for each in offered if not page.lookup_allowed(each, "1", request)] == []


@pytest.mark.parametrize(
    "query",
    [
        r"games/seedpair/?server_seed__startswith=\x4",
        "games/round/?due_at__lte=2030-01-01",
        "accounts/secondfactor/?secret__startswith=A",
        "economy/webhookendpoint/?secret__startswith=A",
        "accounts/authsession/?address=x'",
        "economy/rewardpolicy/?widths=x'",
    ],
)
def test_secrets_are_not_asked_for_a_letter_at_a_time(query):
    assert factories.browser(factories.operator(superuser=True)).get(f"/admin/{query}").status_code == 400


def test_every_list_is_of_the_kind_that_stays_fast():
    slow = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if not issubclass(page.paginator, EstimatingPaginator)
    ]

    assert slow == []
    assert [model for model, page in admin.site._registry.items() if not isinstance(page, OperatorAdmin)] == []


def test_a_large_list_is_estimated_and_paged_a_bounded_way(monkeypatch):
    play(1)
    monkeypatch.setattr(EstimatingPaginator, "_estimate", lambda _self: 10_000_000)
    browser = factories.browser(factories.operator(superuser=True))

    page = browser.get("/admin/economy/entry/")
    beyond = browser.get("/admin/economy/entry/", {"p": MOST_PAGES + 1})

    assert page.context["cl"].result_count == 10_000_000
    assert page.context["cl"].paginator.num_pages == MOST_PAGES
    assert "10,000행" in page.content.decode()
    assert beyond.status_code == 302


def test_the_planner_says_how_many_rows_there_are():
    play(1)
    rows = Entry.objects.order_by("-pk")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE economy_entry")
        cursor.execute("UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'economy_entry'")

    assert EstimatingPaginator(rows, 50).count == 1_000_000
    assert EstimatingPaginator(rows.filter(asset="vip_points"), 50).count < 1_000_000


def test_a_filter_without_an_index_sees_the_newest_rows_and_says_so(monkeypatch):
    play(2)
    monkeypatch.setattr(EntryAdmin, "filtered_among", 2)
    browser = factories.browser(factories.operator(superuser=True))
    newest = Entry.objects.order_by("-pk").first()

    filtered = browser.get("/admin/economy/entry/", {"asset__exact": newest.asset})
    searched = browser.get("/admin/economy/entry/", {"asset__exact": "gold", "q": newest.player.site_id})

    assert all(entry.pk > newest.pk - 2 for entry in filtered.context["cl"].result_list)
    assert "최신" in filtered.content.decode()
    assert len(searched.context["cl"].result_list) > 2


def test_a_players_rounds_of_one_game_are_found_in_the_index_of_their_history():
    play(2)
    browser = factories.browser(factories.operator(superuser=True))
    player = Entry.objects.order_by("-pk").first().player
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")

    played = browser.get("/admin/games/round/", {"q": player.site_id, "game__exact": "slot"}).context["cl"]
    never = browser.get("/admin/games/round/", {"q": player.site_id, "game__exact": "rps"}).context["cl"]

    assert [row.player_id for row in played.result_list] == [player.pk] * 2
    assert list(never.result_list) == []
    assert '"Index Only Scan"' in json.dumps(plan_of(never.queryset[:51]))


def test_nothing_is_sorted_by_what_no_index_gives():
    play(1)
    browser = factories.browser(factories.operator(superuser=True))

    for order in ("5", "-5", "1.-2", "x"):
        listed = browser.get("/admin/economy/entry/", {"o": order}).context["cl"]
        assert set(listed.queryset.query.order_by) == {"-pk"}


def test_an_empty_list_says_so_and_leads_on():
    browser = factories.browser(factories.operator(superuser=True))

    empty = browser.get("/admin/games/round/").content.decode()
    play(1)
    whole = browser.get("/admin/games/round/").content.decode()
    sought = browser.get("/admin/games/round/", {"q": "nobody"}).content.decode()

    assert "아직 아무것도 없어요" in empty
    assert "모두 보기" not in whole
    assert "찾은 것이 없어요" in sought
    assert 'href="?"' in sought


@pytest.mark.parametrize("number", ["99999999", "nobody", "a%00b"])
def test_a_row_that_is_none_leads_somewhere_else_in_every_list(number):
    browser = factories.browser(factories.operator(superuser=True))
    answers = {model._meta.label: browser.get(f"{address(model)}{number}/change/").status_code for model in LISTS}
    assert not {label: status for label, status in answers.items() if status not in (302, 403, 404)}


def test_fields_in_a_list_are_named():
    Recommendation.objects.create(product=shop_things.product())
    browser = factories.browser(factories.operator(superuser=True))
    page = browser.get("/admin/economy/recommendation/", headers={"accept-language": "en"}).content.decode()
    fields = re.findall(r"<input[^>]*name=.form-0-(?:priority|is_active)[^>]*>", page)
    assert len(fields) == 2
    assert all("aria-label=" in field for field in fields)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
def test_a_filter_for_what_no_text_holds_is_no_error(model):
    browser = factories.browser(factories.operator(superuser=True))
    filters = changelist_of(model).filter_specs
    asked = {name: "\x00" for spec in filters for name in spec.expected_parameters() if name}

    for name, nothing in {"q": "\x00", **asked}.items():
        assert browser.get(address(model), {name: nothing}, follow=True).status_code == 200
