"""The look: drawings exist, the CSP has nothing to refuse, figures read well in both languages."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import translation

from casino_club.web.script_texts import SCRIPT_TEXTS
from casino_club.web.templatetags import look

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A file to be saved, not a page of ours: it carries all that it needs, and a policy of its own that names it by hash.
SAVED = ROOT / "templates/games/verifier_file.html"
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
STYLES = sorted((ROOT / "static/css").rglob("*.css"))
SVG = "{http://www.w3.org/2000/svg}"


def symbols() -> set[str]:
    sheet = ElementTree.parse(ROOT / "static/img/sheet.svg")
    return {symbol.get("id") for symbol in sheet.getroot().iter(f"{SVG}symbol")}


def test_every_drawing_that_a_template_or_a_script_names_is_on_the_sheet():
    named = set()
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        named |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(re.findall(r'{% nav_item \w+ "([\w-]+)"', text))
        named |= {f"card-{name}" for name in re.findall(r'{% card_face "([\w-]+)"', text)}
        named |= {f"scene-{name}" for name in re.findall(r'{% scene "([\w-]+)"', text)}
    for script in SCRIPTS:
        named |= set(re.findall(r'drawing\("([\w-]+)"', script.read_text(encoding="utf-8")))
    composed = {name for name in named if name.endswith("-")}  # {% icon "hand-"|add:hand %}
    assert named - composed - symbols() == set()
    assert [start for start in composed if not any(name.startswith(start) for name in symbols())] == []


def test_a_moment_is_written_in_utc_and_says_so():
    seoul = datetime(2026, 12, 1, 3, 4, 5, tzinfo=ZoneInfo("Asia/Seoul"))

    assert look.local_time(seoul) == (
        '<time class="moment" datetime="2026-11-30T18:04:05.000Z" data-local="minute">2026-11-30 18:04 UTC</time>'
    )
    assert ">2026-11-30 18:04:05 UTC<" in look.local_time(seoul, "second")
    assert 'class="moment quiet small"' in look.local_time(seoul, extra="quiet small")


def test_no_two_symbols_share_a_name_and_the_sheet_points_nowhere():
    text = (ROOT / "static/img/sheet.svg").read_text(encoding="utf-8")
    names = re.findall(r'<symbol id="([\w-]+)"', text)
    assert len(names) == len(set(names))
    assert "href" not in text
    assert "style=" not in text


@pytest.mark.parametrize(
    "template", [path for path in TEMPLATES if path != SAVED], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_template_has_anything_inline_that_the_csp_refuses(template):
    text = template.read_text(encoding="utf-8")
    assert not re.search(
        r"\sstyle=|<style|\son(click|load|error|submit|change|input|focus|blur)=|hx-on|javascript:", text
    )
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("style", [path for path in STYLES if path.name != "tokens.css"], ids=lambda path: path.name)
def test_every_token_that_a_style_uses_is_defined(style):
    text = style.read_text(encoding="utf-8")
    sources = [ROOT / "static/css/tokens.css", style]
    if style.name.endswith("-admin.css") or style.name.startswith(
        "console"
    ):  # the operators' side has Django's own tokens as well
        sources += [ROOT / "static/css/admin.css", Path(finders.find("admin/css/base.css"))]
    defined = {name for source in sources for name in re.findall(r"(--[\w-]+):", source.read_text(encoding="utf-8"))}
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()


def test_every_text_that_a_script_says_is_given_to_it():
    said = set()
    for script in SCRIPTS:
        said |= set(re.findall(r'\btext\("(\w+)"', script.read_text(encoding="utf-8")))
    assert said - set(SCRIPT_TEXTS) == set()


@pytest.mark.parametrize(
    ("number", "korean", "english"),
    [
        (0, "0", "0"),
        (9_999_999, "9,999,999", "9,999,999"),
        (10_000_000, "1,000만", "10.0M"),
        (1_239_999_999, "123,999만", "1,239.9M"),
        (10_000_000_000, "100억", "10.0B"),
        (9_007_199_254_740_991, "9,007조", "9,007.1T"),
        (9_223_372_036_854_775_807, "922경", "9,223.3Q"),
    ],
)
def test_long_figures_are_shortened_downwards(number, korean, english):
    with translation.override("ko"):
        assert look.short_figure(number) == korean
    with translation.override("en"):
        assert look.short_figure(number) == english


def test_a_drawing_with_a_title_speaks_and_one_without_is_silent():
    assert 'role="img" aria-label="&lt;골드&gt;"' in look.icon("gold", title="<골드>")
    assert 'aria-hidden="true"' in look.icon("gold")


@pytest.mark.parametrize("value", [date(2026, 11, 23), "2026-11-23"])
def test_days_have_words_in_both_languages(value):
    with translation.override("ko"):
        assert (look.day_label(value), look.weekday_letter(value)) == ("11월 23일 월요일", "월")
    with translation.override("en"):
        assert (look.day_label(value), look.weekday_letter(value)) == ("Monday 23 November", "Mon")


def test_a_moment_is_written_for_machines():
    assert look.moment(datetime(2026, 11, 24, tzinfo=UTC)) == "2026-11-24T00:00:00.000Z"
    assert look.moment("2026-11-24T00:00:00Z") == "2026-11-24T00:00:00Z"


def test_a_place_that_is_not_open_yet_is_no_link():
    html = Template('{% load look %}{% nav_item "" "shop" "Shop" %}').render(Context())
    assert "<a" not in html
    assert 'aria-disabled="true"' in html


def test_the_place_one_is_at_is_marked(rf):
    template = Template('{% load look %}{% nav_item "/games" "games" "Games" %}')
    assert 'aria-current="page"' in template.render(Context({"request": rf.get("/games/slot")}))
    assert "aria-current" not in template.render(Context({"request": rf.get("/gamesome")}))
