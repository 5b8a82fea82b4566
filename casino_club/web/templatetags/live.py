"""The strip of live figures, for any page."""

from django import template

from casino_club.core import clock
from casino_club.web.live import figures

register = template.Library()


@register.inclusion_tag("web/live/strip.html")
def live_strip():
    """What the house is doing right now; `js/live/strip.js` keeps it up to date, `css/live.css` draws it."""
    return {"figures": figures.as_shown(now=clock.now())}
