"""The events, missions and season that come with a fresh house; each made once and never touched again."""

from datetime import datetime, timedelta

from economy.ledger.rules import hour_of
from economy.seasons.selectors import next_season, season_at
from economy.seasons.services import Tier, schedule
from events.live import operations
from events.live.models import Event
from events.live.rules import Asked, Template
from events.missions.models import Mission

DAY = timedelta(days=1)
SEASON_LASTS = 28 * DAY

EVENTS = (
    Template(
        code="demo-maple-week",
        lasts=7 * DAY,
        draft={
            "title": "단풍 주간: 서른 판 나들이",
            "title_en": "Maple week: thirty rounds out",
            "description": "단풍이 붉은 동안, 어떤 게임이든 서른 판을 즐겨 보세요. 다섯 번 이기면 나들이가 끝나요.",
            "description_en": "While the maples are red, play thirty rounds of anything. Win five of them on the way.",
            "event_type": "weekly",
            "requirements": (Asked("plays", 30), Asked("wins", 5)),
            "rewards": {"gold": 1500, "gems": 20},
            "priority": 30,
        },
    ),
    Template(
        code="demo-first-moon",
        lasts=3 * DAY,
        draft={
            "title": "초승달 아래 첫걸음",
            "title_en": "First steps under the new moon",
            "description": "슬롯을 열 번 돌리면 끝! 클럽에 막 들어온 분께 어울려요.",
            "description_en": "Ten spins of the slot and you are done. A good start for newcomers.",
            "event_type": "daily",
            "requirements": (Asked("slot_spins", 10),),
            "rewards": {"gold": 500, "exp": 50},
            "priority": 20,
        },
    ),
)
COMING = Template(
    code="demo-pine-night",
    lasts=10 * DAY,
    draft={
        "title": "소나무 밤의 연회",
        "title_en": "Banquet of the pine night",
        "description": "겨울을 여는 계절 이벤트예요. 골드 20,000을 걸면 젬 상자를 드려요.",
        "description_en": "The season's opening night. Wager 20,000 gold and a box of gems is yours.",
        "event_type": "seasonal",
        "requirements": (Asked("wagered_gold", 20_000),),
        "rewards": {"gold": 3000, "gems": 60, "vip_points": 100},
        "priority": 40,
    },
)
COMING_IN = 3 * DAY


def _mission(order: int, kind: str, metric: str, target: int, texts: tuple[str, str], icon: str, **more) -> Mission:
    title, title_en = texts
    return Mission(
        mission_type=kind,
        metric=metric,
        target_value=target,
        title=title,
        title_en=title_en,
        icon=icon,
        sort_order=order,
        **more,
    )


def _missions() -> list[Mission]:
    return [
        _mission(10, "daily", "streak_claims", 1, ("출석 보상 받기", "Collect the attendance reward"), "calendar",
                 category="visit", gold=100),
        _mission(20, "daily", "plays", 10, ("열 판 즐기기", "Play ten rounds"), "games", gold=200, exp=20),
        _mission(30, "daily", "wins", 3, ("세 번 이기기", "Win three times"), "trophy", category="win", gold=300),
        _mission(40, "daily", "wagered_gold", 2000, ("골드 2,000 걸기", "Wager 2,000 gold"), "gold", gems=3),
        _mission(10, "weekly", "streak_claims", 5, ("다섯 날 출석하기", "Attend on five days"), "flame",
                 category="visit", gold=1000, gems=10),
        _mission(20, "weekly", "slot_spins", 100, ("슬롯 백 번 돌리기", "Spin the slot a hundred times"), "mark-slot",
                 gold=1500, exp=150),
        _mission(30, "weekly", "xp", 1000, ("XP 1,000 모으기", "Earn 1,000 XP"), "xp", category="collect",
                 gems=15, vip_points=50),
    ]  # fmt: skip


TIERS = (
    Tier(xp=50, free_gold=200, premium_gold=500),
    Tier(xp=150, free_gold=200, premium_gems=10),
    Tier(xp=300, free_gems=5, premium_gold=800),
    Tier(xp=500, free_gold=300, premium_vip_points=50),
    Tier(xp=800, premium_gold=1000),
    Tier(xp=1200, free_gold=500, premium_gems=25),
    Tier(xp=1700, free_gems=10, premium_gold=1500),
    Tier(xp=2300, free_gold=600, premium_vip_points=100),
    Tier(xp=3000, premium_gold=2000),
    Tier(xp=3800, free_gold=800, premium_gems=50),
    Tier(xp=4700, free_gems=15, premium_gold=3000),
    Tier(xp=6000, free_gold=2000, free_vip_points=50, premium_gold=5000, premium_gems=100, premium_vip_points=200),
)


def seed(*, now: datetime) -> list[str]:
    """Make what is missing and name it. The caller holds the seeding lock."""
    made = []
    if not operations.seed(operator_id=None, now=now).idempotent:
        made.append("event model-index")
    for template, starts_at in [*((template, now) for template in EVENTS), (COMING, now + COMING_IN)]:
        if not Event.objects.filter(code=template.code).exists():
            operations.create(draft=template.at(starts_at), operator_id=None, now=now, code=template.code)
            made.append(f"event {template.code}")
    if not Mission.objects.exists():
        made += [f"mission {mission.title}" for mission in Mission.objects.bulk_create(_missions())]
    if season_at(now) is None and next_season(now) is None:
        start = hour_of(now)
        season = schedule(
            name="단풍 고개",
            name_en="Maple pass",
            starts_at=start,
            ends_at=start + SEASON_LASTS,
            premium_price_gems=100,
            tiers=TIERS,
        )
        made.append(f"season {season.name}")
    return made
