"""A provider's messages settle payments: once, in any order, for the right session, amount and currency only."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection

from accounts.inbox.models import Notification
from casino_club.core import clock
from casino_club.core.models import Alert
from economy.ledger.selectors import wallet_of
from economy.payments import refunds, services
from economy.payments.models import PaymentRefund, PaymentSession
from economy.payments.provider import ProviderRefused, ProviderUnavailable
from economy.payments.sandbox_provider import SandboxProvider
from economy.shop import services as shop_services
from economy.shop.invariants import INVARIANTS
from economy.shop.models import Package, Purchase
from economy.webhooks.models import WebhookEvent
from tests import factories
from tests.economy import paying
from tests.economy import shop_things as shop
from tests.economy.paying import say
from tests.economy.sandbox_process import KEY

pytestmark = pytest.mark.django_db
SOON, LATER = timedelta(seconds=30), timedelta(minutes=6)


@pytest.fixture(autouse=True)
def sandbox_key(settings):
    settings.PAYMENTS_PROVIDER, settings.SANDBOX_PAY_KEY = "sandbox", KEY


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture(autouse=True)
def books_stay_right(db):
    yield
    assert violations() == []


def violations() -> list[str]:
    forms = [(row.name, row.sql) for row in INVARIANTS]
    forms += [(f"{row.name}, recent", form.sql.replace("%(after)s", "0")) for row in INVARIANTS for form in row.recent]
    with connection.cursor() as cursor:
        return [name for name, sql in forms if (cursor.execute(sql), cursor.fetchall())[1]]


@pytest.fixture
def provider(monkeypatch):
    """The provider's API answers as told; what was asked of it is kept."""

    class Told:
        asked: list[tuple] = []
        refusal: Exception | None = None

    def refund(_self, external_id, *, amount, key):
        Told.asked.append((external_id, amount, key))
        if Told.refusal:
            raise Told.refusal

    Told.asked, Told.refusal = [], None
    monkeypatch.setattr(SandboxProvider, "refund", refund)
    return Told


def status_of(purchase: Purchase) -> str:
    purchase.refresh_from_db()
    return purchase.status


def steps(purchase: Purchase) -> list[str]:
    return list(purchase.transitions.order_by("id").values_list("to_status", flat=True))


def gems(player) -> int:
    return wallet_of(player.pk).gems


def alerts() -> set[str]:
    lasting = list(Alert.objects.filter(resolved_at__isnull=True))
    assert not [alert.text for alert in lasting if "%(" in alert.text], "each is told with its facts"
    return {alert.rule for alert in lasting}


def expire(purchase: Purchase) -> None:
    shop_services.release_expired(now=purchase.expires_at)
    assert status_of(purchase) == "failed"


def test_a_paid_message_settles_and_hands_over_once_however_often_it_comes(player):
    purchase = paying.waiting(player)

    answers = [paying.send("payment.paid", paying.told(purchase, "payment.paid"), event_id="evt_same") for _ in "123"]
    other_event = say(purchase, "payment.paid")

    assert [answer.json()["duplicate"] for answer in answers] == [False, True, True]
    assert other_event.status_code == 200
    assert steps(purchase) == ["pending", "paid", "granted"]
    assert gems(player) == 500
    assert alerts() == set()


def test_a_declined_message_fails_the_purchase_and_gives_the_stock_back(player):
    item = shop.package(stock=1)
    purchase = paying.waiting(player, item)

    assert say(purchase, "payment.declined").status_code == 200

    item.refresh_from_db()
    assert (status_of(purchase), item.held, item.sold) == ("failed", 0, 0)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["payment.authorized", "payment.paid", "payment.declined"])), ids="-".join
)
def test_messages_in_any_order_leave_what_was_paid_paid(player, order):
    purchase = paying.waiting(player)

    assert {say(purchase, kind).status_code for kind in order} == {200}

    assert status_of(purchase) == "granted"
    assert gems(player) == 500


@pytest.mark.parametrize(
    "change", [{"amount": 9899}, {"amount": 9901}, {"currency": "USD"}], ids=["less", "more", "other money"]
)
def test_another_amount_or_currency_settles_nothing_and_is_told_to_operators(player, change):
    purchase = paying.waiting(player)

    assert say(purchase, "payment.paid", **change).status_code == 200

    assert status_of(purchase) == "pending"
    assert alerts() == {"payment_unsettled"}
    assert WebhookEvent.objects.filter(source="sandbox").count() == 1


@pytest.mark.parametrize("change", [{"session": "pay_other"}, {"reference": "another"}])
def test_a_message_about_another_session_settles_nothing(player, change):
    purchase = paying.waiting(player)

    assert say(purchase, "payment.paid", **change).status_code == 200

    assert status_of(purchase) == "pending"


@pytest.mark.parametrize(
    "change", [{"receipt_id": None}, {"amount": "9900"}, {"session": 5}, {"receipt_id": "x" * 129}], ids=str
)
def test_a_message_that_makes_no_sense_is_refused_and_not_kept(player, change):
    purchase = paying.waiting(player)

    assert say(purchase, "payment.paid", **change).status_code == 400

    assert status_of(purchase) == "pending"
    assert WebhookEvent.objects.count() == 0


def test_the_houses_own_key_does_not_open_the_providers_door(player):
    purchase = paying.waiting(player)
    message = paying.webhook_posts.Message(source="sandbox", type="payment.paid", data=paying.told(purchase, "x"))

    answer = paying.webhook_posts.post(message.signed())

    assert (answer.status_code, answer.json()["error"]) == (401, "unknown_key")


def test_a_receipt_pays_for_one_purchase_only(player):
    first, second = paying.waiting(player), paying.waiting(factories.player())
    say(first, "payment.paid", receipt_id="rcp_once")

    assert say(second, "payment.paid", receipt_id="rcp_once").status_code == 200

    assert (status_of(first), status_of(second)) == ("granted", "pending")
    assert alerts() == {"payment_unsettled"}


def test_a_second_payment_for_the_same_purchase_is_told_to_operators(player):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")

    say(purchase, "payment.paid", receipt_id="rcp_again")

    assert gems(player) == 500
    assert alerts() == {"payment_unsettled"}


def test_paid_after_the_hold_had_ended_is_delivered_while_there_is_stock(player):
    item = shop.package(stock=1)
    purchase = paying.waiting(player, item)
    expire(purchase)

    say(purchase, "payment.paid")

    item.refresh_from_db()
    assert steps(purchase) == ["pending", "failed", "paid", "granted"]
    assert (item.held, item.sold) == (0, 1)
    assert gems(player) == 500
    assert Notification.objects.get(player=player).kind == "payments.delivered_late"


def test_paid_after_the_last_one_went_to_somebody_else_is_given_back(player, provider):
    item = shop.package(stock=1)
    purchase = paying.waiting(player, item)
    expire(purchase)
    say(paying.waiting(factories.player(), item), "payment.paid")

    for _ in range(2):
        say(purchase, "payment.paid")
    Package.objects.filter(pk=item.pk).update(stock=5)
    say(purchase, "payment.paid")

    assert status_of(purchase) == "failed"
    assert refunds.send_due(now=clock.now()) == 1
    assert [asked[:2] for asked in provider.asked] == [(f"pay_{purchase.pk}", 9900)]
    refund = PaymentRefund.objects.get()
    assert (refund.status, refund.operator_id, refund.late_receipt_id) == ("succeeded", None, f"rcp_{purchase.pk}")
    assert (status_of(purchase), gems(player)) == ("failed", 0)
    assert Notification.objects.get(player=player).kind == "payments.given_back_late"


def test_paid_late_beyond_the_players_own_limit_is_given_back(player):
    item = shop.package(per_user_limit=1)
    first = paying.waiting(player, item)
    expire(first)
    say(paying.waiting(player, item), "payment.paid")

    say(first, "payment.paid")

    assert status_of(first) == "failed"
    assert PaymentRefund.objects.get().purchase == first


def test_a_payment_that_was_given_back_pays_for_nothing_else(player):
    gone = shop.package(stock=1)
    first, second = paying.waiting(player, gone), paying.waiting(factories.player())
    expire(first)
    paying.waiting(factories.player(), gone)
    say(first, "payment.paid", receipt_id="rcp_back")

    say(second, "payment.paid", receipt_id="rcp_back")

    assert status_of(second) == "pending"
    assert alerts() == {"payment_unsettled"}


def test_a_refund_told_before_its_payment_is_asked_for_again_and_then_applied(player):
    purchase = paying.waiting(player)

    early = say(purchase, "refund.succeeded", amount=900)
    say(purchase, "payment.paid")
    again = say(purchase, "refund.succeeded", amount=900)

    assert (early.status_code, early.json()["error"]) == (409, "out_of_order")
    assert again.status_code == 200
    assert status_of(purchase) == "refunded"
    assert purchase.refunded_amount == 900


def test_a_paid_message_after_the_refund_changes_nothing(player):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")
    say(purchase, "refund.succeeded")

    say(purchase, "payment.paid")

    assert status_of(purchase) == "refunded"
    assert gems(player) == 0
    assert alerts() == set()


# --- Refunds ---------------------------------------------------------------------------------------------------
@pytest.fixture
def operator():
    return factories.operator(role="economy")


def ask(purchase, operator, amount=9900):
    purchase.refresh_from_db()
    return refunds.ask(
        purchase=purchase, amount=amount, operator_id=operator.pk, reason="asked by mail", now=clock.now()
    )


def test_a_refund_is_carried_to_the_provider_and_takes_back_what_is_there(player, operator, provider):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")

    refund = ask(purchase, operator, 4950)
    assert status_of(purchase) == "granted"
    assert refunds.send_due(now=clock.now()) == 1
    say(purchase, "refund.succeeded", amount=4950, refund=refund.key)

    assert (status_of(purchase), purchase.refunded_amount, gems(player)) == ("refunded", 4950, 250)
    assert provider.asked == [(f"pay_{purchase.pk}", 4950, refund.key)]
    assert purchase.transitions.get(to_status="refunded").operator == operator
    assert Notification.objects.get(player=player).kind == "payments.refunded"


def test_the_providers_message_may_be_quicker_than_its_answer(player, operator, provider):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")
    refund = ask(purchase, operator)

    say(purchase, "refund.succeeded", refund=refund.key)

    assert status_of(purchase) == "refunded"
    assert refunds.send_due(now=clock.now()) == 0


def test_a_refund_is_bounded_and_one_at_a_time(player, operator, provider):
    purchase = paying.waiting(player)
    with pytest.raises(shop_services.PurchaseClosed):
        ask(purchase, operator)
    say(purchase, "payment.paid")

    for amount in (0, -1, 9901):
        with pytest.raises(shop_services.RefundTooLarge):
            ask(purchase, operator, amount)
    ask(purchase, operator)
    with pytest.raises(refunds.RefundUnderWay):
        ask(purchase, operator)


def test_a_provider_that_does_not_answer_is_asked_again_and_operators_know(player, operator, provider):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")
    refund, now = ask(purchase, operator), clock.now()
    provider.refusal = ProviderUnavailable()

    for number in range(5):
        assert refunds.send_due(now=now + number * timedelta(hours=1)) == 0
    assert alerts() == {"payment_provider_down", "payment_refund_stuck"}
    assert status_of(purchase) == "granted"
    provider.refusal = None
    assert refunds.send_due(now=now + timedelta(hours=9)) == 1

    assert len({key for _, _, key in provider.asked}) == 1
    assert status_of(purchase) == "refunded"
    assert alerts() == set()
    assert PaymentRefund.objects.get().key == refund.key


def test_a_refund_that_the_provider_refuses_takes_nothing_and_may_be_asked_again(player, operator, provider):
    purchase = paying.waiting(player)
    say(purchase, "payment.paid")
    ask(purchase, operator)
    provider.refusal = ProviderRefused("not_paid")

    refunds.send_due(now=clock.now())

    assert (status_of(purchase), gems(player)) == ("granted", 500)
    assert alerts() == {"payment_unsettled"}
    provider.refusal = None
    ask(purchase, operator)
    refunds.send_due(now=clock.now())
    assert status_of(purchase) == "refunded"
    assert alerts() == set()


def test_a_purchase_that_no_provider_took_is_refunded_at_once(player, operator):
    factories.give(player, gems=100)
    purchase = shop.buy(player, shop.product(price=30, gold=700))

    ask(purchase, operator, 30)

    assert status_of(purchase) == "refunded"
    assert gems(player) == 100


# --- By hand ---------------------------------------------------------------------------------------------------
def force(purchase, operator, outcome, receipt_id=None):
    return services.force_settle(
        purchase=purchase,
        outcome=services.Outcome(outcome),
        receipt_id=receipt_id,
        operator_id=operator.pk,
        reason="seen at the provider",
        now=clock.now(),
    )


def test_an_operator_settles_by_hand_and_the_late_message_changes_nothing(player, operator):
    purchase = paying.waiting(player)

    force(purchase, operator, "paid", f"rcp_{purchase.pk}")
    say(purchase, "payment.paid")

    assert steps(purchase) == ["pending", "paid", "granted"]
    assert gems(player) == 500
    assert purchase.transitions.get(to_status="paid").operator == operator


def test_an_operator_fails_a_payment_by_hand(player, operator):
    purchase = paying.waiting(player)

    force(purchase, operator, "failed")

    assert status_of(purchase) == "failed"
    with pytest.raises(shop_services.PurchaseClosed):
        force(paid_purchase(), operator, "failed")


def paid_purchase() -> Purchase:
    purchase = paying.waiting(factories.player())
    say(purchase, "payment.paid")
    return purchase


def test_by_hand_a_failed_purchase_can_still_be_paid_for_and_no_receipt_counts_twice(player, operator):
    item = shop.package(stock=1)
    purchase, used = paying.waiting(player, item), paid_purchase()
    expire(purchase)

    with pytest.raises(shop_services.ReceiptUsed):
        force(purchase, operator, "paid", f"rcp_{used.pk}")
    force(purchase, operator, "paid", "rcp_by_hand")

    assert status_of(purchase) == "granted"


# --- Reviews ---------------------------------------------------------------------------------------------------
def decide(purchase, operator, approve: bool):
    decision = services.approve_review if approve else services.deny_review
    return decision(purchase_id=purchase.pk, operator_id=operator.pk, reason="looked at it", now=clock.now())


def test_a_purchase_in_review_cannot_be_paid_until_it_is_approved(player, operator):
    purchase = shop.buy(player, shop.package(), review=True)
    with pytest.raises(services.NotPayable):
        services.begin(purchase=purchase, title="x", language="ko", return_url="http://x/", now=clock.now())

    decide(purchase, operator, approve=True)

    purchase.refresh_from_db()
    assert purchase.holds
    assert Notification.objects.get(player=player).kind == "payments.review_passed"


def test_a_denied_purchase_fails_and_money_that_came_all_the_same_goes_back(player, operator, provider):
    purchase = shop.buy(player, shop.package(), review=True)
    decide(purchase, operator, approve=False)
    PaymentSession.objects.create(
        purchase=purchase, provider="sandbox", external_id=f"pay_{purchase.pk}", created_at=clock.now()
    )

    say(purchase, "payment.paid")

    assert status_of(purchase) == "failed"
    assert PaymentRefund.objects.get().amount == purchase.amount


def test_a_refusals_reason_can_be_kept_whatever_the_provider_wrote():
    assert ProviderRefused("no\x00way").reason == "no\N{REPLACEMENT CHARACTER}way"
