"""What may lie in an inbox: the registry of kinds, and how one becomes text in the reader's language.

A feature registers its kinds where its own rules stand, once, at import:

    PROTECTION_USED = inbox.register(
        Kind("streak.protection_used", _("Your streak is safe"), _("Protection covered %(missed_date)s."),
             params=("missed_date",), page="home", icon="shield")
    )

and sends them by `accounts.inbox.services.notify(kind=PROTECTION_USED.name, params={"missed_date": "2026-01-31"}, …)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

KIND_MAX = 60
KEY_MAX = 150
MESSAGE_MAX = 1000
REASON_MAX = 200
KEPT_FOR = timedelta(days=90)

Params = Mapping[str, str | int | Mapping[str, str]]


@dataclass(frozen=True)
class Kind:
    """A kind of notification: lazy texts with `%(name)s` for each of `params`, the page it leads to, its icon.

    A parameter is a text or a whole number, in JSON; one whose name ends in `_date` is an ISO date and is written out
    in the reader's language, and a text that operators gave in both is {"ko": …, "en": …}, `en` empty where they did
    not. `text` may be an `ngettext_lazy` that counts one of the parameters.
    """

    name: str
    title: str
    text: str
    params: tuple[str, ...] = ()
    page: str = ""
    icon: str = "bell"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known. Raises ValueError for a name that another kind has."""
    if not 0 < len(kind.name) <= KIND_MAX or KINDS.setdefault(kind.name, kind) != kind:
        raise ValueError(f"Not a free name for a kind of notification: {kind.name}")
    return kind


def check(kind: str, params: Params) -> None:
    """Raises ValueError for a kind nobody registered, and for parameters that are not exactly the kind's."""
    if kind not in KINDS:
        raise ValueError(f"Not a kind of notification: {kind}")
    if set(params) != set(KINDS[kind].params):
        raise ValueError(f"{kind} takes {KINDS[kind].params}, not {tuple(params)}")


def title_of(kind: str) -> str:
    """The headline, in the active language; of a kind that is no more, a plain one."""
    return str(KINDS[kind].title) if kind in KINDS else str(_("News for you"))


def text_of(kind: str, params: Params) -> str:
    """The sentence, in the active language; empty for a kind that is no more."""
    if kind not in KINDS:
        return ""
    return str(KINDS[kind].text % {name: _shown(name, value) for name, value in params.items()})


def _shown(name: str, value: str | int | Mapping[str, str]) -> str | int:
    if isinstance(value, Mapping):
        return value.get(get_language() or "ko") or value["ko"]
    return date_format(date.fromisoformat(value), "DATE_FORMAT") if name.endswith("_date") else value


OPERATOR_MESSAGE = register(
    Kind(
        "operator.message",
        _("A message from the club"),
        "%(message)s",
        params=("message",),
        icon="mail",
    )
)
