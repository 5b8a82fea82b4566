"""What every page shows of the signed-in player."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.inbox.selectors import count_unread
from accounts.signin import cookies
from casino_club.core import clock
from casino_club.web.player import shown


def player(request: HttpRequest) -> dict:
    """`player`: the signed-in account's figures and whether it `has_wallet`, None for anybody else; `unread_count`: what
    waits in their inbox (both read only when a template asks); `resets_at`: when their game day ends; `development`:
    whether scripts may talk to the console. Somebody who still owes a second factor is a stranger to the pages.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or cookies.session_of(request).owes_second_factor:
        return {"player": None}
    now = clock.now()
    return {
        "development": not settings.PRODUCTION,
        "player": SimpleLazyObject(lambda: shown(user, now=now)),
        "unread_count": partial(count_unread, user.pk),
        "resets_at": clock.next_reset(now),
    }
