"""A payment's messages, its expiry and its operators all at once: each step happens once, the books stay right."""

from collections import Counter

import pytest

from casino_club.core import clock
from economy.ledger.selectors import wallet_of
from economy.payments import refunds, services
from economy.payments.models import PaymentRefund
from economy.payments.rules import Outcome
from economy.payments.sandbox_provider import SandboxProvider
from economy.reconcile.services import reconcile
from economy.shop import services as shop_services
from economy.shop.models import PurchaseTransition
from tests import factories
from tests.concurrency.together import together
from tests.economy import paying
from tests.economy import shop_things as shop
from tests.economy.sandbox_process import KEY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def sandbox_settings(settings):
    settings.PAYMENTS_PROVIDER, settings.SANDBOX_PAY_KEY = "sandbox", KEY


@pytest.fixture(autouse=True)
def books_stay_right(transactional_db):
    yield
    assert reconcile().violations == 0


def steps(purchase) -> list[str]:
    return list(PurchaseTransition.objects.filter(purchase=purchase).order_by("id").values_list("to_status", flat=True))


def test_twelve_messages_of_one_payment_and_an_operator_settle_it_once():
    purchase, operator = paying.waiting(factories.player()), factories.operator(role="economy")

    def act(number):
        if number == 0:
            return services.force_settle(
                purchase=purchase,
                outcome=Outcome.PAID,
                receipt_id=f"rcp_{purchase.pk}",
                operator_id=operator.pk,
                reason="seen",
                now=clock.now(),
            ).status
        return paying.say(purchase, "payment.paid").status_code

    done = Counter(together(13, act))

    assert done == {200: 12, "granted": 1}
    assert steps(purchase) == ["pending", "paid", "granted"]
    assert wallet_of(purchase.user_id).gems == 500


def test_paid_declined_and_expired_at_once_end_in_goods_whatever_came_first():
    purchases = [paying.waiting(factories.player()) for _ in range(4)]

    def act(number):
        purchase = purchases[number // 3]
        match number % 3:
            case 0:
                return paying.say(purchase, "payment.paid").status_code
            case 1:
                return paying.say(purchase, "payment.declined").status_code
        return shop_services.release_expired(now=purchase.expires_at)

    answers = together(12, act)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    for purchase in purchases:
        purchase.refresh_from_db()
        assert purchase.status == "granted"
        assert wallet_of(purchase.user_id).gems == 500


def test_the_last_one_is_delivered_late_to_one_of_many_and_the_others_get_their_money_back():
    item = shop.package(stock=1)
    purchases = []
    for _ in range(6):
        purchase = paying.waiting(factories.player(), item)
        shop_services.release_expired(now=purchase.expires_at)
        purchases.append(purchase)

    together(6, lambda number: paying.say(purchases[number], "payment.paid").status_code)

    item.refresh_from_db()
    assert (item.sold, item.held) == (1, 0)
    assert PaymentRefund.objects.count() == 5


def test_one_refund_carried_by_many_and_told_by_the_provider_is_done_once(monkeypatch):
    asked = []
    monkeypatch.setattr(SandboxProvider, "refund", lambda _self, external_id, **what: asked.append(what["key"]))
    purchase, operator = paying.waiting(factories.player()), factories.operator(role="economy")
    paying.say(purchase, "payment.paid")
    purchase.refresh_from_db()
    refund = refunds.ask(
        purchase=purchase, amount=9900, operator_id=operator.pk, reason="asked by mail", now=clock.now()
    )

    def act(number):
        if number < 6:
            return refunds.send_due(now=clock.now())
        return paying.say(purchase, "refund.succeeded", refund=refund.key).status_code

    answers = together(12, act)

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert len(asked) <= 1
    assert steps(purchase) == ["pending", "paid", "granted", "refunded"]
    assert wallet_of(purchase.user_id).gems == 0
