"""What every page shows of the signed-in player."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from casino_club.core import clock
from casino_club.web.player import user_payload


def player(request: HttpRequest) -> dict:
    """`player`: the signed-in player's figures, read only when a template asks, None for anybody else; and `resets_at`,
    when their game day ends.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"player": None}
    return {"player": SimpleLazyObject(lambda: user_payload(user)), "resets_at": clock.next_reset(clock.now())}
