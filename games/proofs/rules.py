"""A round recomputed from its revealed seed, game by game: what the draw gives beside what was recorded. Pure.

static/js/games/verify/ holds the same for browsers; tests compare the two on every round.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from games.crash import rules as crash
from games.fairness.rules import Draw, commitment
from games.gacha import rules as gacha
from games.rounds.rules import multiplier_of
from games.rps import rules as rps
from games.slot import rules as slot

COMMITMENT = "server_seed_hash"


@dataclass(frozen=True, slots=True)
class Facts:
    """A round as it was recorded: amounts in gold, multiplier in hundredths, the game's own record.

    `previous` is the record of the pull before on the same banner: what a pull's pity follows from.
    """

    game: str
    odds_version: str
    bet: int
    win: int
    multiplier: int
    outcome: Mapping
    previous: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Seeds:
    """What the round was drawn from."""

    server_seed: bytes
    server_seed_hash: str
    client_seed: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Check:
    """One thing recomputed: its name, what was recorded and what the seeds give."""

    name: str
    recorded: object
    recomputed: object

    @property
    def holds(self) -> bool:
        return self.recorded == self.recomputed


class UnknownOdds(Exception):
    """The round was drawn from odds that this version of the product does not hold."""


def checks_of(facts: Facts, seeds: Seeds) -> list[Check]:
    """Everything about the round that follows from its seeds and the player's choices. Raises UnknownOdds."""
    game = GAMES.get(facts.game)
    odds = game and game.odds.get(facts.odds_version)
    if odds is None:
        raise UnknownOdds(facts.odds_version)
    draw = Draw(seeds.server_seed, seeds.client_seed, seeds.nonce)
    return [
        Check(COMMITMENT, seeds.server_seed_hash, commitment(seeds.server_seed)),
        *game.recompute(facts, draw, odds),
    ]


def published() -> dict[str, dict[str, dict]]:
    """The numbers a verifier needs, by game and odds version, those of the past as well."""
    return {name: {version: game.numbers(odds) for version, odds in game.odds.items()} for name, game in GAMES.items()}


def _slot(facts: Facts, draw: Draw, odds: slot.Odds) -> list[Check]:
    record = facts.outcome
    given = slot.outcome_of(slot.draw_stops(draw), record["lines"], odds)
    win = slot.payout_for(record["stake"], record["lines"], given.line_multipliers)
    return [
        Check("stops", record["stops"], list(given.stops)),
        Check("reels", record["reels"], [list(reel) for reel in given.reels]),
        Check("wins", record["wins"], [[win.line, win.symbol, win.count, win.multiplier] for win in given.wins]),
        Check("free_spins", record["free_spins"], given.free_spins),
        Check("win", facts.win, win),
        Check("multiplier", facts.multiplier, multiplier_of(record["stake"], win)),
    ]


def _slot_numbers(odds: slot.Odds) -> dict:
    return {
        "strips": odds.strips,
        "lines": slot.LINES,
        "rows": slot.ROWS,
        "paytable": odds.paytable,
        "wild": slot.WILD,
        "scatter": slot.SCATTER,
        "scatters_needed": slot.SCATTERS_NEEDED,
        "free_spins": odds.free_spins,
    }


def _crash(facts: Facts, draw: Draw, odds: crash.Odds) -> list[Check]:
    record = facts.outcome
    flight = crash.flight_of(crash.crash_point_of(draw, odds), record["auto_cashout"], odds)
    by_hand = record["at_ms"] if record["status"] == crash.Status.CASHED_OUT else None
    ending = crash.ending_of(flight, by_hand)
    return [
        Check("crash_point", record["crash_point"], flight.crash_point),
        Check("status", record["status"], ending.status.value),
        Check("at_ms", record["at_ms"], ending.at_ms),
        Check("multiplier", facts.multiplier, ending.multiplier),
        Check("win", facts.win, crash.payout_for(facts.bet, ending.multiplier)),
    ]


def _crash_numbers(odds: crash.Odds) -> dict:
    return {"return_hundredths": odds.return_hundredths, "max_multiplier": odds.max_multiplier}


def _gacha(facts: Facts, draw: Draw, odds: gacha.Odds) -> list[Check]:
    record = facts.outcome
    given = gacha.outcome_of(draw, odds, record["pulls"], record["pity"])
    before = facts.previous
    return [
        Check("pity", record["pity"], gacha.pity_after(before["pity"], before["cards"]) if before else 0),
        Check("cards", record["cards"], [pulled.card.code for pulled in given.pulled]),
        Check("guaranteed", record["guaranteed"], [pulled.guaranteed for pulled in given.pulled]),
    ]


def _gacha_numbers(odds: gacha.Odds) -> dict:
    return {
        "deck": [card.code for card in gacha.DECK],
        "weights": odds.weights,
        "top": [card.code for card in gacha.DECK if card.rarity is gacha.TOP],
        "pity": odds.pity,
    }


def _rps(facts: Facts, draw: Draw, odds: rps.Odds) -> list[Check]:
    record = facts.outcome
    computer = rps.draw_hand(draw)
    result = rps.result_of(rps.Hand(record["choice"]), computer)
    win = rps.payout_for(facts.bet, result, odds)
    return [
        Check("computer", record["computer"], computer.value),
        Check("result", record["result"], result.value),
        Check("win", facts.win, win),
        Check("multiplier", facts.multiplier, multiplier_of(facts.bet, win)),
    ]


def _rps_numbers(odds: rps.Odds) -> dict:
    return {"hands": [hand.value for hand in rps.HANDS], "pays": odds.pays}


@dataclass(frozen=True, slots=True)
class Verified:
    """How a game's rounds are verified: every version of its odds, the round from its draw, the numbers to publish."""

    odds: Mapping
    recompute: Callable[..., list[Check]]
    numbers: Callable[..., dict]


GAMES: Mapping[str, Verified] = {
    slot.GAME: Verified(slot.ODDS, _slot, _slot_numbers),
    crash.GAME: Verified(crash.ODDS, _crash, _crash_numbers),
    gacha.GAME: Verified(gacha.ODDS, _gacha, _gacha_numbers),
    rps.GAME: Verified(rps.ODDS, _rps, _rps_numbers),
}
