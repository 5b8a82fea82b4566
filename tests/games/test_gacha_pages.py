"""The box and the album: who may see them, what they say, and nothing inline."""

import re

import pytest

from casino_club.core import clock
from games.fairness.models import SeedPair
from games.gacha.demo import demo_banners
from games.gacha.models import Banner
from tests import factories

pytestmark = pytest.mark.django_db
PATHS = pytest.mark.parametrize("path", ["/games/gacha", "/inventory"])


@pytest.fixture
def boxes():
    demo_banners(now=clock.now())


@PATHS
def test_they_are_for_players_only(client, path):
    assert client.get(path)["Location"] == f"/login?next={path}"


@PATHS
def test_they_carry_nothing_inline_and_are_read_only(boxes, path):
    browser = factories.browser(factories.player())
    page = browser.get(path).content.decode()

    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert all('type="application/json"' in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert browser.post(path).status_code == 405


def test_the_box_shows_rates_with_and_without_pity_and_the_commitment(boxes):
    player = factories.player()

    page = factories.browser(player).get("/games/gacha").content.decode()

    for figure in ("2.5%", "3.4818%", "59.3958%", "28.72", "늦어도 50번 안에 광이 나와요"):
        assert figure in page
    pair = SeedPair.objects.get(player=player)
    assert pair.server_seed_hash in page
    assert bytes(pair.server_seed).hex() not in page


@pytest.mark.parametrize("wanted", ["", "0", "99999999999999999999", "abc", "\x00"])
def test_an_unknown_box_shows_the_first(boxes, wanted):
    answer = factories.browser(factories.player()).get("/games/gacha", {"banner": wanted})

    assert answer.context["banner"] == Banner.objects.order_by("sort_order").first()


def test_without_a_box_on_sale_the_page_says_so():
    page = factories.browser(factories.player()).get("/games/gacha").content.decode()

    assert "지금 열린 함이 없어요" in page


def test_the_lobby_leads_to_the_box(client):
    page = client.get("/games").content.decode()

    assert 'href="/games/gacha"' in page
    assert "50번 안에 ‘광’ 패 보장" in page


def test_the_odds_book_names_the_boxes_that_each_version_is_for(boxes, client):
    page = client.get("/odds").content.decode()

    for banner in Banner.objects.all():
        assert page.count(f": {banner.title_ko}") == 2  # what is stated, and what was observed
