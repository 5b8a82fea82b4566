"""Each round recomputed from its revealed seed: by rule, by command, on its page and in the history."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from games.fairness.models import SeedPair
from games.fairness.services import rotate
from games.proofs.rules import GAMES, Facts, Seeds, UnknownOdds, checks_of, published
from games.proofs.selectors import proof_of
from games.proofs.standalone import script_of, standalone
from games.rounds.models import Game, Round
from tests import factories
from tests.games.playing import play_everything

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VECTORS = json.loads((Path(__file__).parents[2] / "docs" / "fairness-vectors.json").read_text())["rounds"]
REPLICA = "SET LOCAL session_replication_role = replica"  # lets a test do what triggers forbid


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def played(player):
    """Rounds of every game, not revealed yet."""
    play_everything(player, now=NOW)
    return player


@pytest.fixture
def revealed(played):
    rotate(player_id=played.pk, now=NOW)
    return played


def _command(*arguments, **options):
    out = StringIO()
    call_command("verify_round", *arguments, stdout=out, **options)
    return out.getvalue()


def _tamper(sql):
    with connection.cursor() as cursor:
        cursor.execute(REPLICA)
        cursor.execute(sql)


def test_every_game_of_the_house_can_be_recomputed_and_is_published():
    assert set(GAMES) == set(published()) == set(Game.values)


def test_every_round_is_what_its_seed_gives(revealed):
    for played in Round.objects.select_related("seed_pair"):
        proof = proof_of(played)
        assert proof.holds, (played.game, proof.failed)
        assert len(proof.checks) >= 3


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_rounds_hold(vector):
    """A number changed without a new version shows here: rounds of the version no longer give what was published."""
    fair = vector["fairness"]
    facts = Facts(
        multiplier=round(vector["multiplier"] * 100),
        **{name: vector[name] for name in ("game", "odds_version", "bet", "win", "outcome", "previous")},
    )
    seeds = Seeds(bytes.fromhex(fair["server_seed"]), fair["server_seed_hash"], fair["client_seed"], fair["nonce"])

    assert [check for check in checks_of(facts, seeds) if not check.holds] == []


def test_rounds_of_every_version_are_published():
    assert {(vector["game"], vector["odds_version"]) for vector in VECTORS} == {
        (name, version) for name, game in GAMES.items() for version in game.odds
    }


def test_the_command_verifies_a_round_and_all_rounds(revealed):
    one = Round.objects.first()

    said = _command(one.pk)

    assert f"Round {one.pk} is exactly what its seed gives." in said
    assert one.seed_pair.server_seed_hash in said
    assert f"{Round.objects.count()} rounds verified; 0 wait" in _command(all=True)


def test_a_sealed_round_is_said_to_be_sealed(played):
    one = Round.objects.first()

    with pytest.raises(CommandError, match="is not revealed yet. Its player reveals it by changing the seeds") as said:
        _command(one.pk)

    assert one.seed_pair.server_seed_hash in str(said.value)
    assert bytes(one.seed_pair.server_seed).hex() not in str(said.value)
    assert f"0 rounds verified; {Round.objects.count()} wait for their seed" in _command(all=True)


@pytest.mark.parametrize("arguments", [(), (1, "--all"), (10**6,)])
def test_the_command_says_what_it_needs(arguments):
    with pytest.raises(CommandError, match="Give a round|There is no round"):
        _command(*arguments)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE games_round SET win = win + 1 WHERE game = '{game}'",
        "UPDATE games_round SET nonce = nonce + 1000 WHERE game = '{game}'",
        "UPDATE games_seedpair SET server_seed_hash = repeat(md5(id::text), 2)",
        "UPDATE games_seedpair SET client_seed = 'another'",
    ],
)
@pytest.mark.parametrize("game", [Game.SLOT, Game.CRASH])  # of three hands, other seeds may give the same
def test_a_tampered_round_is_found(revealed, sql, game):
    _tamper(sql.format(game=game))
    one = Round.objects.filter(game=game).first()

    with pytest.raises(CommandError, match="is NOT what its seed gives"):
        _command(one.pk)
    with pytest.raises(CommandError, match="NOT what their seeds give") as said:
        _command(all=True)
    assert str(one.pk) in str(said.value)


def test_swapped_cards_are_found(revealed):
    _tamper(
        """UPDATE games_round SET outcome = jsonb_set(outcome, '{cards,0}', '"pampas-bright"') WHERE game = 'gacha'"""
    )

    assert not all(proof_of(one).holds for one in Round.objects.filter(game="gacha").select_related("seed_pair"))


def test_a_pity_that_no_pull_left_is_found(revealed):
    """The cards alone would not tell: a counter that is wrong by one gives the same ones, until it guarantees one."""
    _tamper("UPDATE games_round SET outcome = jsonb_set(outcome, '{pity}', '3') WHERE game = 'gacha'")

    first, *later = Round.objects.filter(game="gacha").select_related("seed_pair").order_by("pk")
    assert [check.name for check in proof_of(first).failed] == ["pity"]
    assert all("pity" in [check.name for check in proof_of(one).failed] for one in later)


def test_a_pull_names_the_pull_that_left_its_pity(revealed):
    """Pulls on another banner, and other people's, are not in its chain."""
    play_everything(revealed, now=NOW + timedelta(minutes=1))
    play_everything(factories.player(), now=NOW + timedelta(minutes=1))
    browser = factories.browser(revealed)

    named = {}
    for one in Round.objects.filter(player=revealed, game="gacha").order_by("pk"):
        proof = browser.get(f"/api/games/rounds/{one.pk}").json()
        named[one.pk] = proof["previous"] and proof["previous"]["id"]
        page = browser.get(f"/games/rounds/{one.pk}").content.decode()
        assert (f'href="/games/rounds/{named[one.pk]}"' in page) == (named[one.pk] is not None)

    pulls = list(named)
    assert list(named.values()) == [None, *pulls[:2], None, *pulls[3:5]]
    assert browser.get(f"/api/games/rounds/{Round.objects.filter(game='slot').first().pk}").json()["previous"] is None


def test_odds_that_are_not_held_are_said(revealed):
    _tamper("UPDATE games_round SET odds_version = 'slot-1999'")

    with pytest.raises(CommandError, match="odds that are not held here: slot-1999"):
        _command(Round.objects.first().pk)
    with pytest.raises(UnknownOdds):
        checks_of(_facts("poker"), None)


def _facts(game):
    return Facts(game=game, odds_version="x", bet=1, win=0, multiplier=0, outcome={})


# --- Pages -------------------------------------------------------------------------------------------------------
def test_a_round_has_a_page_of_its_own(revealed):
    browser = factories.browser(revealed)

    for one in Round.objects.filter(player=revealed):
        page = browser.get(f"/games/rounds/{one.pk}")
        assert page.status_code == 200, one.game
        text = page.content.decode()
        assert one.seed_pair.revealed_server_seed in text
        proof = json.loads(re.search(r'id="round-proof"[^>]*>(.*?)</script>', text, re.DOTALL)[1])
        assert proof["fairness"]["nonce"] == one.nonce


def test_the_page_of_a_sealed_round_offers_to_reveal_and_shows_no_secret(played):
    one = Round.objects.first()
    secret = bytes(one.seed_pair.server_seed).hex()
    browser = factories.browser(played)

    page = browser.get(f"/games/rounds/{one.pk}").content.decode()
    assert secret not in page
    assert "round-proof" not in page

    answer = browser.post("/fairness/rotate", {"next": f"/games/rounds/{one.pk}"})
    assert answer["Location"] == f"/games/rounds/{one.pk}"
    assert secret in browser.get(f"/games/rounds/{one.pk}").content.decode()


@pytest.mark.parametrize("address", ["/games/rounds/{id}", "/api/games/rounds/{id}"])
def test_other_peoples_rounds_are_not_found(revealed, address):
    one = Round.objects.first()
    other = factories.browser(factories.player())

    assert other.get(address.format(id=one.pk)).status_code == 404
    for number in (0, 10**9, 2**63, 10**40):
        assert other.get(address.format(id=number)).status_code == 404


def test_an_open_round_has_no_page(player):
    from games.crash.services import place_bet

    seat = place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=NOW)

    assert factories.browser(player).get(f"/games/rounds/{seat.play.game_id}").status_code == 404


@pytest.mark.parametrize("path", ["/games/history", "/games/rounds/1", "/rankings"])
def test_strangers_are_asked_to_sign_in(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")


def test_fairness_is_open_to_everybody_and_makes_no_seed_for_strangers(client):
    assert client.get("/fairness").status_code == 200
    assert SeedPair.objects.count() == 0
    assert client.post("/fairness/rotate").status_code == 302
    assert SeedPair.objects.count() == 0


def test_a_form_changes_the_seeds_without_javascript(played):
    browser = factories.browser(played)
    secret = bytes(SeedPair.objects.get(player=played).server_seed).hex()
    assert secret not in browser.get("/fairness").content.decode()

    page = browser.post("/fairness/rotate", {"client_seed": "my-lucky_seed"}, follow=True).content.decode()

    assert secret in page
    assert "my-lucky_seed" in page
    active = SeedPair.objects.get(player=played, revealed_at__isnull=True)
    assert active.server_seed_hash in page
    assert bytes(active.server_seed).hex() not in page


@pytest.mark.parametrize("client_seed", ["a b", "한글", "x" * 65, "a:b", "a\x00b"])
def test_a_bad_client_seed_is_said_and_changes_nothing(played, client_seed):
    page = factories.browser(played).post("/fairness/rotate", {"client_seed": client_seed}, follow=True)

    assert "toast--error" in page.content.decode()
    assert SeedPair.objects.filter(player=played).count() == 1


def test_an_open_round_keeps_the_seeds(player):
    from games.crash.services import place_bet

    place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=NOW)

    page = factories.browser(player).post("/fairness/rotate", follow=True)

    assert "toast--error" in page.content.decode()
    assert SeedPair.objects.filter(player=player, revealed_at__isnull=False).count() == 0


def test_nobody_is_led_away_by_a_forged_address(player):
    answer = factories.browser(player).post("/fairness/rotate", {"next": "https://evil.example/"})

    assert answer["Location"] == "/fairness"


@pytest.mark.parametrize("path", ["/fairness", "/games/history", "/rankings", "/odds", "/games", "/profile"])
def test_pages_carry_no_inline_style_or_script(revealed, path):
    page = factories.browser(revealed).get(path).content.decode()

    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son\w+=", page)
    assert all('type="application/json"' in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_the_verifier_is_one_file_that_may_not_call_anybody(client):
    answer = client.get("/fairness/verifier.html")
    page = answer.content.decode()

    assert answer["Content-Disposition"] == 'attachment; filename="casino-club-verifier.html"'
    assert "default-src 'none'" in page
    assert "src=" not in re.sub(r"-src", "", page)
    assert "http://" not in page
    assert not re.search(r"^import ", script_of("verifier.js"), re.MULTILINE)
    for module in ("class Draw", "slotStops", "crashPoint", "gachaCards"):
        assert module in page
    assert standalone({}).count("<script") == 3


# --- History -----------------------------------------------------------------------------------------------------
def _numbers(page):
    return [int(number) for number in re.findall(r'href="/games/rounds/(\d+)"', page)]


def test_history_pages_through_own_rounds_the_latest_first(played, django_user_model):
    play_everything(factories.player(), now=NOW)
    mine = list(Round.objects.filter(player=played).order_by("-pk").values_list("pk", flat=True))
    browser, path, seen = factories.browser(played), "/games/history?limit=7", []

    while path:
        page = browser.get(path).content.decode()
        seen += _numbers(page)
        older = re.search(r'href="(/games/history\?[^"]*cursor=[^"]*)"', page)
        path = older and older[1].replace("&amp;", "&") + "&limit=7"

    assert seen == mine


@pytest.mark.parametrize("game", Game.values)
def test_history_of_one_game(played, game):
    page = factories.browser(played).get(f"/games/history?game={game}&limit=100").content.decode()

    assert set(_numbers(page)) == set(Round.objects.filter(player=played, game=game).values_list("pk", flat=True))


def test_cards_paid_with_gems_show_what_they_cost(played):
    page = factories.browser(played).get("/games/history?game=gacha").content.decode()

    assert [page.count(f" </span>{gems}</span>") for gems in ("9", "-9")] == [1, 1]
    assert 'class="badge"' not in page  # free is a spin that nothing was paid for


def test_history_since_a_day_and_of_one_pair(revealed):
    from games.slot.services import spin

    later = spin(player_id=revealed.pk, bet_amount=20, lines=20, now=NOW + timedelta(days=400)).round_id
    browser = factories.browser(revealed)

    assert _numbers(browser.get("/games/history?since=2027-12-01").content.decode()) == [later]
    pair = SeedPair.objects.get(player=revealed, revealed_at__isnull=True).pk
    assert _numbers(browser.get(f"/games/history?pair={pair}").content.decode()) == [later]


@pytest.mark.parametrize(
    "query",
    [
        "game=poker",
        "since=yesterday",
        "since=0001-01-01",
        "since=9999-12-31",
        "pair=x",
        f"pair={10**30}",
        "pair=٣",
        "game=%00",
    ],
)
def test_filters_that_mean_nothing_are_no_defect(played, query):
    assert factories.browser(played).get(f"/games/history?{query}").status_code == 200


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "limit=x"])
def test_a_broken_cursor_leads_back_to_the_first_page(played, query):
    answer = factories.browser(played).get(f"/games/history?game=slot&{query}")

    assert (answer.status_code, answer["Location"]) == (302, "/games/history?game=slot")


def test_an_empty_history_says_what_to_do(player):
    page = factories.browser(player).get("/games/history").content.decode()

    assert "아직 플레이하지 않았어요" in page
    assert "그런 라운드가 없어요" in factories.browser(player).get("/games/history?game=slot").content.decode()


def test_the_history_api_takes_game_and_since(client, played):
    headers = factories.bearer(played)

    answer = client.get("/api/games/history?game=rps&since=2026-11-23T00:00:00Z&limit=100", headers=headers).json()

    assert {row["game"] for row in answer["results"]} == {"rps"}
    assert len(answer["results"]) == Round.objects.filter(player=played, game="rps").count()
    assert client.get("/api/games/history?game=rps&since=2099-01-01T00:00:00Z", headers=headers).json()["results"] == []
