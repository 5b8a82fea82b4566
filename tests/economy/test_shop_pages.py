"""The shop's pages: what they show, and that an order works as a plain form."""

import re
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from casino_club.core import clock
from economy.fraud.models import FraudAudit
from economy.ledger.selectors import wallet_of
from economy.shop.models import Package, Product, Purchase
from economy.shop.offers import offer_of
from tests import factories
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db
VISA = "4242424242424242"


@pytest.fixture
def player():
    user = factories.player()
    factories.give(user, gems=100)
    return user


@pytest.fixture
def web(player):
    return factories.browser(player, headers={"Accept-Language": "en"})


def named(item) -> dict:
    return {"package": item.code} if isinstance(item, Package) else {"product": str(item.pk)}


def hidden_key(answer) -> str:
    return re.search(r'name="key" value="(\w+)"', answer.content.decode())[1]


def ordered(web, item, *, key=None, **more):
    key = key or hidden_key(web.get("/shop/order", named(item) | more))
    return web.post("/shop/order", named(item) | {"key": key, "quantity": "1"} | more)


@pytest.mark.parametrize(
    "path", ["/shop", "/shop?tab=limited", "/shop/order?product=1", "/shop/purchases", "/shop/stock"]
)
def test_strangers_are_asked_to_sign_in(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/login")


def test_each_shelf_has_its_goods(web):
    gold, gems, limited = (
        shop.product(name_en="Pouch"),
        shop.product(currency="KRW", gems=5, name_en="Gems"),
        shop.package(),
    )
    shop.product(name_en="Hidden", is_active=False)

    items, cards, packages = (web.get(f"/shop?tab={tab}").content.decode() for tab in ("items", "cards", "limited"))

    assert ("Pouch" in items, "Gems</h2>" in items, "Hidden" in items) == (True, False, False)
    assert ("Gems</h2>" in cards, "Pouch" in cards) == (True, False)
    assert f"stock-{limited.code}" in packages
    assert gold.pk != gems.pk


def test_without_a_provider_there_is_no_shelf_for_cards(web, settings):
    settings.PAYMENTS_PROVIDER = ""
    item = shop.product(currency="KRW", gems=5)

    assert "tab=cards" not in web.get("/shop").content.decode()
    assert web.get("/shop?tab=cards").status_code == 302
    assert web.get("/shop/order", named(item)).status_code == 404


def test_an_order_says_its_price_before_it_is_placed(web):
    item, code = shop.product(price=20, discount_percent=10), shop.promo(value=50)

    text = web.get("/shop/order", named(item) | {"quantity": "3", "promo": code.code}).content.decode()

    assert "Buy for 27 gems" in text
    assert "100 → 73" in text


def test_buying_with_gems_by_a_plain_form(web, player):
    item = shop.product(price=30, gold=500, name_en="Pouch")

    answer = ordered(web, item, quantity="2")

    assert (answer.status_code, answer["Location"]) == (302, "/shop?tab=items")
    assert (wallet_of(player.pk).gems, wallet_of(player.pk).gold) == (40, 2000)
    assert "“Pouch” is yours." in web.get(answer["Location"]).content.decode()


def test_a_form_sent_twice_is_one_order(web, player):
    item = shop.product(price=30)
    key = hidden_key(web.get("/shop/order", named(item)))

    first, again = (ordered(web, item, key=key) for _ in range(2))

    assert first["Location"] == again["Location"]
    assert Purchase.objects.count() == 1


def test_an_order_by_card_leads_to_its_payment(web, player):
    item = shop.package()

    answer = ordered(web, item)

    made = Purchase.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/pay/{made.pk}")
    assert made.fraud_audit_id == FraudAudit.objects.get().pk


def test_with_javascript_the_browser_is_sent_on(web):
    item = shop.package()
    key = hidden_key(web.get("/shop/order", named(item)))

    answer = web.post("/shop/order", named(item) | {"key": key}, headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == f"/pay/{Purchase.objects.get().pk}"


def test_a_refused_order_comes_back_with_the_reason(web, player):
    item = shop.package(currency="gems", price=10, stock=1)
    key = hidden_key(web.get("/shop/order", named(item)))
    shop.buy(_rich(), item)

    answer = ordered(web, item, key=key)

    assert answer.status_code == 409
    assert "sold out" in answer.content.decode()
    assert wallet_of(player.pk).gems == 100


def _rich():
    user = factories.player()
    factories.give(user, gems=1000)
    return user


def test_nobody_pays_another_price_than_the_one_shown(web, player):
    item = shop.product(price=20, discount_percent=50)
    key = hidden_key(web.get("/shop/order", named(item)))
    Product.objects.update(discount_percent=0)

    refused = web.post("/shop/order", named(item) | {"key": key, "expected": "10"})

    assert refused.status_code == 409
    assert "Buy for 20 gems" in refused.content.decode()
    assert wallet_of(player.pk).gems == 100
    assert web.post("/shop/order", named(item) | {"key": key, "expected": "20"}).status_code == 302


def test_too_few_gems_are_said_before_the_order(web):
    text = web.get("/shop/order", named(shop.product(price=130))).content.decode()

    assert "You are 30 gems short." in text
    assert "Buy for" not in text


@pytest.mark.parametrize("promo", [VISA, "4242 4242 4242 4242", "no such code!", "NO-SUCH"])
def test_a_promo_code_that_is_none_is_refused_and_never_used(web, promo):
    item = shop.product()

    answer = ordered(web, item, key="k" * 12, promo=promo)

    assert answer.status_code in (400, 409)
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("key", ["", "short", "ключ-ключ-ключ"])
def test_a_form_without_its_key_buys_nothing(web, key):
    item = shop.product()

    answer = web.post("/shop/order", named(item) | {"key": key})

    assert answer.status_code == 400
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"product": "0"},
        {"product": "9" * 30},
        {"product": "-1"},
        {"product": "٣"},
        {"package": "no"},
        {"package": "\x00"},
    ],
)
def test_what_is_not_there_is_not_found(web, asked):
    assert web.get("/shop/order", asked).status_code == 404
    assert web.post("/shop/order", asked | {"key": "k" * 12}).status_code == 404


@pytest.mark.parametrize("quantity", ["0", "11", "-1", "1.5", "x", "９"])
def test_a_quantity_out_of_range_is_refused(web, quantity):
    answer = web.post("/shop/order", named(shop.product()) | {"key": "k" * 12, "quantity": quantity})

    assert answer.status_code == 400
    assert not Purchase.objects.exists()


def test_stock_is_renewed_by_itself(web):
    item = shop.package(stock=3, currency="gems", price=1)
    shop.buy(_rich(), item)

    text = web.get("/shop/stock").content.decode()

    assert f'id="stock-{item.code}" hx-swap-oob="true"' in text
    assert "2 of 3 left" in text


def test_purchases_are_listed_with_what_became_of_them(web, player):
    shop.buy(player, shop.product(name_en="Pouch"))
    waiting = shop.buy(player, shop.package(name_en="Moon"))

    text = web.get("/shop/purchases").content.decode()

    assert ("Pouch" in text, "Delivered" in text, "Moon" in text, f'href="/pay/{waiting.pk}"' in text) == (True,) * 4


def test_a_page_where_one_may_buy_gives_the_browser_its_device_cookie(web):
    assert "device" in web.get("/shop").cookies
    assert "device" not in web.get("/shop").cookies


def test_recommended_offers_are_shown_where_a_page_has_some():
    item = shop.product(
        name_en="Pouch", name="금화", discount_percent=10, discount_ends_at=clock.now() + timedelta(days=1)
    )
    offers = [offer_of(item, vip_points=0, now=clock.now())]

    with translation.override("ko"):
        assert "금화" in render_to_string("economy/shop/offers.html", {"offers": offers})
    assert render_to_string("economy/shop/offers.html", {}).strip() == ""
