"""Translation catalogues without GNU gettext: extract msgids, merge them, compile them, and say what lacks Korean.

One area is one team's room: its folders on one side, `locale/<area>/ko/LC_MESSAGES/django.po` on the other, so that two
people who add texts in two rooms never touch the same file. Msgids are English and need no catalogue of their own.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

LANGUAGE = "ko"
SOURCES: dict[str, tuple[str, ...]] = {
    "core": ("casino_club/core", "casino_club/local", "casino_club/*.py"),
    "web": (
        "casino_club/web",
        "templates/*.html",
        "templates/components",
        "templates/errors",
        "templates/web",
        "templates/admin",
    ),
    "accounts": (
        "accounts",
        "casino_club/web/signin",
        "casino_club/web/users",
        "casino_club/web/privacy",
        "templates/accounts",
    ),
    "telemetry": ("accounts/telemetry", "templates/accounts/telemetry"),
    "twofactor": ("accounts/twofactor", "casino_club/web/twofactor", "templates/accounts/twofactor"),
    "live": ("casino_club/web/live", "templates/web/live"),
    "console": ("casino_club/web/console", "templates/web/console", "templates/admin/console"),
    "operators": (
        "casino_club/web/alerts",
        "casino_club/web/audit",
        "economy/approvals",
        "economy/grants",
        "templates/operators",
    ),
    "economy": ("economy", "templates/economy"),
    "shop": ("economy/shop", "economy/payments", "templates/economy/shop", "templates/economy/payments"),
    "fraud": ("economy/fraud", "templates/economy/fraud"),
    "webhooks": ("economy/webhooks", "templates/economy/webhooks"),
    "segments": ("economy/segments", "templates/economy/segments"),
    "events": ("events", "templates/events"),
    "games": ("games", "templates/games"),
}
SUFFIXES = {".py", ".html", ".txt"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Headers that change with every run and would make every merge a conflict.
RESTLESS_HEADERS = tuple(
    f'"{name}:'
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
        "Generated-By",
    )
)


@dataclass(frozen=True)
class Area:
    """A room's texts: where they stand in the code and where their Korean is kept."""

    root: Path
    name: str

    @property
    def po(self) -> Path:
        return self.root / "locale" / self.name / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def files(self) -> Iterator[Path]:
        """The Python files and templates of the area, in a stable order, without folders that another area names."""
        others = [self.root / source for name, sources in SOURCES.items() if name != self.name for source in sources]
        for source in SOURCES[self.name]:
            for path in sorted(self.root.glob(source)):
                foreign = {folder for folder in others if path in folder.parents}
                for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                    if file.suffix in SUFFIXES and "migrations" not in file.parts and not foreign & set(file.parents):
                        yield file

    def extracted(self) -> Catalog:
        """Every msgid of the area, as a catalogue without translations."""
        catalog = Catalog(locale=LANGUAGE, charset="utf-8")
        for file in self.files():
            for msgid, context in msgids_of(file):
                catalog.add(msgid, context=context)
        return catalog

    def translated(self) -> Catalog:
        """What the .po file holds; an empty catalogue when there is none."""
        if not self.po.exists():
            return Catalog(locale=LANGUAGE, charset="utf-8")
        with self.po.open("rb") as file:
            return read_po(file, locale=LANGUAGE, charset="utf-8")


def areas(root: Path) -> list[Area]:
    return [Area(root, name) for name in SOURCES]


def msgids_of(file: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """The msgids (pairs for plurals) and contexts of one Python file or Django template."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        # The calls stand one a line, between blanked-out markup whose indentation means nothing to Python.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(file)).splitlines())
    for _line, function, messages, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, (), {}):
        if messages is None:
            continue  # a variable: what it holds is marked elsewhere, by `gettext_noop`
        texts = [messages] if isinstance(messages, str) else list(messages)
        spec = KEYWORDS[function] or (1,)
        context = None
        chosen = []
        for part in spec:
            if isinstance(part, tuple):
                context = texts[part[0] - 1]
            else:
                chosen.append(texts[part - 1])
        if all(chosen):
            yield (tuple(chosen) if len(chosen) > 1 else chosen[0]), context


def update(area: Area) -> bool:
    """Merge the area's msgids into its .po, keeping translations, dropping what is no longer said. True on a change."""
    catalog = area.translated()
    catalog.update(area.extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if not len(catalog) and not area.po.exists():
        return False
    text = po_text(catalog)
    if area.po.exists() and area.po.read_text(encoding="utf-8") == text:
        return False
    area.po.parent.mkdir(parents=True, exist_ok=True)
    area.po.write_text(text, encoding="utf-8")
    return True


def po_text(catalog: Catalog) -> str:
    """The catalogue as a .po that two branches can merge: sorted, without line numbers or dates."""
    catalog.header_comment, catalog.fuzzy = "", False
    catalog.project, catalog.version = "Casino-Club", "1"
    buffer = BytesIO()
    write_po(buffer, catalog, width=120, no_location=True, sort_output=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(RESTLESS_HEADERS)).lstrip("\n")


def compile_area(area: Area) -> bool:
    """Compile the area's .po unless its .mo is as new. True when a file was written; safe when two run at once."""
    if not area.po.exists() or (area.mo.exists() and area.mo.stat().st_mtime >= area.po.stat().st_mtime):
        return False
    unfinished = area.mo.with_name(f".django.mo.{os.getpid()}")
    with unfinished.open("wb") as file:
        write_mo(file, area.translated())
    unfinished.replace(area.mo)
    return True


def gaps(area: Area) -> list[str]:
    """One line for each msgid that has no Korean, is fuzzy, or whose placeholders differ."""
    translated = area.translated()
    found = []
    for message in area.extracted():
        if message.id:
            fault = _fault(message, translated.get(message.id, message.context))
            if fault:
                found.append(f"{area.name}: {fault}: {message.id!r}")
    return found


def _fault(asked: Message, given: Message | None) -> str | None:
    strings = given.string if given and isinstance(given.string, tuple | list) else [given.string if given else ""]
    if not all(strings):
        return "no Korean"
    if given.fuzzy:
        return "fuzzy"
    given.flags |= asked.flags
    errors = list(given.check())
    return f"{errors[0]}" if errors else None


def disagreements(areas: Iterable[Area]) -> list[str]:
    """One line for each msgid that two areas say differently: Django shows one of them in both places."""
    korean: defaultdict[tuple, dict[str, list[str]]] = defaultdict(dict)
    for area in areas:
        for message in area.translated():
            if message.id:
                string = " / ".join([message.string] if isinstance(message.string, str) else message.string)
                korean[message.id, message.context].setdefault(string, []).append(area.name)
    return [
        f"{msgid!r} differs: " + ", ".join(f"{string!r} ({', '.join(names)})" for string, names in said.items())
        for (msgid, _context), said in korean.items()
        if len(said) > 1
    ]
