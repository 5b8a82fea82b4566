"""How an app declares what it holds about players, so that an export is complete and a deletion leaves nothing behind.

Each app lists its tables in `<app>/privacy.py`; `web.privacy` reads the lists. A test walks every table that leads to a
user and fails while one of them is in no list.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.db.models import Expression, Model, QuerySet

KEEP = "keep"  # nothing personal in it, and the books or the audit need it
ERASE = "erase"  # the rows go
CHUNK = 1000


@dataclass(frozen=True)
class Held:
    """One table that holds players: how a row leads to its player, and what becomes of it.

    `player` is a lookup (`player`, `session__user`); `where` narrows the rows. `on_deletion` is KEEP, ERASE, or the
    columns to overwrite. `withheld` columns are secrets that no export shows; `shown` adds computed ones.
    """

    model: str
    player: str
    on_deletion: str | Mapping[str, object]
    withheld: tuple[str, ...] = ()
    where: Mapping[str, object] = field(default_factory=dict)
    shown: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows_of(self, user_id: int) -> QuerySet:
        return self.table._base_manager.filter(**{self.player: user_id}, **self.where)

    def exported(self, user_id: int) -> Iterator[dict]:
        """The player's rows in order, each a dict, a bounded number in memory."""
        columns = [column.attname for column in self.table._meta.concrete_fields if column.name not in self.withheld]
        rows = self.rows_of(user_id).annotate(**self.shown).order_by("pk").values(*columns, *self.shown)
        yield from rows.iterator(chunk_size=CHUNK)

    def forget(self, user_id: int) -> None:
        """Do what deletion does to this table."""
        if self.on_deletion == ERASE:
            self.rows_of(user_id).delete()
        elif self.on_deletion != KEEP:
            self.rows_of(user_id).update(**self.on_deletion)


@dataclass(frozen=True)
class Holdings:
    """What one app holds: its tables, its columns that name an operator who acted (`events.Event.created_by`), and
    what else a deletion must do, in its transaction (`forget(user_id, now)`; Redis after the commit).
    """

    tables: tuple[Held, ...]
    operators: frozenset[str] = frozenset()
    forget: tuple[Callable[[int, datetime], None], ...] = ()


HOLDINGS = Holdings(
    tables=(Held("core.IdempotencyRecord", "actor", ERASE, withheld=("fingerprint",)),),
    operators=frozenset({"core.Alert.acknowledged_by"}),
)
