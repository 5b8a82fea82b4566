"""The link by which somebody without a password comes back in."""

from datetime import datetime, timedelta

from django.contrib.auth.tokens import PasswordResetTokenGenerator

LINKS_PER_MAIL_ADDRESS = 5
MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
CODE_MAX = 128


class LinkTokens(PasswordResetTokenGenerator):
    """Django's tokens, at a moment that is told: signed, over after `PASSWORD_RESET_TIMEOUT`, and void once the
    password, the e-mail or the last sign-in has changed. Nothing is stored.
    """

    key_salt = "accounts.recovery"

    def __init__(self, now: datetime):
        super().__init__()
        self._moment = now.replace(tzinfo=None)

    def _now(self) -> datetime:
        return self._moment


def code_for(user, now: datetime) -> str:
    """What the link carries: whose it is, and the proof."""
    return f"{user.pk}-{LinkTokens(now).make_token(user)}"


def split(code: str) -> tuple[int, str] | None:
    """The user's id and the token in a code, or None when it is no code."""
    number, _, token = code.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and token):
        return None
    return int(number), token


def token_is_sound(user, token: str, now: datetime) -> bool:
    return LinkTokens(now).check_token(user, token)
