"""The slot's table in a browser: what the server answered is what is shown, once a spin."""

import json

import pytest
from playwright.sync_api import expect

from accounts.sessions.models import RevokedFor
from accounts.sessions.services import revoke_all
from casino_club.core import clock
from economy.ledger.selectors import wallet_of
from games.fairness.models import SeedPair
from games.rounds.models import Round
from games.slot import rules
from games.slot.models import FreeSpins

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])
MOONS = tuple(strip.index("moon") for strip in rules.CURRENT.strips)
SCATTERS = (0, 0, rules.CURRENT.strips[2].index("scatter"), 0, rules.CURRENT.strips[4].index("scatter"))
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins)


@pytest.fixture
def stop_at(monkeypatch):
    def choose(stops):
        monkeypatch.setattr(rules, "draw_stops", lambda draw: stops)

    return choose


@pytest.fixture
def confetti(page):
    """The scraps of paper that the page has fetched so far."""
    fetched = []
    page.on("request", lambda sent: fetched.append(sent.url) if "canvas-confetti" in sent.url else None)
    return fetched


@pytest.fixture
def table(page, signed_in):
    """A player at the table: `player, spin button`."""
    player = signed_in()
    page.goto("/games/slot")
    return player, page.locator("[data-spin]")


def _played(player, count):
    assert Round.objects.filter(player=player).count() == count


@everywhere
@both_languages
def test_the_table_shows_the_round_and_the_balance_of_the_server(
    page, table, width, language, stop_at, picture, assert_accessible
):
    player, button = table
    picture("slot")
    assert_accessible()
    box = button.bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"] - (64 if width == 360 else 0)
    stop_at(MOONS)

    button.click()

    result = page.get_by_role("status").filter(has_text={"ko": "잭팟!", "en": "Jackpot!"}[language])
    expect(result).to_be_visible()
    expect(page.locator("#balances [data-figure=gold]")).to_have_attribute("value", str(wallet_of(player.pk).gold))
    expect(page.locator("[data-win-figure]")).to_have_text("+" + f"{Round.objects.get(player=player).win:,}")
    expect(page.locator(".win-line").first).to_be_attached()
    assert page.locator(".card-face--hit").count() > 0
    assert_accessible()
    picture("slot-won")


def test_a_big_win_is_celebrated_and_any_press_ends_that(page, table, stop_at, confetti, picture):
    player, button = table
    page.emulate_media(reduced_motion="no-preference")
    stop_at(MOONS)
    button.click()

    counted = page.evaluate(
        """() => new Promise(done => {
            const frame = () => {
                if (!document.querySelector(".slot__win--big:not([hidden])")) return requestAnimationFrame(frame);
                const figure = document.querySelector("[data-win-figure]");
                const before = figure.textContent;
                document.querySelector(".felt").click();
                requestAnimationFrame(() => requestAnimationFrame(() => done([before, figure.textContent])));
            };
            frame();
        })"""
    )
    left = page.evaluate(
        """() => new Promise(done => {
            const frame = () => {
                if (!document.querySelector("canvas.celebration")) return requestAnimationFrame(frame);
                document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", bubbles: true }));
                requestAnimationFrame(() => done(document.querySelectorAll("canvas.celebration").length));
            };
            frame();
        })"""
    )

    whole = f"+{Round.objects.get(player=player).win:,}"
    assert counted[0] != whole
    assert counted[1] == whole
    assert left == 0
    assert confetti
    _played(player, 1)


def test_with_reduced_motion_a_big_win_is_big_at_once_and_nothing_falls(page, table, stop_at, confetti):
    player, button = table
    stop_at(MOONS)

    button.click()

    expect(page.locator(".slot__win--big")).to_be_visible()
    expect(page.locator("[data-win-figure]")).to_have_text("+" + f"{Round.objects.get(player=player).win:,}")
    expect(button).not_to_have_attribute("aria-busy", "true")
    page.reload()  # whatever was asked for before is known by now
    assert confetti == []


def test_a_double_click_is_one_spin(page, table):
    player, button = table

    button.dblclick()
    expect(button).not_to_have_attribute("aria-busy", "true")

    _played(player, 1)


def test_the_keyboard_spins_and_keeps_its_focus(page, table):
    player, button = table

    page.keyboard.press("Space")
    expect(page.locator("[data-result]")).not_to_be_empty()
    expect(button).not_to_have_attribute("aria-busy", "true")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).not_to_have_attribute("aria-busy", "true")

    _played(player, 2)
    expect(button).to_be_focused()


def test_a_lost_answer_is_asked_for_again_with_the_same_key(page, table, faults):
    player, button = table
    faults.expect("failed|Failed to load")
    keys = []

    def lose_the_first(route):
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # the server plays the round, its answer never arrives
            route.abort()
        else:
            route.continue_()

    page.route("**/api/games/slot/spin", lose_the_first)
    button.click()
    expect(page.locator("[data-result]")).not_to_be_empty()
    expect(button).not_to_have_attribute("aria-busy", "true")

    assert len(set(keys)) == 1
    assert len(keys) == 2
    _played(player, 1)


def test_a_network_that_stays_away_is_said_and_the_next_press_sends_the_same_spin(page, table, faults):
    player, button = table
    faults.expect("failed|Failed to load")
    keys = []
    page.on("request", lambda sent: keys.append(sent.headers.get("idempotency-key")) if "spin" in sent.url else None)
    page.route("**/api/games/slot/spin", lambda route: route.abort())
    button.click()
    expect(page.locator(".slot__result--refused")).to_contain_text("서버에 연결할 수 없어요", timeout=8000)
    page.unroute("**/api/games/slot/spin")

    button.click()
    expect(page.locator("[data-nonce]")).to_have_text("1")

    assert len(set(keys)) == 1
    _played(player, 1)


def test_a_bet_the_gold_does_not_cover_is_said_without_a_request(page, table):
    player, button = table
    page.locator("[data-bet]").fill("5000")

    button.click()

    expect(page.locator(".slot__result--refused")).to_have_text("골드가 부족해요.")
    _played(player, 0)


@pytest.mark.parametrize("value", ["", "19", "10001", "12.5", "abc", "-50"])
def test_a_bet_outside_the_table_is_said_beside_its_field(page, table, value):
    player, button = table
    field = page.locator("[data-bet]")
    field.fill(value)

    button.click()

    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(page.locator("[data-bet-help]")).to_have_text("20~10,000골드를 걸 수 있어요.")
    _played(player, 0)


def test_bet_and_lines_are_chosen_by_hand_and_kept(page, table):
    player, button = table
    page.locator("[data-quick-bet='500']").click()
    page.locator("[data-bet-step='1']").click()
    page.get_by_role("radio", name="10", exact=True).check(force=True)
    expect(page.locator("[data-bet-help]")).to_have_text("줄마다 100골드")

    button.click()
    expect(page.locator("[data-nonce]")).to_have_text("1")
    played = Round.objects.get(player=player)
    page.reload()

    assert (played.bet, played.outcome["lines"]) == (1000, 10)
    assert page.locator("[data-bet]").input_value() == "1000"
    assert page.get_by_role("radio", name="10", exact=True).is_checked()


@everywhere
def test_free_spins_are_shown_and_played(page, table, stop_at, picture, assert_accessible):
    player, button = table
    stop_at(SCATTERS)
    button.click()
    free = page.locator("[data-free]")
    expect(free).to_contain_text("무료 스핀 10회 남음 · 100골드, 20줄, 비용 없음")
    expect(button).to_have_text("무료 스핀")
    expect(page.locator("[data-bet]")).to_be_disabled()
    assert page.locator(".card-face--hit").count() == 3
    expect(button).not_to_have_attribute("aria-busy", "true")
    picture("slot-free")
    assert_accessible()

    stop_at(NOTHING)
    button.click()

    expect(free).to_contain_text("무료 스핀 9회 남음")
    assert FreeSpins.objects.get(player=player).left == 9
    page.reload()
    expect(free).to_contain_text("무료 스핀 9회 남음")


def test_reels_turn_by_transform_and_stop_on_the_servers_cards(chromium, live_server, page, table, stop_at):
    """With motion: `page` asks for none, so this window is its own."""
    player, _ = table
    context = chromium.new_context(base_url=live_server.url, storage_state=page.context.storage_state())
    moving = context.new_page()
    moving.goto("/games/slot")
    stop_at(MOONS)

    moving.locator("[data-spin]").click()
    places = moving.locator(".reel__strip").first.evaluate(
        """strip => new Promise(done => {
            const seen = new Set();
            const until = performance.now() + 4000;
            const look = () => {
                seen.add(strip.style.transform);
                if (seen.size > 3 || performance.now() > until) done(seen.size);
                else requestAnimationFrame(look);
            };
            look();
        })"""
    )
    expect(moving.locator("[data-spin]")).not_to_have_attribute("aria-busy", "true")

    assert places > 3
    tops = moving.locator(".reel__strip").evaluate_all(
        """strips => strips.map(strip => {
            const top = strip.parentElement.getBoundingClientRect().top;
            const card = Array.from(strip.children).find(one => Math.abs(one.getBoundingClientRect().top - top) < 2);
            return card.querySelector("use").getAttribute("href").split("#")[1];
        })"""
    )
    assert tops == ["card-moon"] * 5
    _played(player, 1)
    context.close()


@both_languages
def test_paytable_and_fairness_open_and_close(page, table, assert_accessible, picture):
    player, _ = table
    page.locator("[data-opens=paytable]").click()
    expect(page.locator("#paytable")).to_contain_text("2,500")
    assert_accessible()
    picture("slot-paytable")
    page.keyboard.press("Escape")
    page.locator("[data-opens=fairness]").click()
    expect(page.locator("#fairness [data-seed-hash]")).to_have_text(
        SeedPair.objects.get(player=player).server_seed_hash
    )
    assert_accessible()


def test_the_page_holds_no_secret(page, table):
    player, button = table
    button.click()
    expect(page.locator("[data-nonce]")).to_have_text("1")

    secret = bytes(SeedPair.objects.get(player=player).server_seed).hex()
    assert secret not in page.content()
    assert "stops" not in json.dumps(page.evaluate("document.getElementById('slot-table').textContent"))


@everywhere
@both_languages
def test_lobby_and_odds_are_open_to_everybody(page, picture, assert_accessible):
    page.goto("/games")
    assert_accessible()
    picture("lobby", full=True)
    page.goto("/odds")
    expect(page.get_by_text("95.5784%")).to_be_visible()
    assert_accessible()
    picture("odds", full=True)


def test_a_session_that_ended_elsewhere_is_told_with_the_way_back_in(page, table, faults):
    faults.expect("401")
    player, button = table
    revoke_all(user_id=player.pk, reason=RevokedFor.LOGOUT_ALL, now=clock.now())

    button.click()

    way_in = page.locator("#toasts .toast--warning").get_by_role("link", name="로그인")
    expect(way_in).to_have_attribute("href", "/login?next=%2Fgames%2Fslot")
    way_in.click()
    expect(page.locator("main [name=site_id]")).to_be_visible()
    _played(player, 0)
