"""Settings, VIP and the safety net in a browser: looked at, reachable without scripts, accessible."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from casino_club.core import clock
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.limits.rules import Kind
from economy.limits.services import pause, set_limits
from economy.rewards.models import UserReward
from games.slot.services import spin

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])


def leave(player, gold):
    with transaction.atomic():
        held = ledger.lock_wallet(player.pk).gold
        ledger.post(player.pk, [Move(Asset.GOLD, gold - held, "adjustment", "left")], now=clock.now())


@everywhere
@both_languages
def test_limits_are_set_and_shown(page, signed_in, picture, assert_accessible):
    player, now = signed_in(), clock.now()
    set_limits(player_id=player.pk, wanted={Kind.WAGER: 2000, Kind.MINUTES: 60}, now=now)
    set_limits(player_id=player.pk, wanted={Kind.WAGER: None}, now=now)
    spin(player_id=player.pk, bet_amount=120, lines=20, now=now)
    page.goto("/settings")
    picture("settings", full=True)
    assert_accessible()

    page.locator("#id_daily_loss").fill("500")
    page.locator("#id_daily_minutes").fill("none")
    page.locator("form[action$=limits] button").click()
    expect(page.locator("#id_daily_minutes")).to_have_attribute("aria-invalid", "true")
    picture("settings-refused", full=True)
    assert_accessible()
    page.locator("#id_daily_minutes").fill("45")
    page.locator("form[action$=limits] button").click()

    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(page.locator("#id_daily_loss")).to_have_value("500")


@pytest.mark.parametrize("javascript", [False])
def test_a_break_is_begun_without_scripts_and_only_after_a_yes(page, signed_in):
    signed_in()
    page.goto("/settings")
    page.locator("form[action$=pause] button").click()
    expect(page.locator("form[action$=pause] .errorlist")).to_be_visible()
    page.locator("#id_pause-understood").check()
    page.locator("form[action$=pause] button").click()
    expect(page.locator(".notice--warning")).to_be_visible()


@everywhere
@both_languages
def test_a_bet_during_a_break_is_told_why(page, signed_in, faults, language, picture):
    faults.expect("409|console")
    player = signed_in()
    pause(player_id=player.pk, hours=24, now=clock.now())
    page.goto("/settings")
    picture("settings-pause", full=True)
    page.goto("/games/slot")
    page.locator("[data-spin]").click()
    words = {"ko": "쉬어 가는 중이에요", "en": "taking a break"}[language]
    expect(page.locator("[data-result], #toasts .toast").filter(has_text=words).first).to_be_visible()
    picture("slot-pause")


@everywhere
@both_languages
def test_vip_points_are_collected_once(page, signed_in, picture, assert_accessible):
    player = signed_in()
    page.goto("/")
    page.locator("#vip-panel").scroll_into_view_if_needed()
    picture("vip", full=True)
    page.locator("#vip-panel form button").click()
    expect(page.locator("#vip-panel .badge--success")).to_be_visible()
    expect(page.locator("#vip-panel [data-mirror=vip_points]")).to_have_text("50")
    assert page.evaluate("document.activeElement.id") == "vip-title"
    picture("vip-collected", full=True)
    assert_accessible()
    assert UserReward.objects.filter(user=player, reward_type="VIP_DAILY").count() == 1


@pytest.mark.parametrize("javascript", [False])
def test_vip_points_need_no_scripts(page, signed_in):
    signed_in()
    page.goto("/")
    page.locator("#vip-panel form button").click()
    expect(page.locator("#vip-panel .badge--success")).to_be_visible()


@everywhere
@both_languages
def test_whoever_is_out_of_gold_finds_the_safety_net(page, signed_in, language, picture, assert_accessible):
    player = signed_in()
    leave(player, 4)
    page.goto("/games/slot")
    picture("safety-net")
    assert_accessible()
    page.locator("#safety-net form button").click()
    expect(page.locator("[data-figure=gold]")).to_have_attribute("value", "104")
    expect(page.locator("#safety-net section")).to_have_count(0)
    with transaction.atomic():
        ledger.post(player.pk, [Move(Asset.GOLD, -104, "adjustment", "again")], now=clock.now())
    page.goto("/")
    expect(page.locator("#safety-net")).to_contain_text(
        {"ko": "골드가 부족해요. 30분 뒤 안전망 보상을 받을 수 있어요.", "en": "opens in 30 minutes"}[language]
    )
    picture("safety-net-waiting")
    assert_accessible()
