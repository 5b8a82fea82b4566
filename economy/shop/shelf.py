"""Tells operators when a limited package has none left, and when it has some again."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_noop

from casino_club.core import alerts
from economy.shop.models import Package

RULE = "stock_at_zero"


def watch_if_empty(package_id: int, *, now: datetime) -> None:
    """Raise the alert when a sale left nothing; a sale never resolves one."""
    if Package.objects.filter(pk=package_id, stock=F("held") + F("sold")).exists():
        watch([package_id], now=now)


def watch(package_ids: Iterable[int], *, now: datetime) -> None:
    """Raise or resolve the alert of each package, by what it has left now. After the commit that changed it."""
    for package in Package.objects.filter(pk__in=list(package_ids)):
        if package.remaining:
            alerts.resolve(rule=RULE, key=package.code, now=now)
        else:
            alerts.raise_alert(
                rule=RULE,
                severity="warning",
                key=package.code,
                message=gettext_noop("Nothing is left of the package %(package)s."),
                facts={"package": package.code},
                now=now,
            )
