"""Texts that others wrote and we keep."""


def storable(text: str) -> str:
    """A stranger's text as PostgreSQL can keep it: NUL, which none of its texts may hold, is replaced."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
