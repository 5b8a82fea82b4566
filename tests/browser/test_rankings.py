"""Rankings, the lobby's news, the odds book and a player's statistics, as people see them."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from playwright.sync_api import expect

from casino_club.core import clock
from economy.ledger.rules import Asset, Move
from economy.ledger.services import post
from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from games.odds import services as odds
from games.publicity.services import set_hidden
from games.rankings.services import close_boards
from games.slot import rules as slot
from games.slot.services import spin
from tests import factories
from tests.games.playing import play_everything

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])
NAMES = [
    "달빛사냥꾼",
    "두루미",
    "매화향기",
    "Moonlight",
    "벚꽃엔딩",
    "국화주",
    "단풍잎",
    "솔바람",
    "Hwatu_King",
    "청단왕",
    "홍단이",
    "고도리",
]


def _won(player, amount, at):
    reference = f"test:{at.isoformat()}"
    with transaction.atomic():
        post(
            player.pk,
            [Move(Asset.GOLD, amount, "slot.win", reference), Move(Asset.XP, amount, "play.xp", reference)],
            now=at,
        )


@pytest.fixture
def crowd():
    """A hundred and ten players of whom the first have names worth reading, one of them hidden."""
    now, chance = clock.now(), random.Random(3)
    players = [factories.player(nickname=name) for name in NAMES] + [factories.player() for _ in range(98)]
    for place, player in enumerate(players):
        for at in (now, now - timedelta(days=1)):
            _won(player, 120_000 // (place + 1) + chance.randint(10, 90), at)
    set_hidden(player_id=players[4].pk, hidden=True, now=now)
    return players


@everywhere
@both_languages
def test_the_board_with_my_line_in_sight(page, signed_in, crowd, width, language, picture, assert_accessible):
    _won(signed_in(), 5, clock.now())
    close_boards(now=clock.now() + timedelta(minutes=6))

    page.goto("/rankings")

    mine = page.locator("[data-mine]")
    expect(mine).to_be_in_viewport()
    expect(mine).to_contain_text("111")
    expect(page.locator(".ranks__meta")).to_contain_text("111")
    picture("rankings")
    picture("rankings-whole", full=True)
    assert_accessible()


@everywhere
def test_the_boards_other_states(page, signed_in, width, picture, assert_accessible):
    signed_in()
    for name, query in (("rankings-empty", ""), ("rankings-no-season", "?span=season")):
        page.goto(f"/rankings{query}")
        expect(page.locator(".state")).to_be_visible()
        picture(name, full=True)
        assert_accessible()


def test_a_past_board_is_opened_by_its_link(page, signed_in, crowd):
    signed_in(crowd[3])
    close_boards(now=clock.now() + timedelta(minutes=6))
    page.goto("/rankings")

    page.locator(".ranks__past a").first.click()

    expect(page.locator(".place--me").first).to_contain_text("Moonlight")
    expect(page.locator(".ranks__meta")).to_contain_text("확정")


def test_the_name_is_hidden_by_a_button(page, signed_in, crowd):
    signed_in(crowd[0])
    page.goto("/rankings")

    page.get_by_role("button", name="내 이름 숨기기").click()

    expect(page.get_by_role("button", name="내 이름 보이기")).to_be_visible()


@everywhere
@both_languages
def test_the_lobby_with_its_news(page, signed_in, width, language, picture, assert_accessible, monkeypatch):
    signed_in()
    page.goto("/games")
    picture("lobby-quiet", full=True)
    for number, name in enumerate(NAMES[:6]):
        player = factories.player(nickname=name)
        with monkeypatch.context() as patched:
            patched.setattr(
                slot, "draw_stops", lambda draw: tuple(strip.index("moon") for strip in slot.CURRENT.strips)
            )
            spin(
                player_id=player.pk,
                bet_amount=20 + number * 20,
                lines=20,
                now=clock.now() - timedelta(minutes=7 * number),
            )

    page.goto("/games")

    expect(page.locator(".wins__row")).to_have_count(6)
    picture("lobby-news", full=True)
    assert_accessible()


@everywhere
@both_languages
def test_the_odds_book_states_and_observes(page, signed_in, width, language, picture, assert_accessible):
    player = signed_in()
    play_everything(player, now=clock.now() - timedelta(hours=2), times=4)
    odds.observe(now=clock.now() + timedelta(minutes=10))

    page.goto("/odds")
    picture("odds", full=True)
    for summary in page.locator("#observed summary").all():
        summary.click()
    page.locator("#observed").scroll_into_view_if_needed()
    picture("odds-observed", full=True)

    expect(page.locator("#observed table").first).to_be_visible()
    assert_accessible()


@everywhere
@both_languages
def test_the_profile_with_thirty_days_of_play(page, signed_in, width, language, picture, assert_accessible):
    player = signed_in()
    page.goto("/profile")
    picture("profile-no-play", full=True)
    assert_accessible()
    now = clock.now()
    with transaction.atomic():
        grant(
            player_id=player.pk,
            reward_type="TEST",
            amounts=Amounts(gold=20_000),
            key="more",
            reason="reward.grant",
            now=now,
        )
    for day in range(28, -1, -1):
        for _ in range(day % 4):
            spin(player_id=player.pk, bet_amount=100, lines=20, now=now - timedelta(days=day))

    page.goto("/profile")

    expect(page.locator(".stats__plot")).to_be_visible()
    page.get_by_text({"ko": "표로 보기", "en": "As a table"}[language]).click()
    page.evaluate("scrollTo(0, 0)")
    picture("profile-stats", full=True)
    assert_accessible()
