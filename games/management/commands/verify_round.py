"""`manage.py verify_round <id>`: recompute a round from its revealed seed; `--all`: every round that can be."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from games.proofs.rules import UnknownOdds
from games.proofs.selectors import Proof, proof_of, sealed_rounds, verifiable_rounds
from games.rounds.models import Round


class Command(BaseCommand):
    help = "Recompute rounds from their revealed seeds and compare with what was recorded. Exits 1 when one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round_id", type=int, nargs="?", help="The round's number.")
        parser.add_argument("--all", action="store_true", help="Every settled round whose seed is revealed.")

    def handle(self, *args, round_id: int | None, **options) -> None:
        if options["all"] == (round_id is not None):
            raise CommandError("Give a round's number, or --all.")
        if options["all"]:
            self._all()
        else:
            self._one(round_id)

    def _one(self, round_id: int) -> None:
        played = Round.objects.select_related("seed_pair").filter(pk=round_id).first()
        if played is None:
            raise CommandError(f"There is no round {round_id}.")
        if played.status != Round.Status.SETTLED:
            raise CommandError(f"Round {round_id} is still open; it can be verified once it is over.")
        if played.seed_pair.revealed_at is None:
            raise CommandError(
                f"The seed of round {round_id} is not revealed yet. Its player reveals it by changing the seeds; "
                f"until then only its commitment is known: {played.seed_pair.server_seed_hash}"
            )
        try:
            proof = proof_of(played)
        except UnknownOdds as unknown:
            raise CommandError(f"Round {round_id} was drawn from odds that are not held here: {unknown}") from unknown
        self.stdout.write(f"Round {round_id}: {played.game}, {played.odds_version}, nonce {played.nonce}")
        for check in proof.checks:
            self.stdout.write(_line(check))
        if not proof.holds:
            raise CommandError(f"Round {round_id} is NOT what its seed gives.")
        self.stdout.write(f"Round {round_id} is exactly what its seed gives.")

    def _all(self) -> None:
        verified, differing = 0, []
        for played in verifiable_rounds():
            proof = _proof_or_none(played)
            if proof is None or not proof.holds:
                differing.append(str(played.pk))
            else:
                verified += 1
        self.stdout.write(f"{verified} rounds verified; {sealed_rounds()} wait for their seed to be revealed.")
        if differing:
            raise CommandError(f"NOT what their seeds give, or of unknown odds: {', '.join(differing)}")


def _proof_or_none(played: Round) -> Proof | None:
    try:
        return proof_of(played)
    except UnknownOdds:
        return None


def _line(check) -> str:
    if check.holds:
        return f"  {check.name}: {check.recomputed}"
    return f"  {check.name}: recorded {check.recorded}, the seed gives {check.recomputed}  <- differs"
