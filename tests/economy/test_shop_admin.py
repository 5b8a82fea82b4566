"""The shop as operators run it: what each role may do, faults said beside their fields, counters never written over."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from casino_club.core import clock
from casino_club.core.models import Alert
from economy.ledger.selectors import wallet_of
from economy.shop.admin import SellingAdmin
from economy.shop.models import Package, Product, PromoCode, PurchaseTransition
from tests import factories
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db
NOW = clock.now()
LISTS = ("product", "package", "promocode", "purchase")
PRODUCT = {
    **{"code": "maple-box", "name": "단풍 상자", "face": "maple", "currency": "gems", "price": 20},
    **{"gold": 100, "gems": 0, "vip_points": 0, "min_vip_tier": "STANDARD", "discount_percent": 0},
    **{"is_active": "on", "priority": 1},
}


def window(first: str, last: str, days: tuple[int, int] = (-1, 1)) -> dict:
    """Both moments as the admin's split widgets post them."""
    return {
        f"{name}_{part}": (NOW + timedelta(days=day)).strftime(form)
        for name, day in zip((first, last), days, strict=True)
        for part, form in ((0, "%Y-%m-%d"), (1, "%H:%M:%S"))
    }


PACKAGE = (
    PRODUCT
    | window("starts_at", "ends_at")
    | {
        **{"code": "maple-rare", "stock": 10, "per_user_limit": 2, "audit_reason": "A test"},
    }
)
PROMO = window("starts_at", "ends_at") | {
    **{"code": "maple-10", "kind": "percent", "value": 10, "currency": "gems", "per_user_limit": 1, "is_active": "on"},
}


@pytest.fixture
def web():
    return factories.browser(factories.operator(role="economy"), headers={"Accept-Language": "ko"})


def url(name: str, *args) -> str:
    return reverse(f"admin:economy_{name}", args=args)


def faults(answer) -> set[str]:
    form = answer.context["adminform"].form
    return set(form.errors)


# --- Who may ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [("viewer", True, False), ("support", True, False), ("economy", True, True), ("security", True, False)],
)
def test_each_role_sees_and_writes_what_it_should(role, sees, writes):
    client = factories.browser(factories.operator(role=role))
    made = {"product": PRODUCT, "package": PACKAGE, "promocode": PROMO}

    for name in LISTS:
        assert (client.get(url(f"{name}_changelist")).status_code == 200) is sees
        add = client.get(url(f"{name}_add"))
        assert (add.status_code == 200) is (writes and name != "purchase")
    for name, body in made.items():
        client.post(url(f"{name}_add"), body)
    assert (Product.objects.count(), Package.objects.count(), PromoCode.objects.count()) == (
        (1, 1, 1) if writes else (0, 0, 0)
    )


@pytest.mark.parametrize("make", [lambda: None, factories.player], ids=["anonymous", "player"])
def test_strangers_and_players_see_nothing(client, make):
    user = make()
    client = factories.browser(user) if user else client

    for name in LISTS:
        assert client.get(url(f"{name}_changelist")).status_code in (302, 403, 404)


# --- What is for sale ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": 0}, "price"),
        ({"gold": 0}, "__all__"),
        ({"gems": 5}, "gems"),
        ({"discount_percent": 91}, "discount_percent"),
        (window("discount_starts_at", "discount_ends_at", (1, -1)), "discount_ends_at"),
        ({"code": "금화 상자"}, "code"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(web, change, field):
    answer = web.post(url("product_add"), PRODUCT | change)

    assert field in faults(answer)
    assert not Product.objects.exists()


def test_a_package_can_have_no_less_stock_than_is_gone(web):
    item = shop.package(stock=10, currency="gems", price=1, per_user_limit=5)
    buyer = factories.player()
    factories.give(buyer, gems=10)
    shop.buy(buyer, item, quantity=3)

    refused = web.post(url("package_change", item.pk), PACKAGE | {"stock": 2})
    web.post(url("package_change", item.pk), PACKAGE | {"stock": 3, "name": "세 개뿐"})

    item.refresh_from_db()
    assert faults(refused) == {"stock"}
    assert (item.stock, item.sold, item.name) == (3, 3, "세 개뿐")


def test_what_is_sold_while_the_form_is_open_is_never_written_over(web, monkeypatch):
    item = shop.package(stock=10, currency="gems", price=1, per_user_limit=5)
    buyer = factories.player()
    factories.give(buyer, gems=10)
    save = SellingAdmin.save_model

    def save_after_a_sale(self, request, obj, form, change):
        shop.buy(buyer, item, quantity=4)
        save(self, request, obj, form, change)

    monkeypatch.setattr(SellingAdmin, "save_model", save_after_a_sale)

    web.post(url("package_change", item.pk), PACKAGE | {"stock": 8, "name": "새 이름"})
    item.refresh_from_db()
    assert (item.stock, item.sold, item.name) == (8, 4, "새 이름")

    monkeypatch.setattr(SellingAdmin, "save_model", lambda *args: (Package.objects.update(sold=8), save(*args))[1])
    answer = web.post(url("package_change", item.pk), PACKAGE | {"stock": 5}, follow=True)
    item.refresh_from_db()
    assert item.stock == 8
    assert "더 판매" in answer.content.decode()
    Package.objects.update(sold=4)


def test_more_stock_ends_the_alert(web, django_capture_on_commit_callbacks):
    item = shop.package(stock=1, currency="gems", price=1)
    buyer = factories.player()
    factories.give(buyer, gems=10)
    with django_capture_on_commit_callbacks(execute=True):
        shop.buy(buyer, item)
    alert = Alert.objects.get(rule="stock_at_zero", key=item.code, resolved_at=None)
    assert alert.text == f"{item.code} 패키지가 하나도 남지 않았어요."

    with django_capture_on_commit_callbacks(execute=True):
        web.post(url("package_change", item.pk), PACKAGE | {"stock": 2})

    assert not Alert.objects.filter(rule="stock_at_zero", key=item.code, resolved_at=None).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": 91}, "value"),
        ({"value": 0}, "value"),
        ({"code": "매화"}, "code"),
        ({"per_user_limit": 0}, "per_user_limit"),
        (window("starts_at", "ends_at", (1, -1)), "ends_at"),
    ],
)
def test_a_promo_codes_faults_are_said(web, change, field):
    answer = web.post(url("promocode_add"), PROMO | change)

    assert field in faults(answer)
    assert not PromoCode.objects.exists()


def test_a_promo_code_is_for_one_thing_in_its_own_currency(web):
    item, package = shop.product(currency="KRW", gems=1), shop.package()

    both = web.post(url("promocode_add"), PROMO | {"product": item.pk, "package": package.pk, "currency": "KRW"})
    other = web.post(url("promocode_add"), PROMO | {"product": item.pk})

    assert (faults(both), faults(other)) == ({"package"}, {"currency"})


# --- Purchases ----------------------------------------------------------------------------------------------------
@pytest.fixture
def bought():
    buyer = factories.player()
    factories.give(buyer, gems=100)
    return shop.buy(buyer, shop.product(price=40, gold=500))


def test_a_purchase_is_shown_with_its_steps_and_found_by_its_player(web, bought):
    page = web.get(url("purchase_change", bought.pk))
    found = web.get(url("purchase_changelist"), {"q": bought.user.site_id})

    assert [step.to_status for step in page.context["steps"]] == ["pending", "paid", "granted"]
    assert page.content.decode().count("<td>지급 완료</td>") == 1
    assert reverse("admin:economy_purchase_refund", args=[bought.pk]) in page.content.decode()
    assert bought.code in found.content.decode()


def test_gems_go_back_once_however_often_the_button_is_pressed(web, bought):
    address = url("purchase_refund", bought.pk)
    key = re.search(r'name="key" value="(\w+)"', web.get(address).content.decode())[1]

    for _ in range(2):
        web.post(address, {"amount": 20, "reason": "mistaken order", "key": key})

    bought.refresh_from_db()
    step = PurchaseTransition.objects.get(purchase=bought, to_status="refunded")
    assert (bought.status, bought.refunded_amount, bought.returned_gold) == ("refunded", 20, 250)
    assert wallet_of(bought.user_id).gems == 80
    assert (step.why, step.operator.is_staff) == ("mistaken order", True)


@pytest.mark.parametrize("role", ["viewer", "support", "security"])
def test_other_roles_refund_nothing(bought, role):
    client = factories.browser(factories.operator(role=role))

    answer = client.post(url("purchase_refund", bought.pk), {"amount": 1, "reason": "why not", "key": "k" * 12})

    bought.refresh_from_db()
    assert (answer.status_code, bought.status) == (403, "granted")


@pytest.mark.parametrize("amount", [0, 41, 10**12])
def test_a_refund_beyond_what_was_paid_is_refused(web, bought, amount):
    web.post(url("purchase_refund", bought.pk), {"amount": amount, "reason": "too much", "key": "k" * 12})

    bought.refresh_from_db()
    assert bought.status == "granted"


def test_money_is_not_refunded_from_here(web):
    waiting = shop.buy(factories.player(), shop.package())

    assert web.get(url("purchase_refund", waiting.pk)).status_code == 404


def test_lists_ask_the_database_as_often_for_many_rows(web, bought, django_assert_max_num_queries):
    for _ in range(5):
        shop.package()
        shop.promo(product=shop.product())
        shop.buy(bought.user, shop.product(price=1))

    for name in LISTS:
        with django_assert_max_num_queries(12):
            web.get(url(f"{name}_changelist"))


def test_an_empty_form_names_fields_not_the_constraints_of_the_database():
    page = factories.browser(factories.operator(superuser=True)).post("/admin/economy/product/add/", {"gold": "0"})
    assert page.status_code == 200
    assert "product_sells_something" not in page.content.decode()
