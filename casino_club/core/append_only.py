"""Tables that only ever grow, held so by the database itself."""

import pgtrigger


def append_only(table: str) -> list[pgtrigger.Trigger]:
    """Triggers by which the database itself refuses UPDATE, DELETE and TRUNCATE, raw SQL included."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        no_truncate(table),
    ]


def no_truncate(table: str) -> pgtrigger.Trigger:
    """The trigger that refuses TRUNCATE."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"RAISE EXCEPTION 'Cannot truncate {table}: it is append-only';",
    )
