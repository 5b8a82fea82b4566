"""A settled round as answers give it; with its proof, it is what a verifier reads."""

from casino_club.core import clock
from games.rounds.models import Round
from games.rounds.rules import HUNDREDTHS
from games.rounds.selectors import pull_before


def round_answer(found: Round) -> dict:
    """The round in a list."""
    return {
        "id": found.pk,
        "game": found.game,
        "bet": found.bet,
        "win": found.win,
        "net_change": found.win - found.bet,
        "multiplier": found.multiplier / HUNDREDTHS,
        "odds_version": found.odds_version,
        "created_at": clock.iso(found.created_at),
        "settled_at": clock.iso(found.settled_at),
    }


def detail_answer(found: Round) -> dict:
    """The round with its record and what proves it; the server seed only once its pair is revealed.

    `previous` is the pull that left a gacha round its pity; None for the banner's first, and in other games.
    """
    pair, before = found.seed_pair, pull_before(found)
    return {
        **round_answer(found),
        "outcome": found.outcome,
        "previous": before and {"id": before.pk, **{key: before.outcome[key] for key in ("pity", "cards")}},
        "fairness": {
            "server_seed_hash": pair.server_seed_hash,
            "client_seed": pair.client_seed,
            "nonce": found.nonce,
            "server_seed": pair.revealed_server_seed,
        },
    }
