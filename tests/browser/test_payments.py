"""Paying in a browser: our page, the sandbox's page, and back again."""

import pytest
from playwright.sync_api import expect

from economy.fraud.models import FraudAudit
from economy.shop.models import Purchase
from tests import factories
from tests.economy import shop_things as shop
from tests.economy.sandbox_process import KEY, SECRET, SandboxProcess

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(live_server, tmp_path, settings):
    sandbox = SandboxProcess(tmp_path, f"{live_server.url}/api/webhooks/sandbox")
    settings.PAYMENTS_PROVIDER = "sandbox"
    settings.SANDBOX_PAY_URL, settings.SANDBOX_PAY_SECRET, settings.SANDBOX_PAY_KEY = sandbox.url, SECRET, KEY
    yield sandbox
    sandbox.wait_until_acknowledged()
    sandbox.kill()


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (1280, "en")])
def test_a_payer_pays_at_the_provider_and_comes_back_to_the_goods(
    page, signed_in, sandbox, picture, assert_accessible, width, language
):
    item = shop.package(name="보름달 꾸러미", name_en="Full moon bundle", gems=500, gold=20_000, vip_points=50)
    purchase = shop.buy(signed_in(), item)
    page.goto(f"/pay/{purchase.pk}")
    picture("pay", full=True)
    assert_accessible()

    page.locator("#pay form button").click()
    page.wait_for_url(f"{sandbox.url}/checkout/*")
    page.locator("summary").click()
    picture("pay-sandbox", full=True)
    assert_accessible()
    page.locator("[name=delay]").nth(0).evaluate("input => input.value = '3600'")
    page.locator(".approve").click()
    page.wait_for_url(f"**/pay/{purchase.pk}")
    expect(page.locator("#pay.pay--waiting")).to_be_visible()
    picture("pay-waiting", full=True)
    assert_accessible()

    sandbox.deliver_late_ones()
    expect(page.locator("#pay.pay--done")).to_be_visible(timeout=15_000)
    expect(page.locator("[data-figure=gems]").first).to_have_attribute("value", "500")
    picture("pay-done", full=True)
    assert_accessible()


@pytest.mark.parametrize("javascript", [False])
def test_a_payer_without_scripts_pays_too(page, signed_in, sandbox, picture, assert_accessible):
    purchase = shop.buy(signed_in(), shop.package())
    page.goto(f"/pay/{purchase.pk}")
    page.locator("#pay form button").click()
    page.locator(".decline").click()
    page.wait_for_url(f"**/pay/{purchase.pk}")

    for _ in range(20):
        if page.locator("#pay.pay--failed").count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator("#pay.pay--failed")).to_be_visible()
    picture("pay-declined", full=True)


@pytest.mark.parametrize(("width", "language"), [(1280, "ko"), (360, "en")])
def test_an_operator_looks_at_a_review_and_lets_it_be_paid(
    page, signed_in, picture, assert_accessible, width, language
):
    purchase = shop.buy(factories.player(), shop.package(), review=True)
    audit = FraudAudit.objects.create(
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
    )
    Purchase.objects.filter(pk=purchase.pk).update(fraud_audit_id=audit.pk)
    signed_in(factories.operator(superuser=True))
    page.goto("/admin/economy/payment/")
    picture("admin-payments", full=True)
    page.goto(f"/admin/economy/payment/{purchase.pk}/change/")
    picture("admin-payment", full=True)
    page.locator(f"a[href$='/{purchase.pk}/review/']").click()
    picture("admin-review", full=True)
    page.locator("[name=decision][value=approve]").check()
    page.locator("[name=reason]").fill("known customer")
    page.locator("[type=submit].default").click()

    expect(page.locator(".messagelist .success")).to_be_visible()
    purchase.refresh_from_db()
    assert purchase.holds
