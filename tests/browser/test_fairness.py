"""The verifier in a real browser: published vectors, every round of the database, a saved file without a network."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from casino_club.core import clock
from games.fairness.services import rotate
from games.proofs.rules import published
from games.rounds.answers import detail_answer
from games.rounds.models import Round
from tests import factories
from tests.games import past_odds
from tests.games.playing import play_everything

pytestmark = pytest.mark.django_db(transaction=True)
everywhere = pytest.mark.parametrize("width", [360, 768, 1280])
both_languages = pytest.mark.parametrize("language", ["ko", "en"])
PUBLISHED = json.loads((Path(__file__).parents[2] / "docs" / "fairness-vectors.json").read_text())
VECTORS, ROUNDS = PUBLISHED["draws"], PUBLISHED["rounds"]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

DRAW_VECTORS = """async (vectors) => {
    const { Draw, commitment } = await import("/static/js/games/verify/draw.js");
    const found = [];
    for (const vector of vectors) {
        const draw = new Draw(vector.server_seed, vector.client_seed, vector.nonce);
        const values = [];
        for (const bound of vector.bounds) values.push(String(await draw.below(bound)));
        found.push([await commitment(vector.server_seed), values]);
    }
    return found;
}"""
VERIFY = """async ([rounds, rules]) => {
    const { verify } = await import("/static/js/games/verify.js");
    const found = [];
    for (const round of rounds) found.push(await verify(round, rules));
    return found;
}"""


@pytest.fixture
def player(signed_in):
    return signed_in()


@pytest.fixture
def revealed(player):
    play_everything(player, now=NOW)
    rotate(player_id=player.pk, client_seed="moon-over-the-hill", now=NOW)
    return player


def _proofs(**which):
    return [
        detail_answer(played) for played in Round.objects.filter(**which).select_related("seed_pair").order_by("pk")
    ]


def _as_browser_sees(value):
    return json.loads(json.dumps(value))


def test_the_published_vectors_hold_in_a_browser(page):
    page.goto("/fairness")

    found = page.evaluate(DRAW_VECTORS, VECTORS)

    assert found == [[vector["server_seed_hash"], vector["values"]] for vector in VECTORS]


def test_the_published_rounds_hold_in_a_browser(page):
    page.goto("/fairness")

    found = page.evaluate(VERIFY, [ROUNDS, _as_browser_sees(published())])

    differing = [(one["name"], result) for one, result in zip(ROUNDS, found, strict=True) if not result.get("holds")]
    assert differing == []


def test_every_round_of_the_database_verifies_in_the_browser_and_on_the_command_line_alike(page, player):
    """Those of odds that are no longer in force as well."""
    with past_odds.known():
        for number in range(3):
            somebody = factories.player()
            play_everything(somebody, now=NOW + timedelta(minutes=number), times=3)
            with past_odds.in_force():
                play_everything(somebody, now=NOW + timedelta(minutes=number), times=3)
            rotate(player_id=somebody.pk, now=NOW + timedelta(hours=1))
        page.goto("/fairness")
        rounds = _proofs()

        found = page.evaluate(VERIFY, [_as_browser_sees(rounds), _as_browser_sees(published())])

        said = StringIO()
        call_command("verify_round", all=True, stdout=said)
    assert f"{len(rounds)} rounds verified; 0 wait" in said.getvalue()
    assert {proof["game"] for proof in rounds} == {"slot", "crash", "gacha", "rps"}
    assert {odds.version for odds in past_odds.PAST.values()} < {proof["odds_version"] for proof in rounds}
    differing = [(proof, result) for proof, result in zip(rounds, found, strict=True) if not result.get("holds")]
    assert differing == []


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof.update(win=proof["win"] + 1),
        lambda proof: proof["fairness"].update(nonce=proof["fairness"]["nonce"] + 1),
        lambda proof: proof["fairness"].update(client_seed="another"),
        lambda proof: proof["fairness"].update(server_seed_hash="0" * 64),
        lambda proof: proof["fairness"].update(server_seed="ab" * 32),
    ],
)
@pytest.mark.parametrize("game", ["slot", "crash"])
def test_a_forged_round_does_not_verify(page, revealed, change, game):
    proof = _as_browser_sees(_proofs(game=game)[0])
    change(proof)
    page.goto("/fairness")

    (result,) = page.evaluate(VERIFY, [[proof], _as_browser_sees(published())])

    assert result["holds"] is False


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: proof["outcome"].update(pity=proof["outcome"]["pity"] + 1),
        lambda proof: proof["previous"].update(pity=proof["previous"]["pity"] + 30, cards=["willow-pi"]),
        lambda proof: proof.update(previous=None),
    ],
)
def test_a_pity_that_the_pull_before_did_not_leave_does_not_verify(page, revealed, change):
    honest = _as_browser_sees(_proofs(game="gacha")[1])
    forged = _as_browser_sees(honest)
    change(forged)
    page.goto("/fairness")

    found = page.evaluate(VERIFY, [[honest, forged], _as_browser_sees(published())])

    assert [result["holds"] for result in found] == [True, False]


@everywhere
@both_languages
def test_the_fairness_page(page, revealed, width, language, picture, assert_accessible):
    page.goto("/fairness")
    picture("fairness", full=True)
    assert_accessible()

    page.locator("textarea[name=proof]").fill(json.dumps(_proofs(game="slot")[0]))
    page.get_by_role("button", name={"ko": "검증하기", "en": "Verify"}[language], exact=True).click()

    expect(page.locator("[data-verdict][data-state=holds]")).to_be_visible()
    page.locator("#verify").scroll_into_view_if_needed()
    picture("fairness-verified", full=True)
    assert_accessible()


@everywhere
@pytest.mark.parametrize("game", ["slot", "crash", "gacha", "rps"])
def test_a_rounds_page_verifies_it_at_once_by_asking_nobody(page, revealed, width, game, picture, assert_accessible):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/api/games/" in request.url else None)
    one = Round.objects.filter(game=game).order_by("-win", "-pk").first()

    page.goto(f"/games/rounds/{one.pk}")

    expect(page.locator("[data-verdict][data-state=holds]")).to_contain_text(f"라운드 {one.pk}")
    assert asked == []
    picture(f"round-{game}", full=True)
    assert_accessible()


def test_a_sealed_round_is_revealed_and_verified_by_one_button(page, player, picture, assert_accessible):
    play_everything(player, now=NOW)
    one = Round.objects.filter(player=player, game="slot").first()
    page.goto(f"/games/rounds/{one.pk}")
    picture("round-sealed", full=True)
    assert_accessible()

    page.get_by_role("button", name="시드 바꾸고 검증하기").click()

    expect(page.locator("[data-verdict][data-state=holds]")).to_be_visible()


def test_what_is_no_round_is_said(page):
    page.goto("/fairness")
    page.locator("textarea[name=proof]").fill('{"game": "slot"}')

    page.get_by_role("button", name="검증하기", exact=True).click()

    expect(page.locator("[data-verdict][data-state=error]")).to_contain_text("라운드 기록이 아니에요")


def test_seeds_are_tried_by_hand(page):
    vector = VECTORS[0]
    page.goto("/fairness")
    page.get_by_text("시드를 직접 넣어 보기").click()
    page.locator("#verifier-server").fill(vector["server_seed"])
    page.locator("#verifier-client").fill(vector["client_seed"])
    page.locator("#verifier-nonce").fill(str(vector["nonce"]))
    page.get_by_role("button", name="계산하기").click()

    verdict = page.locator("[data-verdict][data-state=drawn]")
    expect(verdict).to_contain_text(vector["server_seed_hash"])
    expect(verdict).to_contain_text("[2, 6, 19, 1, 20]")
    page.locator("#verifier-server").fill("zz")
    page.get_by_role("button", name="계산하기").click()
    expect(page.locator("[data-verdict][data-state=error]")).to_be_visible()


@everywhere
def test_the_saved_file_verifies_from_a_disk_without_a_network(
    page, revealed, tmp_path, width, picture, assert_accessible, faults
):
    page.goto("/fairness")
    with page.expect_download() as download:
        page.get_by_role("link", name="검증기 내려받기").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    proof = tmp_path / "round.json"
    proof.write_text(json.dumps(_proofs(game="slot")[0]))
    page.context.set_offline(True)

    page.goto(file.as_uri())
    page.locator("input[type=file]").set_input_files(proof)
    expect(page.locator("textarea[name=proof]")).to_have_value(proof.read_text())
    page.get_by_role("button", name="검증하기", exact=True).click()

    expect(page.locator("[data-verdict][data-state=holds]")).to_be_visible()
    picture("verifier-file", full=True)
    assert page.evaluate("fetch('https://example.com').then(() => 'sent', () => 'forbidden')") == "forbidden"
    faults.expect("Content Security Policy|example.com|Fetch API")


def test_the_saved_file_verifies_rounds_of_odds_that_are_no_longer_in_force(page, player, tmp_path):
    with past_odds.known():
        with past_odds.in_force():
            play_everything(player, now=NOW)
        rotate(player_id=player.pk, now=NOW)
        file = tmp_path / "verifier.html"
        file.write_bytes(factories.browser(player).get("/fairness/verifier.html").content)
    page.context.set_offline(True)
    page.goto(file.as_uri())

    for game in ("slot", "crash", "rps"):
        (proof, *_) = _proofs(game=game)
        page.locator("textarea[name=proof]").fill(json.dumps(proof))
        page.get_by_role("button", name="검증하기", exact=True).click()
        expect(page.locator("[data-verdict][data-state=holds]")).to_contain_text(f"라운드 {proof['id']}")


@pytest.mark.parametrize("javascript", [False])
def test_seeds_change_without_javascript(page, player):
    page.goto("/fairness")

    page.get_by_role("button", name="시드 바꾸고 지난 시드 공개").click()

    expect(page.locator(".reveals__pair")).to_have_count(1)


@everywhere
@both_languages
def test_the_history(page, revealed, width, language, picture, assert_accessible):
    play_everything(revealed, now=clock.now())
    page.goto("/games/history")
    picture("history", full=True)
    assert_accessible()

    page.get_by_role("link", name={"ko": "더 보기", "en": "Older"}[language]).click()
    page.wait_for_url("**cursor=**")
    page.locator(".history__link").first.click()

    expect(page.locator("h1")).to_contain_text({"ko": "라운드", "en": "Round"}[language])
