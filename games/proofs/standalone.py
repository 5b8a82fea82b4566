"""The verifier in one file: the very modules of the page, put into it, and a policy that forbids it any network."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

SCRIPTS = settings.BASE_DIR / "static" / "js" / "games"
STYLES = ("css/tokens.css", "css/verifier.css")
IMPORT = re.compile(r'^import .+ from "(\./[\w/.-]+)";\n', re.MULTILINE)


def standalone(context: dict) -> str:
    """The file's HTML in the active language. `context` is what the page's own verifier is rendered with."""
    script, style = script_of("verifier.js"), style_of()
    return render_to_string(
        "games/verifier_file.html",
        {
            **context,
            "script": mark_safe(script),  # noqa: S308 - our own modules
            "style": mark_safe(style),  # noqa: S308 - our own styles
            "script_hash": source_hash(script),
            "style_hash": source_hash(style),
        },
    )


@cache
def script_of(name: str) -> str:
    """A module with all that it imports before it, each once; import lines are taken out, names are unique."""
    found: dict[Path, str] = {}
    _collect(SCRIPTS / name, found)
    return "\n" + "\n".join(found.values())


@cache
def style_of() -> str:
    """The styles of the file."""
    return "\n" + "\n".join((settings.BASE_DIR / "static" / name).read_text(encoding="utf-8") for name in STYLES)


def source_hash(source: str) -> str:
    """How a policy names an inline source: 'sha256-…'."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def _collect(path: Path, found: dict[Path, str]) -> None:
    if path in found:
        return
    source = path.read_text(encoding="utf-8")
    for imported in IMPORT.findall(source):
        _collect((path.parent / imported).resolve(), found)
    found[path] = IMPORT.sub("", source)
