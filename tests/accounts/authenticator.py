"""An operator's phone: the codes that it shows."""

import base64
from datetime import datetime

from django_otp.oath import hotp

from accounts.sessions.models import AuthSession
from accounts.twofactor import services
from accounts.twofactor.models import SecondFactor
from accounts.twofactor.rules import STEP_SECONDS, step_at
from accounts.users.models import User
from casino_club.core import clock
from tests import factories


def shown(user: User, *, now: datetime, steps: int = 0) -> str:
    """The code at `now`, or some half minutes away from it."""
    secret = SecondFactor.objects.get(pk=user.pk).secret
    return f"{hotp(base64.b32decode(secret), step_at(now) + steps):06}"


def enrol(user: User, *, session: AuthSession | None = None, now: datetime | None = None) -> list[str]:
    """Set the second factor up, in the half minute before the last; the recovery codes."""
    then = (now or clock.now()).timestamp() - 2 * STEP_SECONDS
    then = datetime.fromtimestamp(then, tz=clock.now().tzinfo)
    services.begin(user_id=user.pk, now=then)
    return services.confirm(
        session=session or factories.session(user), code=shown(user, now=then), address="127.0.0.1", now=then
    )
