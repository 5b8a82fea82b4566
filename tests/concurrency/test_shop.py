"""Many buyers at the same moment: the last one goes to one, limits hold, and nothing stays held."""

from collections import Counter
from datetime import timedelta

import pytest

from casino_club.core import clock
from casino_club.core.errors import DomainError
from casino_club.core.models import Alert
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from economy.shop import services
from economy.shop.models import Purchase, PurchaseTransition
from economy.shop.rules import HOLD_FOR
from tests import factories
from tests.concurrency.together import together
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 50


def told(outcomes) -> Counter:
    """How many purchases came of it, and the refusals by code."""
    return Counter(
        outcome.code
        if isinstance(outcome, DomainError)
        else outcome.status
        if isinstance(outcome, Purchase)
        else outcome
        for outcome in outcomes
    )


def assert_books_are_right():
    assert [finding.invariant.name for finding in reconcile().findings if finding.violations] == []


@pytest.fixture
def buyers():
    users = [factories.player() for _ in range(TIMES)]
    for user in users:
        factories.give(user, gems=100)
    return users


def test_the_last_one_goes_to_exactly_one_of_fifty_with_gems(buyers):
    item = shop.package(currency="gems", price=60, stock=1)

    outcomes = together(TIMES, lambda number: shop.buy(buyers[number], item))

    item.refresh_from_db()
    assert told(outcomes) == {"granted": 1, "out_of_stock": 49}
    assert (item.held, item.sold) == (0, 1)
    assert sorted(wallet_of(user.pk).gems for user in buyers) == [40, *[100] * 49]
    assert Alert.objects.get(rule="stock_at_zero", resolved_at=None).key == item.code
    assert_books_are_right()


def test_the_last_one_is_held_for_exactly_one_of_fifty_cards_and_comes_back_after_five_minutes(buyers):
    item, now = shop.package(stock=1), clock.now()

    outcomes = together(TIMES, lambda number: shop.buy(buyers[number], item, now=now))
    item.refresh_from_db()
    held = item.held
    released = together(8, lambda _: services.release_expired(now=now + HOLD_FOR))

    item.refresh_from_db()
    assert told(outcomes) == {"pending": 1, "out_of_stock": 49}
    assert (held, item.held, item.sold, sum(released)) == (1, 0, 0, 1)
    assert not Alert.objects.filter(rule="stock_at_zero", resolved_at=None).exists()
    assert_books_are_right()


def test_one_player_gets_their_share_however_often_they_try_at_once(buyers):
    item = shop.package(stock=500, per_user_limit=3)

    outcomes = together(TIMES, lambda _: shop.buy(buyers[0], item))

    item.refresh_from_db()
    assert told(outcomes) == {"pending": 3, "user_limit": 47}
    assert item.held == 3
    assert_books_are_right()


def test_a_promo_code_is_used_as_often_as_it_may_be(buyers):
    item, code = shop.product(price=10), shop.promo(max_uses=7)

    outcomes = together(TIMES, lambda number: shop.buy(buyers[number], item, promo_code=code.code))

    code.refresh_from_db()
    assert told(outcomes) == {"granted": 7, "promo_exhausted": 43}
    assert code.used == 7
    assert_books_are_right()


def test_a_promo_code_is_used_once_by_one_player(buyers):
    item, code = shop.product(price=1), shop.promo(value=50)

    outcomes = together(TIMES, lambda _: shop.buy(buyers[0], item, promo_code=code.code))

    assert told(outcomes) == {"granted": 1, "promo_exhausted": 49}
    assert_books_are_right()


def test_a_payment_and_its_expiry_and_its_refusal_at_once_end_in_one_way(buyers):
    item, now = shop.package(stock=TIMES, per_user_limit=1), clock.now()
    purchases = [shop.buy(user, item, now=now) for user in buyers[:12]]

    def act(number: int) -> object:
        purchase = purchases[number // 4]
        match number % 4:
            case 0:
                return services.release_expired(now=now + HOLD_FOR)
            case 1:
                return services.mark_failed(purchase_id=purchase.pk, why="declined", now=now)
            case _:
                services.mark_paid(
                    purchase_id=purchase.pk, receipt_id=f"r{purchase.pk}", amount=purchase.amount, now=now
                )
                return services.grant(purchase_id=purchase.pk, now=now + timedelta(seconds=1))

    outcomes = together(48, act)

    assert not [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, DomainError)
    ]
    ends = Counter(Purchase.objects.values_list("status", flat=True))
    item.refresh_from_db()
    assert set(ends) <= {"granted", "failed"}
    assert (item.held, item.sold) == (0, ends["granted"])
    assert PurchaseTransition.objects.count() == 2 * ends["failed"] + 3 * ends["granted"]
    assert_books_are_right()


def test_many_refunds_at_once_are_one(buyers):
    bought = shop.buy(buyers[0], shop.product(price=50, gold=400))

    outcomes = together(
        20,
        lambda _: services.refund(purchase_id=bought.pk, amount=50, operator_id=None, reason="asked", now=clock.now()),
    )

    assert told(outcomes) == {"refunded": 20}
    assert (wallet_of(buyers[0].pk).gems, wallet_of(buyers[0].pk).gold) == (100, 1000)
    assert_books_are_right()
