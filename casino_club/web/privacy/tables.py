"""Every table that holds a player, as each app declares it; and the framework's own."""

from accounts.privacy import HOLDINGS as ACCOUNTS
from casino_club.core.privacy import HOLDINGS as CORE
from casino_club.core.privacy import Held, Holdings
from economy.privacy import HOLDINGS as ECONOMY
from events.privacy import HOLDINGS as EVENTS
from games.privacy import HOLDINGS as GAMES

FRAMEWORK = Holdings(
    tables=(
        # The operators' site notes whom a change was made to by the names they had then.
        Held(
            "admin.LogEntry",
            "object_id",
            {"object_repr": ""},
            withheld=("user",),
            where={"content_type__app_label": "accounts", "content_type__model": "user"},
        ),
    ),
    operators=frozenset({"admin.LogEntry.user"}),
)

EVERYTHING: tuple[Holdings, ...] = (CORE, ACCOUNTS, ECONOMY, EVENTS, GAMES, FRAMEWORK)
TABLES: tuple[Held, ...] = tuple(held for holdings in EVERYTHING for held in holdings.tables)
OPERATORS: frozenset[str] = frozenset().union(*(holdings.operators for holdings in EVERYTHING))
