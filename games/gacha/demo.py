"""The banners that come with a fresh house."""

from datetime import datetime, timedelta

from games.gacha.models import Banner

FESTIVAL = timedelta(days=28)


def demo_banners(*, now: datetime) -> list[str]:
    """A standing box, and one with the full moon in sight for four weeks; nothing when there is any banner already."""
    if Banner.objects.exists():
        return []
    made = Banner.objects.bulk_create(
        [
            Banner(
                title_ko="열두 달 옻칠함",
                title_en="Box of the twelve months",
                art="paulownia",
                odds_version="gacha-standard-2026-11-23",
                gold_for_1=150,
                gold_for_10=1_350,
                gems_for_1=15,
                gems_for_10=135,
                starts_at=now,
                sort_order=20,
                created_at=now,
            ),
            Banner(
                title_ko="보름달 옻칠함",
                title_en="Box of the full moon",
                art="pampas",
                odds_version="gacha-moon-2026-11-23",
                gold_for_1=200,
                gold_for_10=1_800,
                gems_for_1=20,
                gems_for_10=180,
                starts_at=now,
                ends_at=now + FESTIVAL,
                sort_order=10,
                created_at=now,
            ),
        ]
    )
    return [f"banner {banner.title_ko}" for banner in made]
