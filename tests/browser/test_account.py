"""The account's pages in a browser: joining, coming in, being locked out, one's own page."""

import pytest
from playwright.sync_api import expect

from accounts.users.models import User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])


def fill_in(page, name: str, password: str) -> None:
    page.locator("[name=site_id]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main form button:not([type=button])").click()


@everywhere
@both_languages
def test_a_newcomer_joins_and_lands_at_home_with_the_welcome_gold(page, picture, assert_accessible):
    factories.invite(code="COME-IN")
    page.goto("/signup")
    picture("signup", full=True)
    assert_accessible()
    page.locator("[name=invite_code]").fill("NOPE")
    page.locator("[name=nickname]").fill("달빛")
    page.locator("[name=age_confirmed]").check()
    fill_in(page, "moon", factories.PASSWORD)
    expect(page.locator("[name=invite_code]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=nickname]")).to_have_value("달빛")
    picture("signup-refused", full=True)
    assert_accessible()
    page.locator("[name=invite_code]").fill("COME-IN")
    page.locator("[name=password]").fill(factories.PASSWORD)
    page.locator("main form button:not([type=button])").click()
    expect(page.locator("[data-figure=gold]").first).to_have_attribute("value", "1000")
    picture("signup-done")


@everywhere
@both_languages
def test_a_wrong_password_is_told_and_a_lock_counts_down(page, faults, picture, assert_accessible):
    factories.player(site_id="moon")
    page.goto("/login?next=/profile")
    picture("login")
    assert_accessible()
    for _ in range(5):
        fill_in(page, "moon", "wrong-password")
        expect(page.locator("[name=password]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=password]")).to_be_focused()
    expect(page.locator("[name=site_id]")).to_have_value("moon")
    picture("login-refused")
    assert_accessible()

    faults.expect("429")
    fill_in(page, "moon", factories.PASSWORD)

    expect(page.locator("[data-lock]")).to_contain_text("9:5")
    expect(page.locator("main form button:not([type=button])")).to_be_disabled()
    picture("login-locked")
    assert_accessible()


@pytest.mark.parametrize("javascript", [True, False])
def test_signing_in_and_out_with_and_without_javascript(page, faults):
    faults.expect("favicon.svg net::ERR_ABORTED")  # the next page was asked for before the icon had come
    factories.player(site_id="moon", nickname="달빛")
    page.goto("/login?next=/profile")
    fill_in(page, "달빛", factories.PASSWORD)
    expect(page.locator("h1")).to_have_text("달빛")
    page.locator("main form[action='/logout'] button").click()
    expect(page).to_have_url(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/")
    page.goto("/profile")
    expect(page.locator("[name=password]")).to_be_visible()


@everywhere
@both_languages
def test_ones_own_page(page, signed_in, picture, assert_accessible):
    user = signed_in(factories.player(site_id="moon", nickname="달빛", email="moon@example.com"))
    factories.session(user)
    page.goto("/profile")
    picture("profile", full=True)
    assert_accessible()
    expect(page.locator(".sessions__item")).to_have_count(2)
    page.locator(".sessions__item form button").click()
    expect(page.locator(".sessions__item")).to_have_count(1)
    page.locator("[name=nickname]").fill("별빛")
    page.locator("select[name=language]").select_option("en")
    page.locator("main form:has([name=nickname]) button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert User.objects.get(pk=user.pk).nickname == "별빛"


@everywhere
def test_a_one_time_password_is_changed_before_anything_else(page, signed_in, picture, assert_accessible):
    signed_in(factories.player(must_change_password=True))
    page.goto("/")
    expect(page.locator("[name=current_password]")).to_be_visible()
    picture("password-required")
    assert_accessible()
    page.locator("[name=current_password]").fill(factories.PASSWORD)
    page.locator("[name=new_password]").fill("crane-over-the-hill")
    page.locator("main form button:not([type=button])").click()
    expect(page.locator("#toasts .toast--success")).to_be_visible()
