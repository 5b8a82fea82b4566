"""The draw is exactly what docs/fairness.md promises, and fair."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from games.fairness import rules
from games.fairness.rules import Draw, new_client_seed, new_server_seed

VECTORS = json.loads((Path(__file__).parents[2] / "docs" / "fairness-vectors.json").read_text())
SEED = bytes(range(32))


@pytest.mark.parametrize("vector", VECTORS["draws"], ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector):
    seed = bytes.fromhex(vector["server_seed"])
    draw = Draw(seed, vector["client_seed"], vector["nonce"])

    assert rules.commitment(seed) == vector["server_seed_hash"]
    assert [draw.below(int(bound)) for bound in vector["bounds"]] == [int(value) for value in vector["values"]]


def test_the_words_are_hmac_sha256_over_client_seed_nonce_and_cursor():
    draw = Draw(SEED, "lucky", 7)
    blocks = b"".join(hmac.new(SEED, f"lucky:7:{cursor}".encode(), hashlib.sha256).digest() for cursor in (0, 1))
    expected = [int.from_bytes(blocks[at : at + 8], "big") for at in range(0, 64, 8)]

    assert [draw.below(rules.WORDS) for _ in range(8)] == expected


def test_a_word_above_the_last_full_multiple_is_thrown_away(monkeypatch):
    # below(3): 2**64 mod 3 is 1, so the highest word of all would favour 0 and must be drawn again
    words = iter([rules.WORDS - 1, 5])
    draw = Draw(SEED, "x", 0)
    monkeypatch.setattr(Draw, "_word", lambda self: next(words))

    assert draw.below(3) == 2


@pytest.mark.parametrize("bound", [0, -1, rules.WORDS + 1])
def test_impossible_bounds_are_refused(bound):
    with pytest.raises(ValueError, match="no draw"):
        Draw(SEED, "x", 0).below(bound)


def test_nonce_and_client_seed_change_the_draw():
    def first(client_seed, nonce):
        return Draw(SEED, client_seed, nonce).below(rules.WORDS)

    assert len({first("a", 0), first("a", 1), first("b", 0)}) == 3


@pytest.mark.parametrize("bound", [2, 7, 25, 1000])
def test_draws_are_uniform(bound):
    counts = [0] * bound
    rounds = 40_000
    for nonce in range(rounds // 10):
        draw = Draw(SEED, "uniform", nonce)
        for _ in range(10):
            counts[draw.below(bound)] += 1

    expected = rounds / bound
    chi_square = sum((count - expected) ** 2 / expected for count in counts)
    freedom = bound - 1
    assert abs(chi_square - freedom) < 3.3 * (2 * freedom) ** 0.5  # the fixed seed makes this repeatable


def test_nothing_that_prints_a_draw_shows_its_seed():
    draw = Draw(SEED, "x", 0)
    draw.below(10)

    assert SEED.hex() not in repr(draw) + str(draw)
    assert repr(SEED) not in repr(draw)


def test_seeds_are_long_and_never_the_same():
    # The product's own, taken at import: the fixture `luck` replaces those of the module.
    assert len({new_server_seed() for _ in range(100)}) == 100
    assert len(new_server_seed()) == 32
    assert rules.CLIENT_SEED.fullmatch(new_client_seed())
