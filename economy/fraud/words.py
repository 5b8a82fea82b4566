"""Decisions in words: what each tier, feature and condition is called on an operator's screen."""

from collections.abc import Iterator

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from economy.fraud.rules import (
    FIELDS,
    Action,
    All,
    AnyOf,
    Compare,
    Condition,
    Features,
    Mode,
    Not,
    Tier,
    Value,
)

ACTION_LABELS = {Action.BUY: gettext_lazy("Shop"), Action.BUY_LIMITED: gettext_lazy("Limited package")}
TIER_LABELS = {
    Tier.ALLOW: gettext_lazy("Allowed"),
    Tier.REVIEW: gettext_lazy("Sent to review"),
    Tier.SOFT_BLOCK: gettext_lazy("Turned away for now"),
    Tier.HARD_BLOCK: gettext_lazy("Turned away"),
}
MODE_LABELS = {
    Mode.LIVE: pgettext_lazy("mode of a rule", "live"),
    Mode.SHADOW: pgettext_lazy("mode of a rule", "shadow"),
    Mode.OFF: pgettext_lazy("mode of a rule", "off"),
}
FIELD_LABELS = {
    "action": gettext_lazy("what is bought"),
    "amount": gettext_lazy("amount, KRW"),
    "has_card": gettext_lazy("with a card"),
    "has_fingerprint": gettext_lazy("with a device cookie"),
    "account_age_hours": gettext_lazy("account's age in hours"),
    "attempts_ip_5m": gettext_lazy("attempts from the address, 5 min"),
    "attempts_ip_1h": gettext_lazy("attempts from the address, 1 h"),
    "attempts_fingerprint_5m": gettext_lazy("attempts from the device, 5 min"),
    "attempts_fingerprint_1h": gettext_lazy("attempts from the device, 1 h"),
    "attempts_user_5m": gettext_lazy("attempts by the player, 5 min"),
    "attempts_user_1h": gettext_lazy("attempts by the player, 1 h"),
    "distinct_cards_5m": gettext_lazy("different cards, 5 min"),
    "distinct_cards_24h": gettext_lazy("different cards, 24 h"),
    "amount_stddev_24h": gettext_lazy("standard deviation of amounts, 24 h"),
    "accounts_device_30d": gettext_lazy("accounts of the device, 30 days"),
}
SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "lte": "≤", "gt": ">", "gte": "≥", "in": "∈"}


def shown(value: Value | tuple[Value, ...] | None) -> str:
    """A value as people read it."""
    if value is None:
        return _("unknown")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(map(shown, value))
    return localize(value)


def condition(when: Condition, features: Features | None = None) -> str:
    """A condition as one line; given features, each comparison also says what was found."""
    match when:
        case Compare():
            text = f"{FIELD_LABELS[when.field]} {SIGNS[when.operator]} {shown(when.value)}"
            return text if features is None else f"{text} ({shown(features.get(when.field))})"
        case Not():
            return _("not (%(condition)s)") % {"condition": condition(when.part, features)}
        case All() | AnyOf():
            between = _(" and ") if isinstance(when, All) else _(" or ")
            parts = (condition(part, features) for part in when.parts)
            return between.join(_bracketed(parts, when.parts))


def _bracketed(texts: Iterator[str], parts: tuple[Condition, ...]) -> Iterator[str]:
    for text, part in zip(texts, parts, strict=True):
        yield f"({text})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else text


def facts(features: Features) -> list[tuple[str, str]]:
    """Every feature by its name on the screen, those that are known."""
    found = {**features, "action": str(ACTION_LABELS.get(features.get("action"), ""))}
    return [(str(FIELD_LABELS[name]), shown(found[name])) for name in FIELDS if name in features]
