"""Setting one's own limits, and the one look that every bet takes at them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core import clock, metrics
from casino_club.core.errors import DomainError, InvalidInput
from economy.ledger import services as ledger
from economy.ledger.models import Wallet
from economy.limits.models import PlayLimit, PlayRest
from economy.limits.rules import (
    EXCLUSION_DAYS_LEAST,
    EXCLUSION_DAYS_MOST,
    MOST,
    PAUSE_HOURS,
    Breach,
    Kind,
    Limit,
    Rest,
    Standing,
    breach_of,
)
from economy.limits.selectors import standing_of

_set = metrics.counter("self_limits_set_total", "Limits and rests that players set for themselves.", ["kind"])


class SelfLimitReached(DomainError):
    """The answer names the `limit`, when it `ends_at`, and the gold `remaining` that could still be staked."""

    code = "self_limit_reached"
    message = gettext_lazy("You have reached a limit that you set for yourself.")


def check(wallet: Wallet, *, stake: int, now: datetime) -> None:
    """Called by every game with the locked wallet, before anything is drawn; `stake` in gold, 0 for a free play.

    Costs a player without limits nothing, others one statement. Raises SelfLimitReached.
    """
    if not wallet.limited:
        return
    standing = standing_of(wallet.player_id, now=now, for_bet=True)
    breach = breach_of(standing, stake)
    if breach is not None:
        raise _refusal(breach, standing, now)


def set_limits(*, player_id: int, wanted: Mapping[Kind, int | None], now: datetime) -> Standing:
    """Change the limits named in `wanted` (None: none): tighter at once, looser in 24 h. Others stay as they are.

    Raises InvalidInput and WalletMissing.
    """
    faults = {
        kind.value: [_("Expected a whole number from 1 to %(most)s, or nothing.") % {"most": f"{MOST[kind]:,}"}]
        for kind, amount in wanted.items()
        if amount is not None and not 1 <= amount <= MOST[kind]
    }
    if faults:
        raise InvalidInput(faults)
    with transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        current = standing_of(player_id, now=now)
        for kind, amount in wanted.items():
            limit = current.limits.get(kind, Limit())
            changed = limit.changed(amount, now)
            if changed != limit:
                _put(player_id, kind, changed, now)
                _mark(wallet)
        return standing_of(player_id, now=now)


def pause(*, player_id: int, hours: int, now: datetime) -> Standing:
    """No bets for 1, 7 or 30 days from now; a longer rest that stands is not shortened.

    Raises InvalidInput and WalletMissing.
    """
    if hours not in PAUSE_HOURS:
        raise InvalidInput({"hours": [_("Choose 24, 168 or 720 hours.")]})
    return _rest(player_id, Rest.PAUSE, timedelta(hours=hours), now)


def exclude(*, player_id: int, days: int, now: datetime) -> Standing:
    """No bets for half a year or more from now; nothing ends it earlier. Raises InvalidInput and WalletMissing."""
    if not EXCLUSION_DAYS_LEAST <= days <= EXCLUSION_DAYS_MOST:
        raise InvalidInput(
            {
                "days": [
                    _("Expected a whole number from %(least)s to %(most)s.")
                    % {"least": EXCLUSION_DAYS_LEAST, "most": EXCLUSION_DAYS_MOST}
                ]
            }
        )
    return _rest(player_id, Rest.EXCLUSION, timedelta(days=days), now)


def _rest(player_id: int, kind: Rest, lasting: timedelta, now: datetime) -> Standing:
    with transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        ends_at = now + lasting
        standing = standing_of(player_id, now=now)
        if standing.rests.get(kind, now) < ends_at:
            PlayRest.objects.create(player_id=player_id, kind=kind, starts_at=now, ends_at=ends_at)
            metrics.committed(_set.labels(kind))
            _mark(wallet)
        return standing_of(player_id, now=now)


def _put(player_id: int, kind: Kind, limit: Limit, now: datetime) -> None:
    PlayLimit.objects.update_or_create(
        player_id=player_id,
        kind=kind,
        defaults={
            "amount": limit.amount,
            "next_amount": limit.next_amount,
            "next_at": limit.next_at,
            "updated_at": now,
        },
    )
    metrics.committed(_set.labels(kind))


def _mark(wallet: Wallet) -> None:
    """From now on a bet looks at the limits."""
    if not wallet.limited:
        wallet.limited = True
        wallet.save(update_fields=["limited"])


def _refusal(breach: Breach, standing: Standing, now: datetime) -> SelfLimitReached:
    ends_at = standing.rests.get(breach.limit) or clock.next_reset(now)
    when = _("%(moment)s (UTC)") % {"moment": date_format(ends_at, "SHORT_DATETIME_FORMAT")}
    texts = {
        Kind.WAGER: _(
            "This bet would pass the gold you allow yourself to stake a day. %(left)s are left until %(when)s."
        ),
        Kind.LOSS: _(
            "This bet could pass the gold you allow yourself to lose a day. %(left)s are left until %(when)s."
        ),
        Kind.MINUTES: _("You have played the minutes you allow yourself a day. They begin anew at %(when)s."),
        Rest.PAUSE: _("You are taking a break until %(when)s, as you asked."),
        Rest.EXCLUSION: _("You have excluded yourself from play until %(when)s."),
    }
    return SelfLimitReached(
        texts[breach.limit] % {"left": f"{breach.remaining:,}", "when": when},
        extra={"limit": breach.limit.value, "remaining": breach.remaining, "ends_at": clock.iso(ends_at)},
    )
