"""The development reset of one known account; production has no such thing."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.users.models import User
from accounts.users.services import update_profile
from casino_club.core.errors import NotFound
from economy.devreset.services import reset

SITE_ID = "user002"
NICKNAME = "user02_reset"


def are_open() -> bool:
    """Whether development routes exist here."""
    return settings.DEV_ROUTES and not settings.PRODUCTION


def reset_user02(*, now: datetime) -> User:
    """The only account that can be reset, back to nothing: empty-handed, renamed, without e-mail and phone.

    Raises NotFound in production and where there is no such account, NicknameTaken and WalletMissing.
    """
    if not are_open():
        raise NotFound
    with transaction.atomic():
        user = User.objects.filter(site_id=SITE_ID).first()
        if user is None:
            raise NotFound
        reset(player_id=user.pk, now=now)
        return update_profile(user_id=user.pk, changes={"nickname": NICKNAME, "email": None, "phone_number": None})
