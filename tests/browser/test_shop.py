"""The shop in a browser: an order in the dialog, its price asked of the server; the same without JavaScript."""

import pytest
from playwright.sync_api import expect

from economy.ledger.selectors import wallet_of
from tests import factories
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def player(signed_in):
    user = signed_in()
    factories.give(user, gems=100)
    return user


@pytest.mark.parametrize("width", [360, 1280])
def test_an_order_in_the_dialog(page, player, width, picture, assert_accessible):
    shop.product(name="금화 주머니", price=20, face="plum", description="가볍게 한 판 더.", gold=1000)
    shop.product(name="단풍 보물", price=80, face="maple", min_vip_tier="PREMIUM", gold=12000)
    code = shop.promo(value=50)
    page.goto("/shop")
    assert_accessible()
    picture("shop")

    page.get_by_role("link", name="금화 주머니 구매하기").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_label("수량")).to_be_visible()
    page.wait_for_function("!document.querySelector('#order.htmx-settling, #order .htmx-added')")  # htmx listens now
    page.get_by_label("수량").select_option("3")
    expect(page.get_by_text("젬 60개로 구매하기")).to_be_visible()
    page.get_by_label("프로모션 코드").fill(code.code)
    page.get_by_role("button", name="적용").click()
    expect(page.get_by_text("젬 30개로 구매하기")).to_be_visible()
    assert_accessible()
    picture("shop-order")
    page.get_by_role("button", name="젬 30개로 구매하기").click()

    expect(page.get_by_text("구매를 마쳤어요")).to_be_visible()
    assert (wallet_of(player.pk).gems, wallet_of(player.pk).gold) == (70, 4000)


@pytest.mark.parametrize("javascript", [False])
def test_an_order_without_javascript(page, player, javascript, assert_accessible):
    item = shop.package(name="매화 선물함", currency="gems", price=30, per_user_limit=2)
    page.goto("/shop?tab=limited")

    page.get_by_role("link", name="매화 선물함 구매하기").click()
    page.get_by_role("button", name="젬 30개로 구매하기").click()

    expect(page.get_by_text("구매를 마쳤어요")).to_be_visible()
    item.refresh_from_db()
    assert (item.sold, wallet_of(player.pk).gems) == (1, 70)


def test_receipts_and_limited_packages_read_well(page, player, assert_accessible, picture):
    shop.package(name="보름달 꾸러미", gems=500, gold=10000, vip_points=200)
    sold_out = shop.package(name="학의 밤 꾸러미", stock=1, currency="gems", price=10)
    shop.buy(player, sold_out)
    page.goto("/shop?tab=limited")
    expect(page.get_by_text("품절")).to_be_visible()
    assert_accessible()
    picture("shop-limited")

    page.goto("/shop/purchases")

    expect(page.get_by_text("지급 완료")).to_be_visible()
    assert_accessible()
