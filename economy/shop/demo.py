"""What a fresh house has on its shelves: made once, by code, and never touched again."""

from datetime import datetime, timedelta

from economy.shop.models import Package, Product, PromoCode
from economy.shop.rules import Currency, PromoKind
from economy.vip.rules import Tier


def seed(*, now: datetime) -> list[str]:
    """Put what is missing on the shelves; the codes of what was made."""
    made = []
    for model, rows in ((Product, _products()), (Package, _packages(now)), (PromoCode, _promo_codes(now))):
        there = set(model.objects.values_list("code", flat=True))
        missing = [model(**row) for row in rows if row["code"] not in there]
        model.objects.bulk_create(missing)
        made += [row.code for row in missing]
    return made


def _on_sale(code: str, face: str, names: tuple[str, str], texts: tuple[str, str], **more: object) -> dict:
    """One thing for sale: its name and description in Korean and English, and whatever else it has."""
    (name, name_en), (text, text_en) = names, texts
    both = {"name": name, "name_en": name_en, "description": text, "description_en": text_en}
    return {"code": code, "face": face, **both, **more}


def _for_gems(price: int, *item, **more) -> dict:
    return _on_sale(*item, currency=Currency.GEMS, price=price, **more)


def _by_card(price: int, *item, **more) -> dict:
    return _on_sale(*item, currency=Currency.KRW, price=price, **more)


def _products() -> list[dict]:
    pouch = ("금화 주머니", "Pouch of gold"), ("가볍게 한 판 더.", "For one more round.")
    chest = ("금화 궤짝", "Chest of gold"), ("주머니 다섯보다 조금 싸요.", "A little cheaper than five pouches.")
    store = ("금화 곳간", "Storehouse of gold"), ("넉넉하게 채워 두는 곳간이에요.", "Plenty, for a long night.")
    seal = ("클럽 인장", "Club seal"), ("다음 VIP 등급에 한 걸음 더.", "A step closer to the next VIP tier.")
    maple = ("단풍 보물", "Maple treasure"), ("PREMIUM 회원만의 값이에요.", "A price for PREMIUM members.")
    crane = ("학의 보물", "Crane's treasure"), ("VIP 회원에게만 열려요.", "Opens for VIP members only.")
    first = ("젬 50개", "50 gems"), ("처음이라면 이만큼부터.", "A good start.")
    some = ("젬 280개", "280 gems"), ("옻칠 상자를 열기에 넉넉해요.", "Enough to open a few lacquer boxes.")
    many = ("젬 620개", "620 gems"), ("금화 3,000을 얹어 드려요.", "With 3,000 gold on top.")
    most = ("젬 1,700개", "1,700 gems"), ("금화 10,000을 얹어 드려요.", "With 10,000 gold on top.")
    return [
        _for_gems(10, "gold-pouch", "plum", *pouch, gold=1_000, priority=90),
        _for_gems(45, "gold-chest", "blossom", *chest, gold=5_000, priority=80),
        _for_gems(160, "gold-storehouse", "moon", *store, gold=20_000, discount_percent=20, priority=70),
        _for_gems(60, "club-seal", "iris", *seal, vip_points=300, priority=60),
        _for_gems(80, "maple-treasure", "maple", *maple, gold=12_000, min_vip_tier=Tier.PREMIUM, priority=50),
        _for_gems(
            200, "crane-treasure", "crane", *crane, gold=35_000, vip_points=100, min_vip_tier=Tier.VIP, priority=40
        ),
        _by_card(1_200, "gems-50", "chrysanthemum", *first, gems=50, priority=30),
        _by_card(5_900, "gems-280", "pine", *some, gems=280, priority=20),
        _by_card(12_000, "gems-620", "crane", *many, gems=620, gold=3_000, priority=10),
        _by_card(30_000, "gems-1700", "moon", *most, gems=1_700, gold=10_000, priority=5),
    ]


def _packages(now: datetime) -> list[dict]:
    def window(first_day: int, last_day: int) -> dict:
        return {"starts_at": now + timedelta(days=first_day), "ends_at": now + timedelta(days=last_day)}

    moon = (
        ("보름달 꾸러미", "Full moon box"),
        ("젬, 금화, VIP 포인트를 한 번에.", "Gems, gold and VIP points at once."),
    )
    plum = ("매화 선물함", "Plum blossom gift"), ("젬으로 사는 한정 꾸러미예요.", "A limited box for gems.")
    night = ("학의 밤 꾸러미", "Night of the crane"), ("단 30개만 준비했어요.", "Only 30 of these.")
    return [
        _by_card(9_900, "full-moon-box", "moon", *moon, gems=500, gold=10_000, vip_points=200, priority=90)
        | {"stock": 100, "per_user_limit": 1, **window(0, 14)},
        _for_gems(30, "plum-gift", "plum", *plum, gold=5_000, vip_points=50, priority=80)
        | {"stock": 300, "per_user_limit": 2, **window(0, 7)},
        _by_card(29_000, "crane-night", "crane", *night, gems=1_600, gold=40_000, vip_points=800, priority=70)
        | {"stock": 30, "per_user_limit": 1, **window(3, 10)},
    ]


def _promo_codes(now: datetime) -> list[dict]:
    window = {"starts_at": now, "ends_at": now + timedelta(days=90)}
    return [
        {"code": "WELCOME10", "kind": PromoKind.PERCENT, "value": 10, "currency": Currency.GEMS, **window},
        {"code": "MOON3000", "kind": PromoKind.AMOUNT, "value": 3_000, "currency": Currency.KRW, "max_uses": 50}
        | window,
    ]
