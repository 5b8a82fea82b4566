"""Payments in the operators' site and API: who may do what, with a reason, once, audited."""

import itertools
import json

import pytest
from django.urls import reverse

from casino_club.core import roles
from economy.fraud.models import FraudAudit
from economy.ledger.selectors import wallet_of
from economy.payments.models import PaymentRefund
from economy.payments.rules import Standing
from economy.payments.sandbox_provider import SandboxProvider
from economy.shop.models import Purchase, PurchaseTransition
from tests import factories
from tests.economy import paying
from tests.economy import shop_things as shop
from tests.economy.sandbox_process import KEY

pytestmark = pytest.mark.django_db
_keys = itertools.count(1)
ACTS = {
    "settle": {"outcome": "paid", "receipt_id": "rcp_by_hand", "reason": "seen at the provider"},
    "refund": {"amount": 9900, "reason": "asked by mail"},
    "review": {"decision": "approve", "reason": "known customer"},
}


@pytest.fixture(autouse=True)
def sandbox_settings(settings, monkeypatch):
    settings.PAYMENTS_PROVIDER, settings.SANDBOX_PAY_KEY = "sandbox", KEY
    monkeypatch.setattr(SandboxProvider, "standing", lambda _self, external_id: Standing("paid", "rcp_there"))
    roles.sync()


def subject(act: str) -> Purchase:
    """A purchase that the act makes sense for."""
    player = factories.player()
    if act == "review":
        return shop.buy(player, shop.package(), review=True)
    purchase = paying.waiting(player)
    if act == "refund":
        paying.say(purchase, "payment.paid")
    return purchase


def post(client, act, purchase, *, headers=None, key=None, **changes):
    return client.post(
        f"/api/admin/purchases/{purchase.pk}/{act}",
        json.dumps(ACTS[act] | changes),
        content_type="application/json",
        headers={"Idempotency-Key": key or f"payments-{next(_keys):04}", **(headers or {})},
    )


def bearer(role):
    return factories.bearer(factories.operator(role=role))


@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_it(client, act):
    purchase = subject(act)
    allowed = {"economy", "security"} if act == "review" else {"economy"}

    assert post(client, act, purchase).status_code == 401
    assert post(client, act, purchase, headers=factories.bearer(purchase.user)).status_code == 403
    assert post(client, act, purchase, headers=factories.bearer(factories.player())).status_code == 403
    for role in {"viewer", "support", "economy", "security"} - allowed:
        answer = post(client, act, purchase, headers=bearer(role))
        assert (answer.status_code, answer.json()["error"]) == (403, "permission_denied")
    assert post(client, act, purchase, headers=bearer(min(allowed))).status_code in (200, 202)


def test_each_act_is_done_once_for_a_key_and_names_its_operator(client):
    operator = factories.operator(role="economy")
    headers, purchase = factories.bearer(operator), subject("settle")

    first, again = (post(client, "settle", purchase, headers=headers, key="settle-once") for _ in "12")

    assert first.status_code == 200
    assert (again.content, again["Idempotency-Hit"]) == (first.content, "true")
    assert first.json()["status"] == "granted"
    step = PurchaseTransition.objects.get(purchase=purchase, to_status="paid")
    assert (step.operator, step.why) == (operator, "seen at the provider")
    assert wallet_of(purchase.user_id).gems == 500


def test_a_refund_is_asked_for_and_is_on_its_way(client):
    purchase = subject("refund")
    headers = bearer("economy")

    answer = post(client, "refund", purchase, headers=headers)
    again = post(client, "refund", purchase, headers=headers)

    assert (answer.status_code, answer.json()["status"]) == (202, "asked")
    assert (again.status_code, again.json()["error"]) == (409, "refund_under_way")
    event = PaymentRefund.pgh_event_model.objects.get()
    assert event.pgh_context.metadata["reason"] == "asked by mail"


@pytest.mark.parametrize(
    ("act", "changes", "status", "code"),
    [
        ("settle", {"receipt_id": None}, 400, "validation_error"),
        ("settle", {"outcome": "granted"}, 400, "validation_error"),
        ("settle", {"reason": ""}, 400, "validation_error"),
        ("refund", {"amount": 0}, 400, "validation_error"),
        ("refund", {"amount": 9901}, 409, "refund_too_large"),
        ("refund", {"amount": True}, 400, "validation_error"),
        ("review", {"decision": "maybe"}, 400, "validation_error"),
    ],
)
def test_what_makes_no_sense_is_refused(client, act, changes, status, code):
    purchase = subject(act)
    before = purchase.status

    answer = post(client, act, purchase, headers=bearer("economy"), **changes)

    assert (answer.status_code, answer.json()["error"]) == (status, code)
    purchase.refresh_from_db()
    assert purchase.status == ("granted" if act == "refund" else before)


@pytest.mark.parametrize(("act", "code"), [("settle", "review_waiting"), ("refund", "purchase_closed")])
def test_what_waits_for_review_is_neither_settled_nor_refunded(client, act, code):
    answer = post(client, act, subject("review"), headers=bearer("economy"))

    assert (answer.status_code, answer.json()["error"]) == (409, code)


def test_an_unknown_purchase_is_not_found(client):
    gone = Purchase(pk=987654321)

    for act in ACTS:
        assert post(client, act, gone, headers=bearer("economy")).status_code == 404


def test_a_purchase_in_gems_is_refunded_but_has_no_payment_to_settle(client):
    player = factories.player()
    factories.give(player, gems=10)
    purchase = shop.buy(player, shop.product())
    headers = bearer("economy")

    assert post(client, "settle", purchase, headers=headers).status_code == 404
    assert post(client, "refund", purchase, headers=headers, amount=10).json()["status"] == "succeeded"
    assert wallet_of(player.pk).gems == 10


# --- The operators' site ---------------------------------------------------------------------------------------
@pytest.fixture
def desk():
    return lambda role: factories.browser(factories.operator(role=role))


def page(name, *args):
    return reverse(f"admin:economy_payment_{name}", args=args)


def test_the_queue_shows_what_waits_and_why(desk):
    purchase = subject("review")
    purchase.fraud_audit_id = FraudAudit.objects.create(
        user=purchase.user,
        action="shop.buy_limited",
        reference=purchase.reference,
        amount=purchase.amount,
        tier="review",
        score=55,
        matched_rules=["signals_unavailable"],
        shadow_rules=[],
        features={"amount": purchase.amount},
        signals=False,
        rules_version="none",
        created_at=purchase.created_at,
    ).pk
    purchase.save()
    subject("settle")
    economy = desk("economy")

    queue = economy.get(f"{page('changelist')}?status__exact=pending&review_state__exact=waiting").content.decode()
    shown = economy.get(page("change", purchase.pk)).content.decode()
    asked = economy.get(page("review", purchase.pk)).content.decode()

    assert queue.count('class="payment payment--waiting"') == 1
    assert "1" in queue
    assert "Redis" in shown
    assert "Redis" in asked


def test_a_review_is_decided_in_the_site_once(desk):
    purchase, economy = subject("review"), desk("economy")
    form = {"decision": "deny", "reason": "stolen card", "key": "review-00001"}

    for _ in "12":
        assert economy.post(page("review", purchase.pk), form).status_code == 302

    purchase.refresh_from_db()
    assert (purchase.status, purchase.review_state) == ("failed", "denied")
    assert purchase.transitions.filter(to_status="failed").count() == 1


def test_settling_by_hand_shows_what_the_provider_says_and_demands_a_receipt(desk):
    purchase, economy = subject("settle"), desk("economy")

    asked = economy.get(page("settle", purchase.pk)).content.decode()
    without = economy.post(page("settle", purchase.pk), {"outcome": "paid", "reason": "seen", "key": "settle-0001"})
    done = economy.post(
        page("settle", purchase.pk),
        {"outcome": "paid", "receipt_id": "rcp_there", "reason": "seen", "key": "settle-0002"},
    )

    assert 'value="rcp_there"' in asked
    assert without.status_code == 200
    assert done["Location"] == page("change", purchase.pk)
    purchase.refresh_from_db()
    assert purchase.status == "granted"


def test_a_refusal_is_told_and_changes_nothing(desk):
    purchase, economy = subject("refund"), desk("economy")

    answer = economy.post(
        page("refund", purchase.pk), {"amount": 99999, "reason": "asked by mail", "key": "refund-0001"}
    )

    assert answer.status_code == 200
    assert PaymentRefund.objects.count() == 0


@pytest.mark.parametrize("role", ["viewer", "support", "security"])
def test_others_look_but_do_not_touch(desk, role):
    purchases, client = {act: subject(act) for act in ACTS}, desk(role)

    assert client.get(page("changelist")).status_code == 200
    for act, purchase in purchases.items():
        assert client.get(page("change", purchase.pk)).status_code == 200
        expected = 200 if (role, act) == ("security", "review") else 403
        assert client.get(page(act, purchase.pk)).status_code == expected
    assert client.get(reverse("admin:economy_paymentrefund_changelist")).status_code == 200
