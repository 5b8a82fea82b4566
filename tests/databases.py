"""The test's database, for processes of their own and for tools."""

from urllib.parse import quote

from django.db import connection


def database_url(name: str | None = None) -> str:
    """The address of the test's database, or of another one beside it."""
    of = connection.settings_dict
    return f"postgresql://{of['USER']}:{quote(of['PASSWORD'])}@{of['HOST']}:{of['PORT']}/{name or of['NAME']}"
