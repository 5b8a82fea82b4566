"""The payer's page: every state, who may see it, where its form may lead; with and without scripts."""

from datetime import timedelta

import pytest

from casino_club.core import clock
from economy.payments import services
from economy.payments.models import PaymentSession
from economy.payments.provider import ProviderUnavailable
from economy.payments.rules import Session
from economy.payments.sandbox_provider import SandboxProvider
from economy.shop import services as shop_services
from tests import factories
from tests.economy import paying
from tests.economy import shop_things as shop
from tests.economy.sandbox_process import KEY

pytestmark = pytest.mark.django_db
PROVIDER = "http://pay.test:9000"


@pytest.fixture(autouse=True)
def sandbox_settings(settings):
    settings.PAYMENTS_PROVIDER, settings.SANDBOX_PAY_URL, settings.SANDBOX_PAY_KEY = "sandbox", PROVIDER, KEY


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def payer(player):
    return factories.browser(player)


@pytest.fixture
def provider(monkeypatch):
    """The provider makes sessions; what it was asked is kept."""
    asked = []

    def create_session(_self, order):
        asked.append(order)
        return Session("pay_x", f"{PROVIDER}/checkout/pay_x")

    monkeypatch.setattr(SandboxProvider, "create_session", create_session)
    return asked


def address(purchase, act=""):
    return f"/pay/{purchase.pk}{act}"


def state(payer, purchase) -> str:
    page = payer.get(address(purchase)).content.decode()
    return page.split('class="panel pay pay--')[1].split('"')[0].split()[0]


def test_the_page_shows_what_is_to_be_paid_and_its_form_may_end_at_the_provider(player, payer):
    purchase = shop.buy(player, shop.package(name="보름달 <꾸러미>"))

    page = payer.get(address(purchase))

    assert "보름달 &lt;꾸러미&gt;" in page.content.decode()
    assert "9,900원" in page.content.decode()
    assert f"form-action 'self' {PROVIDER}" in page["Content-Security-Policy"]
    assert page["Cache-Control"].startswith("max-age=0")


def test_pressing_pay_makes_the_session_once_and_leads_to_the_provider(player, payer, provider):
    purchase = shop.buy(player, shop.product(currency="KRW", price=1500, name="금화", gold=10), quantity=2)

    first, again = (payer.post(address(purchase, "/begin")) for _ in "12")

    assert (first.status_code, first["Location"]) == (302, f"{PROVIDER}/checkout/pay_x")
    assert again["Location"] == first["Location"]
    order = provider[0]
    assert (order.reference, order.amount, order.title) == (purchase.reference, 3000, "금화 × 2")
    assert order.return_url == f"http://testserver{address(purchase)}"
    assert PaymentSession.objects.get().external_id == "pay_x"
    assert state(payer, purchase) == "waiting"


def test_a_provider_that_does_not_answer_leaves_the_payer_on_the_page_with_a_sentence(player, payer, monkeypatch):
    def down(_self, order):
        raise ProviderUnavailable

    monkeypatch.setattr(SandboxProvider, "create_session", down)
    purchase = shop.buy(player, shop.package())

    answer = payer.post(address(purchase, "/begin"), follow=True)

    assert "결제 업체가 응답하지 않아요" in answer.content.decode()
    assert state(payer, purchase) == "payable"


def test_every_state_is_told(player, payer):
    operator = factories.operator(role="economy")
    waiting, declined, granted, refunded = (paying.waiting(player) for _ in range(4))
    paying.say(declined, "payment.declined")
    paying.say(granted, "payment.paid")
    paying.say(refunded, "payment.paid")
    paying.say(refunded, "refund.succeeded")
    reviewed, denied = (shop.buy(player, shop.package(), review=True) for _ in range(2))
    services.deny_review(purchase_id=denied.pk, operator_id=operator.pk, reason="no", now=clock.now())
    overdue = shop.buy(player, shop.package(), now=clock.now() - timedelta(minutes=6))
    asked = [waiting, declined, granted, refunded, reviewed, denied, overdue]

    found = [state(payer, purchase) for purchase in asked]

    assert found == ["waiting", "failed", "done", "refunded", "review", "failed", "overdue"]
    shop_services.release_expired(now=clock.now())
    assert state(payer, overdue) == "failed"


def test_nobody_sees_anothers_payment_or_one_in_gems(player, payer):
    factories.give(player, gems=10)
    mine_in_gems, anothers = shop.buy(player, shop.product()), shop.buy(factories.player(), shop.package())

    for purchase in (mine_in_gems, anothers):
        assert payer.get(address(purchase)).status_code == 404
        assert payer.post(address(purchase, "/begin")).status_code == 404


def test_a_stranger_is_asked_to_sign_in(client, player):
    purchase = shop.buy(player, shop.package())

    assert client.get(address(purchase))["Location"].startswith("/login")
    assert client.post(address(purchase, "/begin"))["Location"].startswith("/login")


def test_the_page_asks_again_until_the_end_and_swaps_only_what_changed(player, payer):
    purchase = paying.waiting(player)
    asks = {"headers": {"HX-Request": "true"}}

    unchanged = payer.get(address(purchase), {"state": "waiting"}, **asks)
    paying.say(purchase, "payment.paid")
    changed = payer.get(address(purchase), {"state": "waiting"}, **asks)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert "hx-get" not in changed.content.decode()
    assert "balances" in changed["HX-Trigger"]


@pytest.mark.parametrize("gone", ["payment.declined", "payment.paid"])
def test_what_is_settled_can_not_be_paid_again(player, payer, provider, gone):
    purchase = paying.waiting(player)
    paying.say(purchase, gone)

    answer = payer.post(address(purchase, "/begin"))

    assert answer["Location"] == address(purchase)
    assert provider == []


def test_over_the_api_a_purchase_is_looked_at_by_its_player_only(client, player):
    purchase = paying.waiting(player)
    where = f"/api/shop/purchases/{purchase.pk}"
    mine, anothers = factories.bearer(player), factories.bearer(factories.player())

    before = client.get(where, headers=mine).json()
    paying.say(purchase, "payment.paid")
    after = client.get(where, headers=mine).json()

    assert (before["status"], before["pay_url"]) == ("pending", address(purchase))
    assert (after["status"], after["contents"]["gems"]) == ("granted", 500)
    assert client.get(where, headers=anothers).status_code == 404
    assert client.get(where).status_code == 401
