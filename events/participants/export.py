"""An event's participants as CSV, row by row: a million of them in the memory of a few thousand."""

import csv
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casino_club.core import clock
from events.live.models import Participation

A_CHUNK = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """What csv.writer writes to; gives each line back."""

    def write(self, text: str) -> str:
        return text


def lines(rows: QuerySet[Participation]) -> Iterator[str]:
    """The header and a line for each participation, by rising id; read in chunks, so that no statement runs long."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(
        [
            *(_("event"), _("player id"), _("sign-in name"), _("nickname")),
            *(_("joined at"), _("completed at"), _("claimed at"), _("paid by an operator")),
        ]
    )
    last = 0
    while True:
        chunk = list(rows.filter(pk__gt=last).order_by("pk").select_related("player")[:A_CHUNK])
        for row in chunk:
            yield writer.writerow(
                [
                    *(row.event_id, row.player_id, _plain(row.player.site_id), _plain(row.player.nickname)),
                    *(_moment(row.joined_at), _moment(row.completed_at), _moment(row.claimed_at)),
                    int(row.is_forced),
                ]
            )
        if len(chunk) < A_CHUNK:
            return
        last = chunk[-1].pk


def _moment(moment) -> str:
    return clock.iso(moment) if moment else ""


def _plain(text: str) -> str:
    """A player's own text, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
