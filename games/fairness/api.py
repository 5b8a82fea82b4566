"""A player's seeds: the commitment before, the secret after."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView
from casino_club.core.schema import refusals
from casino_club.core.shapes import Shape, TextField
from games.fairness import rules, selectors, services
from games.fairness.selectors import ActivePair, RevealedPair


class RotateShape(Shape):
    client_seed = TextField(
        max_length=rules.CLIENT_SEED_MAX,
        pattern=rules.CLIENT_SEED.pattern,
        trim_whitespace=False,
        required=False,
        help_text="1–64 letters, digits, - or _; a random one by default.",
    )


class ActivePairAnswer(serializers.Serializer):
    server_seed_hash = serializers.CharField(help_text="SHA-256 of the server seed the next rounds will use.")
    client_seed = serializers.CharField()
    next_nonce = serializers.IntegerField()


class RevealedPairAnswer(serializers.Serializer):
    server_seed = serializers.CharField(help_text="Hex, 32 bytes.")
    server_seed_hash = serializers.CharField()
    client_seed = serializers.CharField()
    rounds = serializers.IntegerField(help_text="Its nonces are 0 … rounds − 1.")
    revealed_at = serializers.DateTimeField()


class SeedsAnswer(serializers.Serializer):
    active = ActivePairAnswer()
    previous = RevealedPairAnswer(allow_null=True)


class SeedsView(ApiView):
    @extend_schema(operation_id="fairness_seeds", responses=SeedsAnswer, tags=["games"])
    def get(self, request):
        """The active pair (without its secret) and the pair revealed last."""
        active = services.ensure_pair(player_id=request.user.pk, now=request.now)
        return Response(as_answer(active, selectors.last_revealed(request.user.pk)))


class RotateView(ApiView):
    @extend_schema(
        operation_id="fairness_rotate",
        request=RotateShape,
        responses={200: SeedsAnswer, **refusals(s409="round_open, wallet_missing")},
        tags=["games"],
    )
    def post(self, request):
        """Reveal the active pair and begin a new one."""
        asked = RotateShape.read(request.data)
        revealed, active = services.rotate(
            player_id=request.user.pk, client_seed=asked.get("client_seed"), now=request.now
        )
        return Response(as_answer(active, revealed))


def as_answer(active: ActivePair, revealed: RevealedPair | None) -> dict:
    """Both pairs; of the active one its commitment alone."""
    return {
        "active": {
            "server_seed_hash": active.server_seed_hash,
            "client_seed": active.client_seed,
            "next_nonce": active.next_nonce,
        },
        "previous": revealed
        and {
            "server_seed": revealed.server_seed,
            "server_seed_hash": revealed.server_seed_hash,
            "client_seed": revealed.client_seed,
            "rounds": revealed.rounds,
            "revealed_at": clock.iso(revealed.revealed_at),
        },
    }
