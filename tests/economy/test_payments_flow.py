"""Paying over real HTTP: our pages, the sandbox as a process of its own, its signed messages. Nothing is faked."""

import re
import time
from datetime import timedelta

import pytest
import requests

from casino_club.core import clock
from economy.ledger.selectors import wallet_of
from economy.payments import refunds
from economy.reconcile.services import reconcile
from economy.shop import services as shop_services
from economy.shop.models import Package, Purchase
from tests import factories
from tests.economy import shop_things as shop
from tests.economy.sandbox_process import KEY, LONGEST_DELAY, SECRET, SandboxProcess
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(live_server, tmp_path, settings):
    sandbox = SandboxProcess(tmp_path, f"{live_server.url}/api/webhooks/sandbox")
    settings.PAYMENTS_PROVIDER = "sandbox"
    settings.SANDBOX_PAY_URL, settings.SANDBOX_PAY_SECRET, settings.SANDBOX_PAY_KEY = sandbox.url, SECRET, KEY
    yield sandbox
    sandbox.wait_until_acknowledged()
    sandbox.kill()
    assert reconcile().violations == 0


class Payer:
    """A player's browser, without scripts."""

    def __init__(self, site: str):
        self.user = factories.player()
        self.site, self.http = site, requests.Session()
        self.http.trust_env = False
        self.http.cookies["session"] = factories.browser(self.user).cookies["session"].value

    def state(self, purchase: Purchase) -> str:
        page = self.http.get(f"{self.site}/pay/{purchase.pk}", timeout=10)
        assert page.status_code == 200
        self.token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        return re.search(r"pay pay--(\w+)", page.text)[1]

    def press_pay(self, purchase: Purchase) -> str:
        """The provider's id of the session that the press leads to."""
        self.state(purchase)
        answer = self.http.post(
            f"{self.site}/pay/{purchase.pk}/begin",
            {"csrfmiddlewaretoken": self.token},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 302
        return answer.headers["Location"].rsplit("/", 1)[1]

    @property
    def gems(self) -> int:
        return wallet_of(self.user.pk).gems


@pytest.fixture
def payer(live_server):
    return Payer(live_server.url)


def eventually(purchase: Purchase, status: str) -> None:
    def is_there() -> bool:
        purchase.refresh_from_db()
        return purchase.status == status

    wait_until(is_there, f"the purchase is {status}")


def test_approved_it_is_delivered_and_the_payer_comes_back(sandbox, payer, live_server):
    purchase = shop.buy(payer.user, shop.package())
    session = payer.press_pay(purchase)
    assert payer.state(purchase) == "waiting"

    status, headers = sandbox.decide(session, "approve")

    assert (status, headers["Location"]) == (303, f"{live_server.url}/pay/{purchase.pk}")
    eventually(purchase, "granted")
    assert payer.state(purchase) == "done"
    assert payer.gems == 500
    assert purchase.receipt_id.startswith("rcp_")


def test_declined_it_fails_and_the_last_one_is_on_the_shelf_again(sandbox, payer):
    item = shop.package(stock=1)
    purchase = shop.buy(payer.user, item)

    sandbox.decide(payer.press_pay(purchase), "decline")

    eventually(purchase, "failed")
    assert payer.state(purchase) == "failed"
    item.refresh_from_db()
    assert item.remaining == 1


def test_messages_sent_twice_late_and_in_the_wrong_order_deliver_once(sandbox, payer):
    purchase = shop.buy(payer.user, shop.package())

    sandbox.decide(payer.press_pay(purchase), "approve", twice=1, reversed=1, delay=LONGEST_DELAY)
    assert payer.state(purchase) == "waiting"

    sandbox.deliver_late_ones()
    eventually(purchase, "granted")
    sandbox.wait_until_acknowledged()
    assert payer.gems == 500


def test_paid_after_the_hold_it_is_delivered_or_given_back(sandbox, live_server):
    item = shop.package(stock=1)
    early, other = Payer(live_server.url), Payer(live_server.url)
    purchase = shop.buy(early.user, item)
    session = early.press_pay(purchase)
    sandbox.decide(session, "approve", delay=LONGEST_DELAY)
    shop_services.release_expired(now=purchase.expires_at)
    second = shop.buy(other.user, item)
    sandbox.decide(other.press_pay(second), "approve")
    eventually(second, "granted")

    sandbox.deliver_late_ones()
    wait_until(purchase.payment_refunds.exists, "the late payment is noticed")
    assert refunds.send_due(now=clock.now()) == 1

    assert f'"refunded": {purchase.amount}' in sandbox.get(f"/sessions/{session}")
    assert early.state(purchase) == "failed"
    assert (early.gems, other.gems) == (0, 500)
    assert Package.objects.get().sold == 1


def test_killed_between_the_approval_and_the_delivery_the_purchase_is_settled_all_the_same(sandbox, payer):
    purchase = shop.buy(payer.user, shop.package())
    sandbox.decide(payer.press_pay(purchase), "approve", delay=LONGEST_DELAY)
    sandbox.kill()
    assert payer.state(purchase) == "waiting"

    sandbox.start()
    sandbox.deliver_late_ones()

    eventually(purchase, "granted")
    assert payer.gems == 500


def test_a_forged_message_settles_nothing(sandbox, payer, live_server):
    purchase = shop.buy(payer.user, shop.package())
    session = payer.press_pay(purchase)
    sandbox.environment["SANDBOX_PAY_KEY"] = "another key"
    sandbox.kill()
    sandbox.start()

    sandbox.decide(session, "approve")
    time.sleep(1)
    assert payer.state(purchase) == "waiting"

    sandbox.environment["SANDBOX_PAY_KEY"] = KEY
    sandbox.kill()
    sandbox.start()
    eventually(purchase, "granted")


def test_a_refund_goes_to_the_provider_and_the_goods_come_back(sandbox, payer):
    operator, purchase = factories.operator(role="economy"), shop.buy(payer.user, shop.package())
    session = payer.press_pay(purchase)
    sandbox.decide(session, "approve")
    eventually(purchase, "granted")

    refunds.ask(purchase=purchase, amount=9900, operator_id=operator.pk, reason="asked by mail", now=clock.now())
    assert refunds.send_due(now=clock.now()) == 1

    eventually(purchase, "refunded")
    assert payer.gems == 0
    assert payer.state(purchase) == "refunded"
    assert '"refunded": 9900' in sandbox.get(f"/sessions/{session}")


def test_while_the_provider_is_away_refunds_wait(sandbox, payer):
    operator, purchase = factories.operator(role="economy"), shop.buy(payer.user, shop.package())
    sandbox.decide(payer.press_pay(purchase), "approve")
    eventually(purchase, "granted")
    refunds.ask(purchase=purchase, amount=1, operator_id=operator.pk, reason="asked by mail", now=clock.now())
    sandbox.kill()

    assert refunds.send_due(now=clock.now()) == 0
    sandbox.start()
    assert refunds.send_due(now=clock.now() + timedelta(minutes=1)) == 1

    eventually(purchase, "refunded")
    assert purchase.refunded_amount == 1
