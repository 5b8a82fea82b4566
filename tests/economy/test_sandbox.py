"""The payment sandbox by itself: a stranger's program, its API, its page, its signed messages."""

import subprocess
import sys
import time

import pytest

from casino_club.core.signing import Keys, Signature
from tests.economy.sandbox_process import CHECKOUT, KEY, LONGEST_DELAY, SandboxProcess, Shop

RETURN = "http://shop.example/pay/17"


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def sandbox(tmp_path, shop):
    sandbox = SandboxProcess(tmp_path, shop.url)
    yield sandbox
    sandbox.kill()


def asked(**changes) -> dict:
    return {
        "reference": "order-17",
        "amount": 3900,
        "currency": "KRW",
        "title": "젬 <꾸러미>",
        "language": "ko",
        "return_url": RETURN,
        "expires_at": time.time() + 300,
    } | changes


def opened(sandbox, **changes) -> str:
    status, session = sandbox.post("/sessions", asked(**changes))
    assert status == 200
    return session["id"]


def test_the_sandbox_imports_nothing_of_ours_and_no_django():
    code = (
        "import sys, economy.payments.sandbox.__main__\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in "
        "('django', 'casino_club', 'accounts', 'games', 'events', 'economy', 'requests')))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)

    beside = {name for name in loaded.stdout.split() if not name.startswith("economy.payments.sandbox")}
    assert beside == {"economy", "economy.payments"}


def test_a_session_is_made_once_for_a_reference_and_never_for_another_amount(sandbox):
    first = sandbox.post("/sessions", asked())

    assert sandbox.post("/sessions", asked(title="renamed")) == first
    assert first[1]["url"] == f"{sandbox.url}/checkout/{first[1]['id']}"
    assert sandbox.post("/sessions", asked(amount=1)) == (409, {"error": "reference_reused"})


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": True},
        {"amount": "3900"},
        {"currency": "USD"},
        {"language": "fr"},
        {"return_url": "javascript:alert(1)"},
        {"return_url": "http://shop.example/;script-src *"},
        {"reference": 5},
        {"more": 1},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(sandbox, change):
    assert sandbox.post("/sessions", asked(**change))[0] == 400


def test_without_the_secret_nothing_is_known(sandbox):
    session = opened(sandbox)

    for method, path in [
        ("POST", "/sessions"),
        ("GET", f"/sessions/{session}"),
        ("POST", f"/sessions/{session}/refunds"),
    ]:
        assert sandbox.request(method, path, asked(), secret="guessed")[0] == 404


def test_the_page_shows_the_order_and_may_send_the_payer_back_only(sandbox):
    session = opened(sandbox)

    status, headers, page = sandbox.request("GET", f"/checkout/{session}")

    assert status == 200
    assert "3,900" in page
    assert "젬 &lt;꾸러미&gt;" in page
    assert "form-action 'self' http://shop.example;" in headers["Content-Security-Policy"]


def test_an_approval_sends_the_payer_back_and_two_signed_messages(sandbox, shop):
    session = opened(sandbox)

    status, headers = sandbox.decide(session, "approve")

    assert (status, headers["Location"]) == (303, RETURN)
    assert shop.wait_for(2).types == ["payment.authorized", "payment.paid"]
    data = shop.events[1]["data"]
    assert (data["session"], data["reference"], data["amount"], data["currency"]) == (session, "order-17", 3900, "KRW")
    assert data["receipt_id"].startswith("rcp_")
    keys = Keys.of({"sandbox": KEY}, "sandbox")
    for sent, body in shop.received:
        assert Signature.read(sent["X-Webhook-Signature"]).holds(keys, event_id=sent["webhook-id"], body=body)
    assert [sent["webhook-id"] for sent, _ in shop.received] == [event["id"] for event in shop.events]


def test_a_decision_stands(sandbox, shop):
    session = opened(sandbox)
    sandbox.decide(session, "decline")

    assert sandbox.decide(session, "approve")[0] == 303

    assert shop.wait_for(1).types == ["payment.declined"]
    assert '"status": "declined"' in sandbox.get(f"/sessions/{session}")


def test_after_its_time_a_payment_can_no_longer_be_approved(sandbox, shop):
    session = opened(sandbox, expires_at=time.time() - 1)

    sandbox.decide(session, "approve")

    assert '"status": "open"' in sandbox.get(f"/sessions/{session}")
    assert shop.received == []


def test_a_message_is_carried_until_it_is_acknowledged_each_time_signed_anew(sandbox, shop):
    shop.answers = [503, 401]

    sandbox.decide(opened(sandbox), "decline")

    shop.wait_for(3)
    assert len({event["id"] for event in shop.events}) == 1
    assert len({Signature.read(sent["X-Webhook-Signature"]).nonce for sent, _ in shop.received}) == 3


def test_the_testers_switches_deliver_twice_late_and_in_the_wrong_order(sandbox, shop):
    sandbox.decide(opened(sandbox), "approve", twice=1, reversed=1, delay=LONGEST_DELAY)
    assert shop.received == []

    sandbox.deliver_late_ones()
    shop.wait_for(4)

    assert shop.types.index("payment.paid") < shop.types.index("payment.authorized")
    assert len({event["id"] for event in shop.events}) == 2


def test_killed_between_the_approval_and_the_delivery_it_delivers_once_it_is_back(sandbox, shop):
    sandbox.decide(opened(sandbox), "approve", delay=LONGEST_DELAY)
    sandbox.kill()
    assert shop.received == []

    sandbox.start()
    sandbox.deliver_late_ones()

    assert shop.wait_for(2).types == ["payment.authorized", "payment.paid"]


def test_a_refund_is_bounded_made_once_for_a_key_and_told(sandbox, shop):
    session = opened(sandbox)
    refunds = f"/sessions/{session}/refunds"
    assert sandbox.post(refunds, {"amount": 900, "key": "refund-01"}) == (409, {"error": "not_paid"})
    sandbox.decide(session, "approve")

    first = sandbox.post(refunds, {"amount": 900, "key": "refund-01"})

    assert first[0] == 200
    assert sandbox.post(refunds, {"amount": 900, "key": "refund-01"}) == first
    assert sandbox.post(refunds, {"amount": 901, "key": "refund-01"}) == (409, {"error": "key_reused"})
    assert sandbox.post(refunds, {"amount": 3001, "key": "refund-02"}) == (409, {"error": "exceeds_payment"})
    assert shop.wait_for(3).types == ["payment.authorized", "payment.paid", "refund.succeeded"]
    assert (shop.events[2]["data"]["amount"], shop.events[2]["data"]["refund"]) == (900, "refund-01")
