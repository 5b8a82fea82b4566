"""Home in a browser: visitors see what the club offers, players collect their day."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])


@everywhere
@both_languages
def test_a_visitor_sees_the_club_and_the_way_in(page, language, picture, assert_accessible):
    page.goto("/")
    words = {"ko": "로그인하고 출석 보상 받기", "en": "Sign in and collect the attendance reward"}
    expect(page.get_by_role("link", name=words[language])).to_be_visible()
    expect(page.locator("#streak-preview-title")).to_have_text(
        {"ko": "이번 주 출석", "en": "This week's attendance"}[language]
    )
    picture("home-visitor")
    assert_accessible()


def test_a_visitor_makes_no_private_call(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.evaluate("dispatchEvent(new Event('focus')); document.body.dispatchEvent(new Event('balances'))")
    page.wait_for_timeout(300)
    assert [url for url in asked if "/static/" not in url and "/api/metrics/" not in url] == [page.url]


@everywhere
@both_languages
def test_a_player_collects_the_day_and_sees_the_balance_of_the_server(
    page, signed_in, width, picture, assert_accessible
):
    user = signed_in()
    with page.expect_response("**/streak/week"):
        page.goto("/")
    picture("home-player")
    assert_accessible()
    before = int(page.locator("[data-figure=gold]").get_attribute("value"))
    button = page.locator("#streak-week form button")
    assert button.bounding_box()["y"] + button.bounding_box()["height"] < page.viewport_size["height"] - (
        64 if width == 360 else 0
    )

    button.click()

    expect(page.locator("#streak-week .day--claimed")).to_have_count(1)
    expect(page.locator("[data-figure=gold]")).not_to_have_attribute("value", str(before))
    user.wallet.refresh_from_db()
    assert int(page.locator("[data-figure=gold]").get_attribute("value")) == user.wallet.gold
    expect(page.locator("#toasts .toast--success")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "streak-week-title"
    picture("home-collected")
    assert_accessible()


def test_attending_by_itself_leaves_the_focus_alone(page, signed_in):
    signed_in()
    with page.expect_response("**/streak/week"):
        page.goto("/")
    expect(page.locator("#streak-week .htmx-request, #streak-week.htmx-request")).to_have_count(0)

    assert page.evaluate("document.activeElement === document.body")


def test_a_refresh_under_the_focus_keeps_it_in_the_panel(page, signed_in):
    signed_in()
    with page.expect_response("**/streak/week"):
        page.goto("/")
    page.locator("#streak-week form button").focus()

    with page.expect_response("**/streak/week"):
        page.evaluate("document.body.dispatchEvent(new Event('attended'))")

    page.wait_for_function("document.activeElement.id === 'streak-week-title'")


def test_a_double_click_collects_once_even_while_the_panel_refreshes(page, signed_in, faults):
    faults.expect("streak/week.*ERR_ABORTED|console: htmx:")
    signed_in()
    page.route("**/streak/week", lambda route: None)
    with page.expect_request("**/streak/week"):
        page.goto("/")
    posts = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.locator("#streak-week form button").dblclick()
    expect(page.locator("#streak-week .day--claimed")).to_have_count(1)
    assert len(posts) == 1


@pytest.mark.parametrize("javascript", [False])
def test_collecting_works_without_javascript(page, signed_in):
    signed_in()
    page.goto("/")
    page.locator("#streak-week form button").click()
    expect(page.locator("#streak-week .day--claimed")).to_have_count(1)
    expect(page.locator("#toasts .toast")).to_be_visible()


def test_a_lost_network_is_said_and_tried_again(page, signed_in, faults):
    faults.expect("ERR_INTERNET_DISCONNECTED|console: htmx:")
    signed_in()
    page.goto("/")
    page.context.set_offline(True)
    expect(page.locator("[data-connection]")).to_contain_text("오프라인이에요")
    page.locator("#streak-week form button").click()
    expect(page.locator("#toasts")).to_contain_text("다시 시도하고 있어요")
    page.context.set_offline(False)
    expect(page.locator("#streak-week .day--claimed")).to_have_count(1)
    expect(page.locator("[data-connection]")).to_be_hidden()


def test_a_level_up_is_celebrated_once(page, signed_in):
    signed_in()
    page.goto("/")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('levelUp', {detail: {level: 7}}))")
    expect(page.locator("#level-up")).to_contain_text("7")
    page.keyboard.press("Escape")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('levelUp', {detail: {level: 7}}))")
    expect(page.locator("#level-up")).to_be_hidden()


def test_the_language_switch_works_and_stays(page):
    page.goto("/")
    page.locator(".topbar").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@everywhere
def test_an_unknown_address_is_told_in_the_same_look(page, faults, picture, assert_accessible):
    faults.expect("404")
    page.goto("/no-such-card")
    expect(page.get_by_role("heading", level=1)).to_have_text("덱에 없는 패예요")
    picture("not-found")
    assert_accessible()
