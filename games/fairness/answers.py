"""How a round's proof looks in answers."""

from rest_framework import serializers


class FairnessAnswer(serializers.Serializer):
    server_seed_hash = serializers.CharField(help_text="SHA-256 of the server seed, shown before the draw.")
    client_seed = serializers.CharField()
    nonce = serializers.IntegerField()


class ProofAnswer(FairnessAnswer):
    server_seed = serializers.CharField(allow_null=True, help_text="Hex; null until its pair has been rotated away.")
