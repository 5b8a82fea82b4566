"""Pieces of the economy that any page may show."""

from django import template

from casino_club.core import clock
from economy.safetynet.selectors import offer

register = template.Library()


@register.inclusion_tag("economy/safety_net.html", takes_context=True)
def safety_net(context):
    """The strip for whoever cannot pay the smallest bet; it looks again after whatever changes the balance."""
    player = context.get("player")
    plays = player and player["has_wallet"]
    found = plays and offer(player_id=player["id"], gold=player["gold_balance"], now=clock.now())
    return {"offer": found, "csrf_token": context.get("csrf_token")}
