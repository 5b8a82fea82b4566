"""Buying, paying, handing over, failing, refunding: each once, and the books always right."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from casino_club.core import clock
from casino_club.core.errors import NotFound
from economy.ledger.selectors import wallet_of
from economy.ledger.services import InsufficientGems
from economy.shop import buying, selectors, services, stock
from economy.shop.invariants import INVARIANTS
from economy.shop.models import Package, PromoCode, Purchase, PurchaseTransition
from economy.shop.rules import HOLD_FOR, REVIEW_FOR
from economy.webhooks.models import WebhookEndpoint, WebhookEvent
from tests import factories
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db
NOW = clock.now()


@pytest.fixture
def player():
    user = factories.player()
    factories.give(user, gems=100)
    return user


@pytest.fixture(autouse=True)
def books_stay_right(db):
    yield
    assert violations() == []


def violations() -> list[str]:
    forms = [(row.name, row.sql) for row in INVARIANTS]
    forms += [(f"{row.name}, recent", form.sql.replace("%(after)s", "0")) for row in INVARIANTS for form in row.recent]
    with connection.cursor() as cursor:
        return [name for name, sql in forms if (cursor.execute(sql), cursor.fetchall())[1]]


def steps(purchase: Purchase) -> list[str]:
    rows = PurchaseTransition.objects.filter(purchase=purchase).order_by("id")
    return list(rows.values_list("to_status", flat=True))


def counts(item: Package) -> tuple[int, int]:
    item.refresh_from_db()
    return item.held, item.sold


def paid(purchase: Purchase, receipt: str = "receipt-1", *, now=NOW) -> Purchase:
    services.mark_paid(purchase_id=purchase.pk, receipt_id=receipt, amount=purchase.amount, now=now)
    return services.grant(purchase_id=purchase.pk, now=now)


def fail(purchase: Purchase) -> Purchase:
    return services.mark_failed(purchase_id=purchase.pk, why="declined", now=NOW)


def refund(purchase: Purchase, amount: int | None = None) -> Purchase:
    amount = purchase.amount if amount is None else amount
    return services.refund(purchase_id=purchase.pk, amount=amount, operator_id=None, reason="asked", now=NOW)


# --- Gems --------------------------------------------------------------------------------------------------------
def test_gems_are_paid_and_goods_handed_over_at_once(player):
    bought = shop.buy(player, shop.product(price=30, gold=700, vip_points=5), quantity=2)

    wallet = wallet_of(player.pk)
    assert (wallet.gems, wallet.gold, wallet.vip_points) == (40, 1000 + 1400, 10)
    assert (bought.status, bought.amount, steps(bought)) == ("granted", 60, ["pending", "paid", "granted"])


def test_too_few_gems_change_nothing(player):
    item = shop.package(currency="gems", price=101)

    with pytest.raises(InsufficientGems):
        shop.buy(player, item)

    assert wallet_of(player.pk).gems == 100
    assert counts(item) == (0, 0)
    assert not Purchase.objects.exists()


def test_a_package_paid_with_gems_is_sold_at_once(player):
    item = shop.package(currency="gems", price=10, per_user_limit=3)

    shop.buy(player, item, quantity=2)

    assert counts(item) == (0, 2)


# --- What an order is refused for ---------------------------------------------------------------------------------
def test_what_is_not_for_sale_is_not_found(player):
    hidden, gone = shop.product(is_active=False), shop.package(is_active=False)

    for item in (hidden, gone):
        with pytest.raises(NotFound):
            shop.buy(player, item)


@pytest.mark.parametrize(("starts", "ends"), [(1, 2), (-2, -1), (-2, 0)])
def test_outside_its_window_a_package_is_closed(player, starts, ends):
    item = shop.package(starts_at=NOW + timedelta(hours=starts), ends_at=NOW + timedelta(hours=ends))

    with pytest.raises(buying.WindowClosed):
        shop.buy(player, item, now=NOW)


def test_a_higher_tier_is_asked_for_by_name(player):
    item = shop.product(min_vip_tier="PREMIUM")

    with pytest.raises(buying.VipTierRequired) as refused:
        shop.buy(player, item)
    factories.give(player, vip_points=1000)

    assert refused.value.extra == {"min_vip_tier": "PREMIUM"}
    assert shop.buy(player, item).status == "granted"


@pytest.mark.parametrize(("currency", "method"), [("gems", "card"), ("KRW", "gems")])
def test_each_price_is_paid_its_own_way(player, currency, method):
    item = shop.product(currency=currency)

    with pytest.raises(buying.PaymentMethodRefused):
        shop.buy(player, item, method=method)


def test_without_a_provider_cards_are_refused(player, settings):
    settings.PAYMENTS_PROVIDER = ""

    with pytest.raises(buying.PaymentsUnavailable):
        shop.buy(player, shop.product(currency="KRW", price=1000))


def test_a_player_gets_no_more_than_their_share(player):
    item = shop.package(per_user_limit=3)
    failed = shop.buy(player, item, quantity=3)
    fail(failed)
    shop.buy(player, item, quantity=2)

    with pytest.raises(buying.UserLimit) as refused:
        shop.buy(player, item, quantity=2)

    assert refused.value.extra == {"user_remaining": 1}
    assert shop.buy(player, item).status == "pending"


def test_more_than_is_left_is_out_of_stock(player):
    item = shop.package(stock=2, per_user_limit=5)

    with pytest.raises(stock.OutOfStock) as refused:
        shop.buy(player, item, quantity=3)

    assert refused.value.extra == {"remaining_stock": 2}
    assert counts(item) == (0, 0)


# --- Discounts and promo codes ------------------------------------------------------------------------------------
def test_a_promo_code_comes_off_the_discounted_total(player):
    item = shop.product(price=19, discount_percent=10)
    code = shop.promo(value=25)

    bought = shop.buy(player, item, quantity=3, promo_code=code.code.lower())

    assert (bought.unit_price, bought.amount) == (18, 54 - 13)
    code.refresh_from_db()
    assert code.used == 1


def test_a_promo_code_is_used_up_for_all_and_for_one(player):
    item, other = shop.product(), factories.player()
    factories.give(other, gems=100)
    once, twice = shop.promo(max_uses=1, per_user_limit=5), shop.promo(max_uses=2)
    shop.buy(player, item, promo_code=once.code)
    shop.buy(player, item, promo_code=twice.code)

    for user, code in ((other, once), (player, twice)):
        with pytest.raises(stock.PromoExhausted), transaction.atomic():
            shop.buy(user, item, promo_code=code.code)

    assert shop.buy(other, item, promo_code=twice.code).promo == twice


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"starts_at": NOW + timedelta(hours=1), "ends_at": NOW + timedelta(hours=2)},
        {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW - timedelta(hours=1)},
        {"currency": "KRW"},
    ],
)
def test_a_promo_code_that_does_not_apply_is_refused(player, fields):
    with pytest.raises(buying.PromoInvalid):
        shop.buy(player, shop.product(), promo_code=shop.promo(**fields).code, now=NOW)


def test_a_promo_code_for_one_thing_is_for_nothing_else(player):
    item, other, package = shop.product(), shop.product(), shop.package(currency="gems", price=10)
    code = shop.promo(product=item, per_user_limit=9)

    for wrong in (other, package):
        with pytest.raises(buying.PromoInvalid):
            shop.buy(player, wrong, promo_code=code.code)

    assert shop.buy(player, item, promo_code=code.code).amount == 9


# --- Cards --------------------------------------------------------------------------------------------------------
def test_a_card_purchase_holds_stock_and_gives_nothing_yet(player):
    item = shop.package(gold=50, gems=300)

    bought = shop.buy(player, item, now=NOW)

    assert (bought.status, bought.expires_at, counts(item)) == ("pending", NOW + HOLD_FOR, (1, 0))
    assert wallet_of(player.pk).gems == 100


def test_once_paid_it_is_handed_over_once(player):
    item = shop.package(gems=300, gold=7)
    bought = shop.buy(player, item)

    for _ in range(3):
        paid(bought)

    assert steps(bought) == ["pending", "paid", "granted"]
    assert (wallet_of(player.pk).gems, wallet_of(player.pk).gold) == (400, 1007)
    assert counts(item) == (0, 1)


def test_another_amount_or_receipt_is_no_payment(player):
    bought, other = (shop.buy(player, shop.package()) for _ in range(2))

    with pytest.raises(services.AmountMismatch):
        services.mark_paid(purchase_id=bought.pk, receipt_id="r", amount=bought.amount - 1, now=NOW)
    paid(bought, "r")
    with pytest.raises(services.ReceiptUsed):
        paid(other, "r")
    with pytest.raises(services.PurchaseConflict):
        paid(bought, "another")

    other.refresh_from_db()
    assert other.status == "pending"


def test_what_failed_gives_back_and_can_never_be_paid(player):
    item, code = shop.package(), shop.promo(currency="KRW")
    bought = shop.buy(player, item, promo_code=code.code)

    for _ in range(2):
        fail(bought)

    code.refresh_from_db()
    assert (counts(item), code.used) == ((0, 0), 0)
    with pytest.raises(services.PurchaseClosed):
        paid(bought)


def test_paid_purchases_can_not_fail_and_unpaid_ones_not_be_granted_or_refunded(player):
    bought, waiting = (shop.buy(player, shop.package()) for _ in range(2))
    paid(bought)

    with pytest.raises(services.PurchaseClosed):
        fail(bought)
    with pytest.raises(services.PurchaseClosed):
        services.grant(purchase_id=waiting.pk, now=NOW)
    with pytest.raises(services.PurchaseClosed):
        refund(waiting)


def test_five_minutes_without_a_payment_put_everything_back(player, django_assert_max_num_queries):
    item, code = shop.package(stock=3, per_user_limit=3), shop.promo(currency="KRW", per_user_limit=3)
    for _ in range(3):
        shop.buy(player, item, promo_code=code.code, now=NOW)

    assert services.release_expired(now=NOW + HOLD_FOR - timedelta(microseconds=1)) == 0
    assert counts(item) == (3, 0)
    assert services.release_expired(now=NOW + HOLD_FOR, batch=2) == 3
    assert services.release_expired(now=NOW + HOLD_FOR) == 0

    code.refresh_from_db()
    assert (counts(item), code.used) == ((0, 0), 0)
    assert steps(Purchase.objects.first()) == ["pending", "failed"]


# --- Review -------------------------------------------------------------------------------------------------------
def test_what_waits_for_review_holds_nothing_until_it_is_approved(player):
    item = shop.package(stock=1)
    bought = shop.buy(player, item, review=True, now=NOW)

    assert (counts(item), bought.expires_at) == ((0, 0), NOW + REVIEW_FOR)
    with pytest.raises(services.ReviewWaiting):
        paid(bought)
    for _ in range(2):
        approved = services.approve_review(purchase_id=bought.pk, now=NOW + timedelta(hours=1))
    assert (counts(item), approved.expires_at) == ((1, 0), NOW + timedelta(hours=1) + HOLD_FOR)
    paid(bought)
    assert counts(item) == (0, 1)


def test_an_approval_may_come_too_late_for_the_stock(player):
    item = shop.package(stock=1)
    waiting = shop.buy(player, item, review=True)
    shop.buy(factories.player(), item)

    with pytest.raises(stock.OutOfStock):
        services.approve_review(purchase_id=waiting.pk, now=NOW)

    waiting.refresh_from_db()
    assert waiting.review_state == "waiting"


def test_a_denied_purchase_fails_and_takes_nothing_from_the_shelf(player):
    item = shop.package()
    waiting = shop.buy(player, item, review=True)

    for _ in range(2):
        denied = services.deny_review(purchase_id=waiting.pk, operator_id=None, reason="stolen card", now=NOW)

    assert (denied.status, denied.review_state, counts(item)) == ("failed", "denied", (0, 0))
    with pytest.raises(services.ReviewNotWaiting):
        services.approve_review(purchase_id=waiting.pk, now=NOW)


def test_a_review_nobody_makes_ends_after_a_day(player):
    item = shop.package()
    shop.buy(player, item, review=True, now=NOW)

    assert services.release_expired(now=NOW + HOLD_FOR) == 0
    assert services.release_expired(now=NOW + REVIEW_FOR) == 1
    assert counts(item) == (0, 0)


# --- Refunds ------------------------------------------------------------------------------------------------------
def test_a_refund_takes_the_goods_back_as_far_as_they_are_there(player):
    item = shop.package(gold=5000, gems=300)
    bought = paid(shop.buy(player, item))
    shop.buy(player, shop.product(price=250, gold=1))  # 150 gems are left of the 400

    for _ in range(2):
        refunded = refund(bought)

    assert (refunded.returned_gold, refunded.returned_gems) == (5000, 150)
    assert (wallet_of(player.pk).gold, wallet_of(player.pk).gems) == (1001, 0)
    assert (refunded.status, counts(item)) == ("refunded", (0, 1))


def test_a_partial_refund_takes_its_share_rounded_down(player):
    bought = paid(shop.buy(player, shop.package(price=3, gems=10)))

    refunded = refund(bought, 2)

    assert (refunded.refunded_amount, refunded.returned_gems) == (2, 6)
    with pytest.raises(services.PurchaseConflict):
        refund(bought, 1)


def test_gems_paid_come_back(player):
    bought = shop.buy(player, shop.product(price=60, gold=500))

    refund(bought)

    assert (wallet_of(player.pk).gems, wallet_of(player.pk).gold) == (100, 1000)


def test_paid_but_not_yet_handed_over_can_be_refunded(player):
    bought = shop.buy(player, shop.package())
    services.mark_paid(purchase_id=bought.pk, receipt_id="r", amount=bought.amount, now=NOW)

    refunded = refund(bought)

    assert (refunded.status, refunded.returned_gems) == ("refunded", 0)
    with pytest.raises(services.PurchaseClosed):
        services.grant(purchase_id=bought.pk, now=NOW)


@pytest.mark.parametrize("amount", [0, -1, 9901])
def test_a_refund_is_bounded_by_what_was_paid(player, amount):
    bought = paid(shop.buy(player, shop.package(price=9900)))

    with pytest.raises(services.RefundTooLarge):
        refund(bought, amount)


# --- The rows themselves ------------------------------------------------------------------------------------------
def test_steps_are_only_ever_added(player):
    bought = shop.buy(player, shop.product())

    for change in ("UPDATE economy_purchasetransition SET why = 'x'", "DELETE FROM economy_purchasetransition"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    assert steps(bought) == ["pending", "paid", "granted"]


@pytest.mark.parametrize("change", [{"held": 101}, {"sold": 101}, {"stock": 0}])
def test_the_database_itself_refuses_to_sell_more_than_there_is(player, change):
    item = shop.package(stock=100)
    shop.buy(player, item)

    with pytest.raises(DatabaseError), transaction.atomic():
        Package.objects.filter(pk=item.pk).update(**change)


def test_the_invariants_find_what_is_wrong(player):
    item, code = shop.package(), shop.promo(currency="KRW")
    bought = paid(shop.buy(player, item, promo_code=code.code))
    with transaction.atomic():
        save = transaction.savepoint()
        Package.objects.filter(pk=item.pk).update(sold=5)
        PromoCode.objects.filter(pk=code.pk).update(used=0)
        Purchase.objects.filter(pk=bought.pk).update(gems=7, status="paid", granted_at=None)

        found = violations()

        transaction.savepoint_rollback(save)
    assert found == [
        "every_purchase_is_its_entries",
        "package_counts_are_its_purchases",
        "promo_uses_are_its_purchases",
        "every_status_has_its_step",
        "every_purchase_is_its_entries, recent",
    ]


# --- Who is told --------------------------------------------------------------------------------------------------
def test_endpoints_are_told_once_of_what_was_paid_and_refunded(player):
    WebhookEndpoint.objects.create(
        name="books",
        url="https://books.example/hooks",
        event_types=["purchase.paid", "purchase.refunded"],
        secret="whsec_x",
        secret_changed_at=NOW,
        created_at=NOW,
    )
    bought = shop.buy(player, shop.package(price=9900, gems=100))
    for _ in range(2):
        paid(bought)
    for _ in range(2):
        refund(bought, 900)
    by_gems = shop.buy(player, shop.product())

    told = {(row.type, row.payload["data"]["purchase_id"]): row.payload["data"] for row in WebhookEvent.objects.all()}
    assert set(told) == {
        ("purchase.paid", bought.pk),
        ("purchase.refunded", bought.pk),
        ("purchase.paid", by_gems.pk),
    }
    assert told["purchase.refunded", bought.pk] == {
        "purchase_id": bought.pk,
        "player_id": player.pk,
        "code": bought.code,
        "quantity": 1,
        "amount": 9900,
        "currency": "KRW",
        "refunded_amount": 900,
    }
    assert WebhookEvent.objects.count() == 3


# --- Revenue ------------------------------------------------------------------------------------------------------
def test_revenue_is_what_cards_paid_less_what_was_refunded(player):
    seoul = ZoneInfo("Asia/Seoul")
    now = datetime(2030, 5, 10, 3, tzinfo=UTC)  # noon in Seoul
    midnight = datetime(2030, 5, 9, 15, tzinfo=UTC)
    item = shop.package(price=1000, stock=50, per_user_limit=50, starts_at=now - timedelta(days=9), ends_at=now)
    moments = (midnight - timedelta(days=2), midnight - timedelta(microseconds=1), midnight, now)
    sales = [
        paid(shop.buy(player, item, now=now - timedelta(days=5)), f"receipt {number}", now=at)
        for number, at in enumerate(moments)
    ]
    shop.buy(player, item, now=now - timedelta(days=1))
    shop.buy(player, shop.product(price=20))
    services.refund(purchase_id=sales[0].pk, amount=300, operator_id=None, reason="asked", now=midnight)

    assert selectors.revenue(now=now, tz=seoul) == selectors.Revenue(total=3700, today=1700)
    assert selectors.revenue_by_day(days=4, now=now, tz=seoul) == [
        (date(2030, 5, 7), 0),
        (date(2030, 5, 8), 1000),
        (date(2030, 5, 9), 1000),
        (date(2030, 5, 10), 1700),
    ]
    on_rows = sum(
        row.amount - row.refunded_amount for row in Purchase.objects.filter(currency="KRW", paid_at__isnull=False)
    )
    assert on_rows == 3700
