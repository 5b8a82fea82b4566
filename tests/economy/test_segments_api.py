"""Recommended offers: of the player's segment, only what they can buy now; and what operators may see and edit."""

from datetime import timedelta

import pytest
from django.test import Client

from casino_club.core import clock
from economy.segments import demo
from economy.segments.models import PlayerSegment, Recommendation, SegmentDay
from economy.segments.services import segment_players
from tests import factories
from tests.economy import shop_things

pytestmark = pytest.mark.django_db
PATH = "/api/shop/recommended"


def put_in(user, segment):
    PlayerSegment.objects.create(
        player=user, segment=segment, since=clock.now().date(), days_played=0, spent=0, recency=0, frequency=0, spend=0
    )


def codes(client, user):
    results = client.get(PATH, headers=factories.bearer(user)).json()["results"]
    return [(row["product"] or row["package"])["code"] for row in results]


def test_a_player_is_shown_their_segments_offers_first_then_everybodys(client):
    mine, other, all_low, all_high = (shop_things.product() for _ in range(4))
    Recommendation.objects.create(segment="whale", product=mine)
    Recommendation.objects.create(segment="new", product=other)
    Recommendation.objects.create(segment="", product=all_low, priority=1)
    Recommendation.objects.create(segment="", product=all_high, priority=9)
    Recommendation.objects.create(segment="", product=mine, priority=99)
    whale, stranger = factories.player(), factories.player()
    put_in(whale, "whale")

    assert codes(client, whale) == [mine.code, all_high.code, all_low.code]
    assert codes(client, stranger) == [other.code, mine.code, all_high.code]  # who was never judged is new


def test_what_cannot_be_bought_now_is_not_recommended(client, settings):
    user, now = factories.player(), clock.now()
    Recommendation.objects.create(product=shop_things.product(is_active=False))
    Recommendation.objects.create(product=shop_things.product(min_vip_tier="VIP"))
    Recommendation.objects.create(product=shop_things.product(), is_active=False)
    Recommendation.objects.create(package=shop_things.package(stock=0))
    Recommendation.objects.create(package=shop_things.package(starts_at=now + timedelta(hours=1)))
    Recommendation.objects.create(package=shop_things.package(ends_at=now - timedelta(hours=1)))
    had = shop_things.package()
    Recommendation.objects.create(package=had)
    shop_things.buy(user, had)
    assert codes(client, user) == []

    card = shop_things.product(currency="KRW", price=1200, gems=50)
    Recommendation.objects.create(product=card)
    assert codes(client, user) == [card.code]
    settings.PAYMENTS_PROVIDER = ""
    assert codes(client, user) == []


def test_the_answer_tells_the_offer_and_never_the_segment(client):
    package = shop_things.package()
    Recommendation.objects.create(segment="new", package=package)

    answer = client.get(PATH, headers=factories.bearer(factories.player()))

    (row,) = answer.json()["results"]
    assert (row["kind"], row["product"], row["package"]["code"]) == ("package", None, package.code)
    assert "segment" not in answer.content.decode()


def test_a_few_statements_whatever_is_recommended(client, django_assert_max_num_queries):
    for _ in range(15):
        Recommendation.objects.create(product=shop_things.product())
        Recommendation.objects.create(package=shop_things.package())
    headers = factories.bearer(factories.player())

    with django_assert_max_num_queries(6):
        assert len(client.get(PATH, headers=headers).json()["results"]) == 3


@pytest.mark.parametrize("path", ["/", "/shop"])
def test_home_and_shop_show_what_is_recommended(client, path):
    product = shop_things.product(name="매화 주머니", is_active=True)
    Recommendation.objects.create(segment="new", product=product)

    page = factories.browser(factories.player()).get(path).content.decode()

    assert f"/shop/order?product={product.pk}" in page
    assert "picks-title" in page
    assert "picks-title" not in client.get("/").content.decode()


def test_a_fresh_house_recommends_once():
    shop_things.product(code="gold-pouch")

    assert demo.seed() == 1
    assert demo.seed() == 0


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(PATH).status_code == 401


@pytest.mark.parametrize("role", ["viewer", "support", "economy", "security"])
def test_every_operator_sees_a_night_with_sizes_and_movement(role):
    now = clock.now()
    factories.player()
    segment_players(now=now)
    operator = factories.browser(factories.operator(role=role))

    page = operator.get(f"/admin/economy/segmentday/{SegmentDay.objects.get().pk}/change/").content.decode()

    assert "이동" in page
    assert operator.get("/admin/economy/segmentday/").status_code == 200
    assert operator.get("/admin/economy/playersegment/").status_code == 200


def test_a_night_that_never_was_is_no_defect():
    operator = factories.browser(factories.operator(superuser=True))

    assert operator.get("/admin/economy/segmentday/2031-01-01/change/").status_code == 302


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("support", 403), ("economy", 302), ("security", 403)])
def test_only_the_economy_role_recommends(role, status):
    product = shop_things.product()
    operator: Client = factories.browser(factories.operator(role=role))

    answer = operator.post(
        "/admin/economy/recommendation/add/", {"segment": "whale", "product": product.pk, "priority": 3, "is_active": 1}
    )

    assert answer.status_code == status
    assert Recommendation.objects.exists() is (status == 302)


def test_a_recommendation_of_two_things_or_none_is_refused_in_the_form():
    operator = factories.browser(factories.operator(role="economy"))
    both = {"product": shop_things.product().pk, "package": shop_things.package().pk}

    for given in (both, {}):
        answer = operator.post("/admin/economy/recommendation/add/", {"segment": "", "priority": 0, **given})
        assert answer.status_code == 200
    assert not Recommendation.objects.exists()
