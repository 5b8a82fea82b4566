"""How every draw is made, so exactly that a player can repeat it: seeds, commitment, words, integers.

    block(cursor) = HMAC-SHA256(key = server seed, message = "<client seed>:<nonce>:<cursor>")

The server seed is 32 bytes; the client seed is written in ASCII, nonce and cursor in decimal without leading zeros;
the cursor counts blocks from 0. The blocks, one after another, are read as 64-bit big-endian words, four to a block.
An integer below `bound` is `word mod bound` of the first word under the largest multiple of `bound` that 64 bits hold;
words at or above it are thrown away. The commitment is the SHA-256 of the server seed's 32 bytes, in lower-case hex.
docs/fairness.md says the same for players, docs/fairness-vectors.json gives examples.
"""

import hashlib
import hmac
import re
import secrets
import struct
from dataclasses import dataclass

SERVER_SEED_BYTES = 32
CLIENT_SEED_MAX = 64
CLIENT_SEED = re.compile(rf"[A-Za-z0-9_\-]{{1,{CLIENT_SEED_MAX}}}")
BLOCK = struct.Struct(">4Q")  # four 64-bit big-endian words
WORDS = 2**64


def new_server_seed() -> bytes:
    """32 bytes from the operating system's CSPRNG."""
    return secrets.token_bytes(SERVER_SEED_BYTES)


def new_client_seed() -> str:
    """A client seed for a player who has not set one."""
    return secrets.token_hex(8)


def commitment(server_seed: bytes) -> str:
    """What is shown before the first draw: SHA-256 of the server seed, 64 hex digits."""
    return hashlib.sha256(server_seed).hexdigest()


class Draw:
    """The random numbers of one round, in order. Its text form never shows the seed."""

    __slots__ = ("_client_seed", "_cursor", "_nonce", "_server_seed", "_words")

    def __init__(self, server_seed: bytes, client_seed: str, nonce: int):
        self._server_seed = server_seed
        self._client_seed = client_seed
        self._nonce = nonce
        self._cursor = 0
        self._words: list[int] = []

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` − 1, each equally likely. 1 ≤ bound ≤ 2**64."""
        if not 1 <= bound <= WORDS:
            raise ValueError(f"no draw below {bound}")
        fair = WORDS - WORDS % bound
        while (word := self._word()) >= fair:
            pass
        return word % bound

    def _word(self) -> int:
        if not self._words:
            message = f"{self._client_seed}:{self._nonce}:{self._cursor}".encode("ascii")
            block = hmac.digest(self._server_seed, message, "sha256")
            self._words = list(reversed(BLOCK.unpack(block)))
            self._cursor += 1
        return self._words.pop()


@dataclass(frozen=True, slots=True)
class Ticket:
    """One nonce of one pair: the draw, and what the player may know of it now."""

    seed_pair_id: int
    server_seed_hash: str
    client_seed: str
    nonce: int
    draw: Draw
