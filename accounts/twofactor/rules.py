"""One-time codes: six digits of every half minute (RFC 6238, by django-otp), and recovery codes for one use each. Pure."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django_otp.oath import hotp

STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1  # steps: a phone's clock may be half a minute off
SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12
CODE_MAX = 32
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else
ISSUER = "Casino-Club"


def new_secret() -> str:
    """160 random bits, as an authenticator takes them (base32)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_at(now: datetime) -> int:
    """The half minute that `now` falls into."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The half minute whose code this is, near `now` and later than the last one used; None when there is none."""
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    key, current = base64.b32decode(secret), step_at(now)
    found = None
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        # All are compared, so that the time taken tells nothing.
        if hmac.compare_digest(f"{hotp(key, step, DIGITS):0{DIGITS}}", code) and step > after:
            found = step
    return found


def setup_uri(secret: str, site_id: str) -> str:
    """What the QR code says to an authenticator."""
    return f"otpauth://totp/{ISSUER}:{quote(site_id)}?secret={secret}&issuer={ISSUER}&digits={DIGITS}&period={STEP_SECONDS}"


def new_recovery_codes() -> list[str]:
    """Ten codes of almost 60 random bits, in groups that can be read out: `abcd-efgh-jkmn`."""
    codes = ("".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    return ["-".join(code[start : start + 4] for start in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def recovery_digest(user_id: int, code: str) -> str:
    """What is kept of a recovery code; spaces, hyphens and case do not matter."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hmac.new(settings.SECRET_KEY.encode(), f"recovery:{user_id}:{plain}".encode(), hashlib.sha256).hexdigest()


def clean(code: str) -> str:
    """A code as people type it, without the spaces that authenticators show."""
    return code.replace(" ", "").strip()
