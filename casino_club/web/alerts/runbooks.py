"""A runbook of the repository as a page: a title, paragraphs, steps, **bold**, *emphasis* and `code` are all they use."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_STEP = re.compile(r"^\d+\. ", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_EMPHASIS = re.compile(r"\*([^*]+)\*")


def page_of(text: str) -> SafeString:
    """The runbook as HTML; everything in the text is escaped first."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return mark_safe("\n".join(_block(block) for block in blocks if block))  # noqa: S308


def _block(block: str) -> str:
    if block.startswith("# "):
        return f"<h2>{_marked(block[2:])}</h2>"
    lead, *steps = _STEP.split(block)
    paragraph = f"<p>{_marked(lead)}</p>" if lead.strip() else ""
    return paragraph + (f"<ol>{''.join(f'<li>{_marked(step)}</li>' for step in steps)}</ol>" if steps else "")


def _marked(text: str) -> str:
    """The stars of `games/*/rules.py` mark nothing: what stands between backticks is code and no more."""
    words = _CODE.split(escape(text.strip()))
    words[1::2] = [f"<code>{code}</code>" for code in words[1::2]]
    words[::2] = [_EMPHASIS.sub(r"<em>\1</em>", _BOLD.sub(r"<strong>\1</strong>", part)) for part in words[::2]]
    return "".join(words)
