"""What events, missions and the pass hold about players: what they joined and collected."""

from casino_club.core.privacy import KEEP, Held, Holdings

HOLDINGS = Holdings(
    tables=(
        Held("events.Participation", "player", KEEP),
        Held("events.ReportedProgress", "participation__player", KEEP),
        Held("events.ForcedClaim", "participation__player", KEEP, withheld=("operator",)),
        Held("events.ForcedClaimEvent", "participation__player", KEEP),
        Held("events.MissionClaim", "player", KEEP),
        Held("events.PremiumPass", "player", KEEP),
        Held("events.PassClaim", "player", KEEP),
    ),
    operators=frozenset({"events.Event.created_by", "events.ForcedClaim.operator"}),
)
