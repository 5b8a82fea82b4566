"""How passwords are kept: Argon2id at OWASP's second setting, a bounded number at a time."""

from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

# Each computation takes 19 MiB and a core: without a bound, a crowd at the door would stop the whole house.
_seats = BoundedSemaphore(settings.PASSWORD_HASHING_CONCURRENCY)


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
