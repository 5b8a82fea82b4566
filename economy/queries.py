"""What the query string of a read may say: one value each, in its exact form."""

from django.utils.translation import gettext as _
from rest_framework.request import Request

from casino_club.core.errors import InvalidInput


def read_choice(request: Request, name: str, choices: list[str], default: str | None = None) -> str | None:
    """One of `choices`, or `default` when absent. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if text not in choices:
        raise InvalidInput({name: [_("Expected one of: %(choices)s.") % {"choices": ", ".join(choices)}]})
    return text


def read_whole(request: Request, name: str, *, least: int, most: int, default: int) -> int:
    """A whole number in plain digits from `least` to `most`, or `default` when absent. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most):
        raise InvalidInput(
            {name: [_("Expected a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}]}
        )
    return int(text)
