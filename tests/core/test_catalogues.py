"""Catalogues without gettext: collect, merge, compile, and name what has no Korean."""

from io import StringIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.conf import settings
from django.core.management import CommandError, call_command

from casino_club.core import catalogues
from casino_club.core.catalogues import Area

TEMPLATE = """{% load i18n %}
<p title="{% translate "It's here" %}">don't
    {% blocktranslate count days=n %}{{ days }} day{% plural %}{{ days }} days{% endblocktranslate %}
  {% translate "May" context "month" %}</p>{{ name|default:_("nobody") }}
"""
PYTHON = """from django.utils.translation import gettext_lazy as _, pgettext
message = _("Not enough gold.")
month = pgettext("month", "May")
"""


@pytest.fixture
def area(tmp_path) -> Area:
    """A small house with one area that says a few things in code and template."""
    (tmp_path / "accounts").mkdir()
    (tmp_path / "templates/accounts").mkdir(parents=True)
    (tmp_path / "accounts/errors.py").write_text(PYTHON)
    (tmp_path / "templates/accounts/page.html").write_text(TEMPLATE)
    return Area(tmp_path, "accounts")


def translate(area: Area, translations: dict) -> None:
    catalog = area.translated()
    for message in catalog:
        if message.id in translations:
            message.string = translations[message.id]
    area.po.write_text(catalogues.po_text(catalog), encoding="utf-8")


def test_code_and_templates_are_collected_with_plurals_and_contexts(area):
    catalogues.update(area)
    collected = {(message.id, message.context) for message in area.translated() if message.id}
    assert collected == {
        ("Not enough gold.", None),
        ("It's here", None),
        ("May", "month"),
        ("nobody", None),
        (("%(days)s day", "%(days)s days"), None),
    }


def test_collecting_keeps_translations_drops_what_is_no_longer_said_and_then_changes_nothing(area):
    catalogues.update(area)
    translate(area, {"Not enough gold.": "골드가 부족해요.", "It's here": "여기 있어요"})
    (area.root / "templates/accounts/page.html").write_text('{% load i18n %}{% translate "New" %}')

    assert catalogues.update(area) is True
    assert area.translated().get("Not enough gold.").string == "골드가 부족해요."
    assert area.translated().get("It's here") is None
    assert catalogues.update(area) is False


def test_the_po_file_has_neither_dates_nor_line_numbers(area):
    catalogues.update(area)
    text = area.po.read_text(encoding="utf-8")
    assert "Date" not in text
    assert "#:" not in text


def test_compiling_writes_once_and_again_only_after_a_change(area):
    catalogues.update(area)
    translate(area, {"Not enough gold.": "골드가 부족해요."})
    assert catalogues.compile_area(area) is True
    assert catalogues.compile_area(area) is False
    with area.mo.open("rb") as file:
        assert read_mo(file).get("Not enough gold.").string == "골드가 부족해요."


def test_what_lacks_korean_or_loses_a_placeholder_is_named(area):
    catalogues.update(area)
    translate(
        area,
        {
            "It's here": "여기 있어요",
            "May": "5월",
            "nobody": "아무도",
            ("%(days)s day", "%(days)s days"): ("%(day)s일",),
        },
    )
    found = catalogues.gaps(area)
    assert len(found) == 2
    assert any("no Korean" in line and "Not enough gold." in line for line in found)
    assert any("days" in line and "no Korean" not in line for line in found)


def test_a_fuzzy_translation_is_not_taken_for_one(area):
    catalogues.update(area)
    catalog = area.translated()
    for message in catalog:
        if message.id:
            message.string = ("%(days)s일",) if message.pluralizable else "말"
    catalog.get("nobody").flags.add("fuzzy")
    area.po.write_text(catalogues.po_text(catalog), encoding="utf-8")
    assert catalogues.gaps(area) == ["accounts: fuzzy: 'nobody'"]


def test_a_folder_that_another_area_names_is_not_collected_twice():
    web = set(Area(Path(settings.BASE_DIR), "web").files())
    accounts = set(Area(Path(settings.BASE_DIR), "accounts").files())
    assert not web & accounts
    assert any("signin" in file.parts for file in accounts if "web" in file.parts)


def test_the_command_refuses_an_area_with_gaps(area, settings):
    settings.BASE_DIR = area.root
    errors = StringIO()
    with pytest.raises(CommandError, match="texts lack"):
        call_command("catalogues", "--check", "--area", "accounts", stderr=errors)
    assert "Not enough gold." in errors.getvalue()


def test_a_text_that_two_areas_say_differently_is_named_with_both(area):
    other = Area(area.root, "economy")
    for one, left in ((area, "남은 것"), (other, "왼쪽")):
        one.po.parent.mkdir(parents=True)
        catalog = one.translated()
        catalog.add("left", string=left)
        catalog.add("right", string="오른쪽")
        catalog.add("left", string=left, context=one.name)
        one.po.write_text(catalogues.po_text(catalog), encoding="utf-8")

    assert catalogues.disagreements([area, other]) == ["'left' differs: '남은 것' (accounts), '왼쪽' (economy)"]
