"""The operators' pages of the app, gathered from its features for Django."""

from events.battlepass.admin import PassClaimAdmin, PremiumPassAdmin
from events.live.admin import EventAdmin
from events.missions.admin import MissionAdmin, MissionClaimAdmin
from events.participants.admin import ForcedClaimAdmin, ParticipationAdmin

__all__ = [
    "EventAdmin",
    "ForcedClaimAdmin",
    "MissionAdmin",
    "MissionClaimAdmin",
    "ParticipationAdmin",
    "PassClaimAdmin",
    "PremiumPassAdmin",
]
