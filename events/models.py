"""The rows of the app, gathered from its features for Django."""

from events.battlepass.models import PassClaim, PremiumPass
from events.live.models import (
    CompletionCheckpoint,
    Event,
    EventCount,
    ForcedClaim,
    Participation,
    ReportedProgress,
    Requirement,
)
from events.missions.models import Mission, MissionClaim

__all__ = [
    "CompletionCheckpoint",
    "Event",
    "EventCount",
    "ForcedClaim",
    "Mission",
    "MissionClaim",
    "Participation",
    "PassClaim",
    "PremiumPass",
    "ReportedProgress",
    "Requirement",
]
