"""Template tags of the look: drawings from the symbol sheet, navigation items, figures, texts for scripts."""

import datetime

from django import template
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext, pgettext_lazy

from casino_club.core import clock
from casino_club.web.script_texts import SCRIPT_TEXTS

register = template.Library()

SILENT = SafeString('aria-hidden="true"')
SHEET = "img/sheet.svg"
TEN_MILLION = 10_000_000
KOREAN_UNITS = ((10**16, "경"), (10**12, "조"), (10**8, "억"), (10**4, "만"))
ENGLISH_UNITS = ((10**15, "Q"), (10**12, "T"), (10**9, "B"), (10**6, "M"))
LOCAL_TIME = {"minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S"}
WEEKDAYS = (
    pgettext_lazy("weekday under a small card", "Mon"),
    pgettext_lazy("weekday under a small card", "Tue"),
    pgettext_lazy("weekday under a small card", "Wed"),
    pgettext_lazy("weekday under a small card", "Thu"),
    pgettext_lazy("weekday under a small card", "Fri"),
    pgettext_lazy("weekday under a small card", "Sat"),
    pgettext_lazy("weekday under a small card", "Sun"),
)


def _drawing(symbol: str, css_class: str, title: str) -> SafeString:
    speech = SILENT if not title else format_html('role="img" aria-label="{}"', title)
    use = format_html('<use href="{}#{}"></use>', static(SHEET), symbol)
    return format_html('<svg class="{}" {} focusable="false">{}</svg>', css_class, speech, use)


@register.simple_tag
def icon(name: str, title: str = "", extra: str = ""):
    """Draw a symbol of the sheet in a 24-px box: an image for screen readers with a title, decoration without."""
    return _drawing(name, f"icon {extra}".rstrip(), title)


@register.simple_tag
def card_face(name: str, title: str = "", extra: str = ""):
    """Draw a hwatu card (`moon`, `crane`, … `back`), two to three, as wide as its container."""
    return _drawing(f"card-{name}", f"card-face {extra}".rstrip(), title)


@register.simple_tag
def scene(name: str, extra: str = ""):
    """Draw a wide decorative scene (`hero`, `greeting`, `crash`, `gacha`, `rps`)."""
    return _drawing(f"scene-{name}", f"scene {extra}".rstrip(), "")


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(context, url: str, icon_name: str, label: str):
    """One place in the navigation; without a URL it is shown as not open yet, so nothing leads to a 404."""
    request = context.get("request")
    path = request.path if request else ""
    here = bool(url) and (path == url or (url != "/" and path.startswith(f"{url}/")))
    return {"url": url, "icon_name": icon_name, "label": label, "here": here}


@register.filter
def figure(value: int) -> str:
    """A whole number with grouped thousands: 1,234,567."""
    return f"{int(value):,}"


@register.filter
def short_figure(value: int) -> str:
    """A figure for narrow places, shortened from ten million on (1,234만, 12.3M), always rounded down."""
    number = int(value)
    if abs(number) < TEN_MILLION:
        return figure(number)
    if (get_language() or "").startswith("ko"):
        unit, name = next((unit, name) for unit, name in KOREAN_UNITS if abs(number) >= 100 * unit)
        return f"{number // unit:,}{name}"
    unit, name = next((unit, name) for unit, name in ENGLISH_UNITS if abs(number) >= 10 * unit)
    tenths = number * 10 // unit
    return f"{tenths // 10:,}.{tenths % 10}{name}"


@register.filter
def day_label(value: datetime.date | str) -> str:
    """A calendar day in words for screen readers; takes a date or its ISO form."""
    return date_format(_day(value), pgettext("date format of a day in the streak week", "l j F"))


@register.filter
def weekday_letter(value: datetime.date | str) -> str:
    """The short weekday under a small card: 일, Sun; takes a date or its ISO form."""
    return str(WEEKDAYS[_day(value).weekday()])


@register.filter
def moment(value: datetime.datetime | str) -> str:
    """A moment as machines read it, for `datetime` attributes; takes an aware datetime or its ISO form."""
    return value if isinstance(value, str) else clock.iso(value)


@register.simple_tag
def local_time(value: datetime.datetime, precision: str = "minute", extra: str = ""):
    """A moment as text: in UTC, which it says, until `js/localtime.js` writes it by the reader's own clock.

    `precision` is minute or second; `extra` names further classes.
    """
    written = value.astimezone(datetime.UTC).strftime(LOCAL_TIME[precision])
    return format_html(
        '<time class="{}" datetime="{}" data-local="{}">{} UTC</time>',
        f"moment {extra}".rstrip(),
        clock.iso(value),
        precision,
        written,
    )


def _day(value: datetime.date | str) -> datetime.date:
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


@register.simple_tag
def server_now() -> str:
    """The server's clock as the page is made, so that a countdown is right on a device whose clock is wrong."""
    return clock.iso(clock.now())


@register.simple_tag
def script_texts():
    """The translated texts of the JavaScript modules, as a data block that nothing executes."""
    return json_script({name: str(text) for name, text in SCRIPT_TEXTS.items()}, "script-texts")
