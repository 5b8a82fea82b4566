"""Two-factor sign-in of an operator in a browser: set up, a code, a recovery code, and what is wrong said at the field."""

import pytest
from playwright.sync_api import expect

from casino_club.core import clock
from economy.onboarding.services import open_wallet
from tests import factories
from tests.accounts.authenticator import enrol, shown

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def boss():
    boss = factories.operator(superuser=True)
    open_wallet(user_id=boss.pk, now=clock.now())  # the pages around it are the players'
    return boss


@pytest.fixture
def sign_in(page, boss):
    def sign_in() -> None:
        page.goto("/login?next=/admin/")
        page.locator("[name=site_id]").fill(boss.site_id)
        page.locator("[name=password]").fill(factories.PASSWORD)
        page.locator("form[data-signin] .button--primary").click()

    return sign_in


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (768, "ko"), (1280, "ko")])
def test_an_operator_who_must_have_it_sets_it_up_and_keeps_the_codes(
    page, boss, sign_in, settings, faults, width, language, picture, assert_accessible
):
    settings.OPERATOR_2FA_REQUIRED = True
    faults.expect("admin/stream")  # the test server has no streams: the page asks instead
    sign_in()
    page.wait_for_url("**/two-factor/setup?next=*")
    expect(page.locator(".setup__qr")).to_be_visible()
    assert page.locator(".setup__qr").evaluate("image => image.naturalWidth") > 0
    page.locator("details summary").click()
    picture("twofactor-setup", full=True)
    assert_accessible()

    page.locator("[name=code]").fill(shown(boss, now=clock.now()))
    page.locator("form[data-signin] .button--primary").click()

    expect(page.locator(".recovery li")).to_have_count(10)
    picture("twofactor-codes", full=True)
    assert_accessible()
    page.locator(".entrance__panel .button--primary").click()
    page.wait_for_url("**/admin/")
    expect(page.locator("#site-name")).to_be_visible()


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_an_operator_proves_it_after_a_wrong_code(page, boss, sign_in, faults, kind, picture, assert_accessible):
    faults.expect("admin/stream")
    faults.expect(r"/two-factor")  # the answer to a wrong code is a refusal
    codes = enrol(boss)
    sign_in()
    page.wait_for_url("**/two-factor?next=*")
    assert_accessible()

    page.locator("[name=code]").fill("000000")
    page.locator("form[data-signin] .button--primary").click()
    expect(page.locator(".errorlist, [role=alert]").first).to_be_visible()
    picture("twofactor-wrong", full=True)
    assert_accessible()
    page.goto("/admin/accounts/user/")
    page.wait_for_url("**/two-factor?next=*")

    code = codes[0] if kind == "recovery code" else shown(boss, now=clock.now())
    page.locator("[name=code]").fill(code)
    page.locator("form[data-signin] .button--primary").click()
    page.wait_for_url("**/admin/accounts/user/")

    page.goto("/two-factor")
    expect(page.locator("#two-factor-title")).to_be_visible()
    left = 9 if kind == "recovery code" else 10
    expect(page.locator(".entrance__head")).to_contain_text(str(left))
    picture("twofactor-status", full=True)
    assert_accessible()
