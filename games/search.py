"""How operators find a player's rows: by the exact name, or by the row's number; both answered by an index."""

from django.db.models import Q, QuerySet

from accounts.users.selectors import user_named
from casino_club.core.shapes import BIGINT_MAX


def found_by(rows: QuerySet, term: str, *, owner: str) -> QuerySet:
    """The rows whose `owner` is called `term`, or whose number it is; none when it is neither."""
    term = term.strip()
    if not term:
        return rows
    wanted = Q(pk__in=[])
    if term.isascii() and term.isdigit() and int(term) <= BIGINT_MAX:
        wanted |= Q(pk=int(term))
    named = user_named(term)
    if named is not None:
        wanted |= Q(**{owner: named.pk})
    return rows.filter(wanted)
