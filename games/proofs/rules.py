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
    """A round as it was recorded: amounts in gold, multiplier in hundredths, the game's own record."""

    game: str
    odds_version: str
    bet: int
    win: int
    multiplier: int
    outcome: Mapping


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
    recompute = GAMES.get(facts.game)
    if recompute is None:
        raise UnknownOdds(facts.game)
    draw = Draw(seeds.server_seed, seeds.client_seed, seeds.nonce)
    return [Check(COMMITMENT, seeds.server_seed_hash, commitment(seeds.server_seed)), *recompute(facts, draw)]


def _slot(facts: Facts, draw: Draw) -> list[Check]:
    if facts.odds_version != slot.ODDS_VERSION:
        raise UnknownOdds(facts.odds_version)
    record = facts.outcome
    given = slot.outcome_of(slot.draw_stops(draw), record["lines"])
    win = slot.payout_for(record["stake"], record["lines"], given.line_multipliers)
    return [
        Check("stops", record["stops"], list(given.stops)),
        Check("reels", record["reels"], [list(reel) for reel in given.reels]),
        Check("wins", record["wins"], [[win.line, win.symbol, win.count, win.multiplier] for win in given.wins]),
        Check("free_spins", record["free_spins"], given.free_spins),
        Check("win", facts.win, win),
        Check("multiplier", facts.multiplier, multiplier_of(record["stake"], win)),
    ]


def _crash(facts: Facts, draw: Draw) -> list[Check]:
    if facts.odds_version != crash.ODDS_VERSION:
        raise UnknownOdds(facts.odds_version)
    record = facts.outcome
    flight = crash.flight_of(crash.crash_point_of(draw), record["auto_cashout"])
    by_hand = record["at_ms"] if record["status"] == crash.Status.CASHED_OUT else None
    ending = crash.ending_of(flight, by_hand)
    return [
        Check("crash_point", record["crash_point"], flight.crash_point),
        Check("status", record["status"], ending.status.value),
        Check("at_ms", record["at_ms"], ending.at_ms),
        Check("multiplier", facts.multiplier, ending.multiplier),
        Check("win", facts.win, crash.payout_for(facts.bet, ending.multiplier)),
    ]


def _gacha(facts: Facts, draw: Draw) -> list[Check]:
    odds = gacha.ODDS.get(facts.odds_version)
    if odds is None:
        raise UnknownOdds(facts.odds_version)
    record = facts.outcome
    given = gacha.outcome_of(draw, odds, record["pulls"], record["pity"])
    return [
        Check("cards", record["cards"], [pulled.card.code for pulled in given.pulled]),
        Check("guaranteed", record["guaranteed"], [pulled.guaranteed for pulled in given.pulled]),
    ]


def _rps(facts: Facts, draw: Draw) -> list[Check]:
    if facts.odds_version != rps.ODDS_VERSION:
        raise UnknownOdds(facts.odds_version)
    record = facts.outcome
    computer = rps.draw_hand(draw)
    result = rps.result_of(rps.Hand(record["choice"]), computer)
    win = rps.payout_for(facts.bet, result)
    return [
        Check("computer", record["computer"], computer.value),
        Check("result", record["result"], result.value),
        Check("win", facts.win, win),
        Check("multiplier", facts.multiplier, multiplier_of(facts.bet, win)),
    ]


GAMES: Mapping[str, Callable[[Facts, Draw], list[Check]]] = {
    slot.GAME: _slot,
    crash.GAME: _crash,
    gacha.GAME: _gacha,
    rps.GAME: _rps,
}


def published() -> dict[str, dict[str, dict]]:
    """The numbers a verifier needs, by game and odds version; the odds book prints the same."""
    return {
        slot.GAME: {
            slot.ODDS_VERSION: {
                "strips": slot.STRIPS,
                "lines": slot.LINES,
                "rows": slot.ROWS,
                "paytable": slot.PAYTABLE,
                "wild": slot.WILD,
                "scatter": slot.SCATTER,
                "scatters_needed": slot.SCATTERS_NEEDED,
                "free_spins": slot.FREE_SPINS,
            }
        },
        crash.GAME: {
            crash.ODDS_VERSION: {
                "return_hundredths": crash.RETURN_HUNDREDTHS,
                "max_multiplier": crash.MAX_MULTIPLIER,
            }
        },
        gacha.GAME: {
            odds.version: {
                "deck": [card.code for card in gacha.DECK],
                "weights": odds.weights,
                "top": [card.code for card in gacha.DECK if card.rarity is gacha.TOP],
                "pity": odds.pity,
            }
            for odds in gacha.ODDS.values()
        },
        rps.GAME: {rps.ODDS_VERSION: {"hands": [hand.value for hand in rps.HANDS], "pays": rps.PAYS}},
    }
