"""The operators' pages of the app, gathered from its features for Django."""

from events.battlepass.admin import PassClaimAdmin, PremiumPassAdmin
from events.live.admin import EventAdmin
from events.live.participation_admin import ForcedClaimAdmin, ParticipationAdmin
from events.missions.admin import MissionAdmin, MissionClaimAdmin

__all__ = [
    "EventAdmin",
    "ForcedClaimAdmin",
    "MissionAdmin",
    "MissionClaimAdmin",
    "ParticipationAdmin",
    "PassClaimAdmin",
    "PremiumPassAdmin",
]
