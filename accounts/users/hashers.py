"""How passwords are kept: Argon2id at OWASP's second setting, a bounded number at a time."""

import hashlib
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

# Each computation takes 19 MiB and a core: without a bound, a crowd at the door would stop the whole house.
_seats = BoundedSemaphore(settings.PASSWORD_HASHING_CONCURRENCY)


class OneTimeHasher(BasePasswordHasher):
    """For passwords that we made ourselves, of 96 random bits or more: SHA-256 with salt is enough, and quick.

    To verify takes as long as with Argon2id, so that nobody can tell such an account from the time. Whoever signs in
    with one must change it.
    """

    algorithm = "one_time"

    def encode(self, password, salt):
        digest = hashlib.sha256(f"{salt}${password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded):
        algorithm, salt, digest = encoded.split("$")
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password, encoded):
        parts = self.decode(encoded)
        Argon2idHasher().encode(password, parts["salt"])
        return constant_time_compare(encoded, self.encode(password, parts["salt"]))

    def safe_summary(self, encoded):
        return {_("algorithm"): self.algorithm, _("hash"): mask_hash(self.decode(encoded)["hash"])}

    def harden_runtime(self, password, encoded):
        """Nothing to make up for: `verify` takes its time already."""


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password, salt):
        with _seats:
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with _seats:
            return super().verify(password, encoded)
