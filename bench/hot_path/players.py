"""Players for the load, in a database of their own: signed in, with gold, seeds and today's streaks. Run as a module:

`python -m bench.hot_path.players <count> <file>` writes one line of JSON a player: {"id", "token"}.
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts.sessions import tokens  # noqa: E402
from accounts.sessions.models import AuthSession, SessionKind  # noqa: E402
from accounts.users.models import User  # noqa: E402
from casino_club.asgi import EXPRESS, pages_and_api  # noqa: E402
from casino_club.core import clock  # noqa: E402
from economy.ledger.models import Wallet  # noqa: E402
from economy.streaks.models import AttendanceDay, StreakState  # noqa: E402
from economy.streaks.rules import Action, Source  # noqa: E402
from games.express import Express  # noqa: E402
from games.fairness import rules as fairness  # noqa: E402
from games.fairness.models import SeedPair  # noqa: E402

GOLD = 10**9
PLAYED = (Action.CRASH_BET, Action.SLOT_SPIN)


@transaction.atomic
def make(count: int) -> list[dict]:
    now = clock.now()
    users = User.objects.bulk_create(
        User(site_id=f"bench{n}", nickname=f"bench{n}", password="!", created_at=now) for n in range(count)
    )
    Wallet.objects.bulk_create(Wallet(player=user, gold=GOLD) for user in users)
    StreakState.objects.bulk_create(
        StreakState(player=user, action=action, count=1, longest=1, last_date=clock.game_date(now), updated_at=now)
        for user in users
        for action in PLAYED
    )
    AttendanceDay.objects.bulk_create(
        AttendanceDay(player=user, action=action, date=clock.game_date(now), source=Source.TICK, created_at=now)
        for user in users
        for action in PLAYED
    )
    seeds = [fairness.new_server_seed() for _ in users]
    SeedPair.objects.bulk_create(
        SeedPair(
            player=user,
            server_seed=seed,
            server_seed_hash=fairness.commitment(seed),
            client_seed="bench",
            created_at=now,
        )
        for user, seed in zip(users, seeds, strict=True)
    )
    sessions = AuthSession.objects.bulk_create(
        AuthSession(
            user=user,
            kind=SessionKind.TOKEN,
            created_at=now,
            last_seen_at=now,
            expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
        )
        for user in users
    )
    return [
        {"id": each.user_id, "token": tokens.access_token(session_id=each.pk, user_id=each.user_id, now=now)}
        for each in sessions
    ]


def statements(players: list[dict], path: str, body: dict) -> int:
    """What one request of a player sends to PostgreSQL, BEGIN and COMMIT included, once the process is warm."""
    application = Express(pages_and_api, EXPRESS)
    for player in players:
        request = RequestFactory().post(
            path, json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {player['token']}", "Idempotency-Key": f"statements{path}"},
        )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            answer = b"".join(application(request.environ, lambda status, headers: None))
        if not json.loads(answer).get("success"):
            raise SystemExit(answer.decode())
    return len(captured)


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    players = make(int(sys.argv[1]))
    counted = {
        "crash bet": statements(players[-2:], "/api/games/crash/bet", {"bet_amount": 10}),
        "slot spin": statements(players[-2:], "/api/games/slot/spin", {"bet_amount": 20, "lines": 20}),
    }
    Path(sys.argv[2]).write_text(json.dumps({"players": players, "statements": counted}))


if __name__ == "__main__":
    main()
