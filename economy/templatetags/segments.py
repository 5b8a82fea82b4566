"""The shelf of recommended offers, for any page."""

from django import template

from casino_club.core import clock
from economy.segments.selectors import recommended

register = template.Library()


@register.inclusion_tag("economy/shop/offers.html", takes_context=True)
def recommended_offers(context):
    """What the player is recommended; nothing for strangers. `css/shop.css` draws it."""
    player = context.get("player")
    return {"offers": recommended(player["id"], now=clock.now()) if player else []}
