"""Rounds with what proves them: read by their player, by the command line and by tests in one form."""

from collections.abc import Iterator
from dataclasses import dataclass

from games.proofs.rules import Check, Facts, Seeds, checks_of
from games.rounds.models import Round
from games.rounds.selectors import pull_before

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Proof:
    """A settled round of a revealed pair, recomputed."""

    round_id: int
    checks: list[Check]

    @property
    def holds(self) -> bool:
        return all(check.holds for check in self.checks)

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.checks if not check.holds]


def proof_of(played: Round) -> Proof:
    """Recompute a settled round whose seed pair is revealed. Raises games.proofs.rules.UnknownOdds."""
    pair, before = played.seed_pair, pull_before(played)
    facts = Facts(
        game=played.game,
        odds_version=played.odds_version,
        bet=played.bet,
        win=played.win,
        multiplier=played.multiplier,
        outcome=played.outcome,
        previous=before and before.outcome,
    )
    seeds = Seeds(bytes(pair.server_seed), pair.server_seed_hash, pair.client_seed, played.nonce)
    return Proof(played.pk, checks_of(facts, seeds))


def verifiable_rounds() -> Iterator[Round]:
    """Every settled round of a revealed pair, in the order of their numbers."""
    rounds = Round.objects.filter(status=Round.Status.SETTLED, seed_pair__revealed_at__isnull=False)
    return rounds.select_related("seed_pair").order_by("pk").iterator(CHUNK)


def sealed_rounds() -> int:
    """How many settled rounds wait for their pair to be revealed."""
    return Round.objects.filter(status=Round.Status.SETTLED, seed_pair__revealed_at__isnull=True).count()
