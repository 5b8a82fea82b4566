"""Fraud on the operators' site in a browser: rules with their hits, a decision in words, a back-test with what would flip."""

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from economy.fraud import rulebook
from economy.fraud.models import FraudAudit
from economy.fraud.rules import Attempt
from economy.fraud.services import assess
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stopped(monkeypatch):
    monkeypatch.setattr(rulebook, "book", rulebook.Rulebook())
    player = factories.player().pk
    attempt = Attempt(player, "shop.buy", 330_000, "a" * 64, "203.0.113.9", "device-0001", "order-1")
    for _ in range(21):
        decision = assess(attempt=attempt, now=clock.now())
    return FraudAudit.objects.get(pk=decision.audit_id)


@pytest.mark.parametrize(("width", "language"), [(360, "ko"), (1280, "ko"), (1280, "en")])
def test_rules_decisions_and_the_back_test_can_be_read(page, signed_in, stopped, language, picture, assert_accessible):
    signed_in(factories.operator(role="security"))

    page.goto("/admin/economy/fraudrules/")
    expect(page.get_by_text("many_attempts")).to_be_visible()
    picture("fraud-rules", full=True)
    assert_accessible()

    page.goto("/admin/economy/fraudaudit/")
    picture("fraud-decisions", full=True)
    assert_accessible()

    page.goto(f"/admin/economy/fraudaudit/{stopped.pk}/change/")
    expect(page.locator(".fraud-again")).to_be_visible()
    picture("fraud-decision", full=True)
    assert_accessible()

    page.goto("/admin/economy/fraudrules/backtest")
    source = page.locator("textarea")
    source.fill(source.input_value().replace("value: 20}", "value: 10}"))
    page.locator("input[type=submit]").click()
    expect(page.locator(".fraud-verdict")).to_be_visible()
    picture("fraud-backtest", full=True)
    assert_accessible()

    page.locator("textarea").fill("tiers: none")
    page.locator("input[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    picture("fraud-backtest-fault", full=True)
    assert_accessible()
