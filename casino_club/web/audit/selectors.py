"""The audit of the whole house as one list: every event table, merged by time, searched by who, when, what and why.

Each table is asked for its own newest rows by an index, so a page costs the same however long the audit grows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection
from pghistory.models import Event

NOT_SHOWN = ("pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context_id", "id")
NOTHING = (None, "", 0)  # of a new row, what it has is told
_ROWS = """
    SELECT {position} AS position, e.pgh_id, e.pgh_created_at, e.pgh_label, {object} AS object, c.metadata::text,
           to_jsonb(e)::text,
           CASE WHEN e.pgh_label = 'update' THEN {before} END
      FROM (SELECT e.* FROM {table} AS e LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
             WHERE e.pgh_label <> 'before' {where}
             ORDER BY e.pgh_created_at DESC, e.pgh_id DESC LIMIT %(limit)s) AS e
      LEFT JOIN pghistory_context AS c ON c.id = e.pgh_context_id
"""
_BEFORE = """
    (SELECT to_jsonb(p)::text FROM {table} AS p WHERE p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id
      ORDER BY p.pgh_id DESC LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; an empty part narrows nothing."""

    operator_id: int | None = None
    commands: bool = False
    model: str = ""
    object_id: str = ""
    reason: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row shown: its moment, its table's place in the order of tables, its number there."""

    at: datetime
    position: int
    pgh_id: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row. `fields` are (name, before, after); before is None where the audit does not know it."""

    at: datetime
    model: str
    object_id: str
    act: str
    metadata: Mapping[str, object]
    fields: Sequence[tuple[str, object, object]]
    operator: str
    cursor: Cursor


@cache
def event_models() -> tuple[type[Event], ...]:
    """Every table of the audit, in a stable order."""
    found = [model for model in apps.get_models() if issubclass(model, Event) and model.pgh_tracked_model]
    return tuple(sorted(found, key=lambda model: model._meta.label_lower))


def tracked(model: type[Event]) -> str:
    """What the table follows: `accounts.user`."""
    return model.pgh_tracked_model._meta.label_lower


def changes(search: Search, *, after: Cursor | None = None, limit: int) -> list[Change]:
    """The changes that the search finds, the latest first, from behind the cursor."""
    parts, parameters = [], _parameters(search, after, limit)
    for position, model in enumerate(event_models()):
        if search.model and search.model != tracked(model):
            continue
        has_object = any(field.name == "pgh_obj" for field in model._meta.fields)
        if search.object_id:
            value = _as_key(model, search.object_id) if has_object else None
            if value is None:
                continue
            parameters[f"object_{position}"] = value
        table = connection.ops.quote_name(model._meta.db_table)
        parts.append(
            _ROWS.format(
                position=position,
                object="e.pgh_obj_id::text" if has_object else "''",
                before=_BEFORE.format(table=table) if has_object else "NULL",
                table=table,
                where=" ".join(_conditions(search, after, position)),
            )
        )
    if not parts:
        return []
    sql = "\nUNION ALL\n".join(f"({part})" for part in parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({sql}) AS found ORDER BY pgh_created_at DESC, position, pgh_id DESC LIMIT %(limit)s",  # noqa: S608
            parameters,
        )
        return _told(cursor.fetchall())


def _conditions(search: Search, after: Cursor | None, position: int) -> list[str]:
    """The search as SQL over one table; every value is a parameter."""
    found = []
    if search.operator_id is not None:
        found.append("AND c.metadata ->> 'operator' = %(operator)s")
    if search.commands:
        found.append("AND c.metadata ? 'command'")
    if search.object_id:
        found.append(f"AND e.pgh_obj_id = %(object_{position})s")
    if search.reason:
        found.append("AND c.metadata ->> 'reason' ILIKE %(reason)s")
    if search.since:
        found.append("AND e.pgh_created_at >= %(since)s")
    if search.until:
        found.append("AND e.pgh_created_at < %(until)s")
    if after:
        if position < after.position:
            found.append("AND e.pgh_created_at < %(at)s")
        elif position > after.position:
            found.append("AND e.pgh_created_at <= %(at)s")
        else:
            found.append("AND (e.pgh_created_at, e.pgh_id) < (%(at)s, %(pgh_id)s)")
    return found


def _parameters(search: Search, after: Cursor | None, limit: int) -> dict:
    escaped = search.reason.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "operator": str(search.operator_id),
        "reason": f"%{escaped}%",
        "since": search.since,
        "until": search.until,
        "at": after and after.at,
        "pgh_id": after and after.pgh_id,
        "limit": limit,
    }


def _as_key(model: type[Event], text: str) -> object | None:
    """The text as a key of what the table follows, or None when it can't be one."""
    try:
        key = model._meta.get_field("pgh_obj").target_field.to_python(text)
    except ValidationError:
        return None
    return key if not isinstance(key, int) or abs(key) < 2**63 else None


def _told(rows: Sequence[tuple]) -> list[Change]:
    found = []
    for position, pgh_id, at, act, object_id, context, now, before in rows:
        metadata = json.loads(context) if context else {}
        found.append(
            Change(
                at=at,
                model=tracked(event_models()[position]),
                object_id=object_id,
                act=act,
                metadata=metadata,
                fields=_fields(act, json.loads(now), json.loads(before) if before else None),
                operator="",
                cursor=Cursor(at, position, pgh_id),
            )
        )
    return _with_names(found)


def _fields(act: str, row: dict, before: dict | None) -> list[tuple[str, object, object]]:
    """What was and what is, of a change only where they differ."""
    shown = [(name, value) for name, value in row.items() if name not in NOT_SHOWN]
    if act == "insert":
        return [(name, None, value) for name, value in shown if value not in NOTHING]
    if act == "delete":
        return [(name, value, None) for name, value in shown]
    if before is None:
        return [(name, None, value) for name, value in shown]
    return [(name, before.get(name), value) for name, value in shown if before.get(name) != value]


def _with_names(found: list[Change]) -> list[Change]:
    """The operators' sign-in names, in one statement; the audit itself keeps their numbers only."""
    numbers = {change.metadata.get("operator") for change in found} - {None}
    names = dict(get_user_model().objects.filter(pk__in=numbers).values_list("pk", "site_id"))
    return [replace(change, operator=names.get(change.metadata.get("operator"), "")) for change in found]
