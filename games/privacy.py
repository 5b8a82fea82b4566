"""What the games hold about players: every round, and what was drawn. Seeds in use stay secret."""

from django.db.models import Case, F, Func, TextField, Value, When

from casino_club.core.privacy import KEEP, Held, Holdings

REVEALED_SEED = Case(
    When(
        revealed_at__isnull=False,
        then=Func(F("server_seed"), Value("hex"), function="encode", output_field=TextField()),
    )
)

HOLDINGS = Holdings(
    tables=(
        Held(
            "games.SeedPair",
            "player",
            KEEP,
            withheld=("server_seed",),
            shown={"revealed_server_seed": REVEALED_SEED},
        ),
        # `due_at` of an open round tells how it will end.
        Held("games.Round", "player", KEEP, withheld=("due_at",)),
        Held("games.FreeSpins", "player", KEEP),
        Held("games.Pity", "player", KEEP),
        Held("games.InventoryItem", "player", KEEP),
        Held("games.UserGameStats", "user", KEEP),
        Held("games.DailyGameStats", "user", KEEP),
        Held("games.StatsRecalculation", "user", KEEP),
        Held("games.StatsRecalculationEvent", "user", KEEP),
        Held("games.Standing", "player", KEEP),
        Held("games.HiddenName", "player", KEEP),
    ),
)
