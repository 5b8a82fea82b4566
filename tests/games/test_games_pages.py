"""The games' pages: who may see them, and what they must say."""

import re

import pytest

from games.fairness.models import SeedPair
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/games", "/odds"])
def test_lobby_and_odds_are_open_to_everybody(client, path):
    assert client.get(path).status_code == 200


def test_the_table_is_for_players_only(client):
    answer = client.get("/games/slot")

    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=/games/slot"


def test_without_javascript_the_table_says_what_it_needs():
    page = factories.browser(factories.player()).get("/games/slot").content.decode()

    (said,) = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert "자바스크립트가 필요해요" in said


def test_the_table_shows_the_commitment_and_not_the_seed():
    player = factories.player()
    page = factories.browser(player).get("/games/slot").content.decode()

    pair = SeedPair.objects.get(player=player)
    assert pair.server_seed_hash in page
    assert bytes(pair.server_seed).hex() not in page


@pytest.mark.parametrize("path", ["/games", "/odds", "/games/slot"])
def test_pages_carry_no_inline_style_or_script(path):
    page = factories.browser(factories.player()).get(path).content.decode()

    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert all('type="application/json"' in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("path", ["/games", "/odds", "/games/slot"])
def test_pages_are_read_only(path):
    assert factories.browser(factories.player()).post(path).status_code == 405
