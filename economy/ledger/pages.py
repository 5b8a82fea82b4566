"""The player's own books, as a page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from rest_framework.request import Request

from casino_club.core.api import page_of
from casino_club.core.errors import InvalidInput
from economy.ledger.models import Entry
from economy.ledger.rules import ASSET_LABELS, Asset, label_of
from economy.ledger.selectors import entries_of
from economy.queries import read_choice


@dataclass(frozen=True)
class Tab:
    """A filter of the page, and whether it is the one shown."""

    label: str
    url: str
    here: bool


@login_required
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """The player's entries, the latest first, of one asset or of all; paged like the API."""
    asked = Request(request)
    try:
        chosen = read_choice(asked, "asset", list(Asset))
        asset = Asset(chosen) if chosen else None
        page = page_of(entries_of(request.user.pk, asset=asset), asked, serialize=_as_row)
    except InvalidInput:
        return redirect("ledger")
    context = {
        "tabs": _tabs(asset),
        "rows": page["results"],
        "next_url": _url(asset, page["next"]) if page["next"] else "",
        "first_url": _url(asset) if "cursor" in request.GET else "",
    }
    return render(request, "economy/ledger.html", context)


def _tabs(chosen: Asset | None) -> list[Tab]:
    return [
        Tab(_("All"), _url(None), chosen is None),
        *(Tab(str(label), _url(asset), chosen == asset) for asset, label in ASSET_LABELS.items()),
    ]


def _url(asset: Asset | None, cursor: str | None = None) -> str:
    query = {name: value for name, value in (("asset", asset), ("cursor", cursor)) if value}
    return f"{reverse('ledger')}?{urlencode(query)}" if query else reverse("ledger")


def _as_row(entry: Entry) -> dict:
    return {
        "entry": entry,
        "label": label_of(entry.reason),
        "asset_label": ASSET_LABELS[Asset(entry.asset)],
        "is_gain": entry.amount > 0,
    }
