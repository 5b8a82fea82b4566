"""The shop's doors: what they answer, what they refuse, and that a repeat buys nothing twice."""

import uuid
from datetime import timedelta

import pytest

from casino_club.core import clock
from economy.fraud.models import FraudAudit
from economy.ledger.selectors import wallet_of
from economy.shop import services
from economy.shop.models import Package, Purchase
from tests import factories
from tests.economy import shop_things as shop

pytestmark = pytest.mark.django_db
VISA = "4242424242424242"


@pytest.fixture
def player():
    user = factories.player()
    factories.give(user, gems=100)
    return user


@pytest.fixture
def post(client, player):
    def send(path, body, *, key=None, user=player, **headers):
        return client.post(
            f"/api/shop/{path}",
            body,
            content_type="application/json",
            headers=factories.bearer(user) | {"Idempotency-Key": key or uuid.uuid4().hex} | headers,
        )

    return send


@pytest.fixture
def get(client, player):
    def read(path, user=player):
        answer = client.get(f"/api/shop/{path}", headers=factories.bearer(user))
        assert answer.status_code == 200, answer.content
        return answer.json()

    return read


def by_gems(item, **more):
    named = {"code": item.code} if isinstance(item, Package) else {"product_id": item.pk}
    return named | {"quantity": 1, "payment_method": "gems"} | more


def by_card(item, **more):
    return by_gems(item, payment_method="card", card_token="tok_visa") | more


# --- Reading ------------------------------------------------------------------------------------------------------
def test_the_catalog_shows_prices_of_this_moment_and_who_may_buy(get, settings):
    now = clock.now()
    plain = shop.product(price=10, priority=2)
    off = shop.product(
        price=99, priority=1, discount_percent=30, discount_ends_at=now + timedelta(hours=1), min_vip_tier="VIP"
    )
    card = shop.product(currency="KRW", price=5900, gems=50)
    shop.product(is_active=False)

    listed = get("catalog")

    assert [row["id"] for row in listed["results"]] == [plain.pk, off.pk, card.pk]
    first, second, third = listed["results"]
    assert (first["price"], first["discount"], first["locked"]) == (10, None, False)
    assert (second["price"], second["base_price"], second["discount"]["percent"]) == (70, 99, 30)
    assert (second["locked"], second["min_vip_tier"]) == (True, "VIP")
    assert (third["currency"], third["contents"]) == ("KRW", {"gold": 0, "gems": 50, "vip_points": 0})


def test_without_a_provider_no_card_price_is_shown(get, settings):
    settings.PAYMENTS_PROVIDER = ""
    item = shop.product()
    shop.product(currency="KRW", price=5900, gems=50)
    shop.package()

    assert [row["id"] for row in get("catalog")["results"]] == [item.pk]
    assert get("limited-packages")["results"] == []


def test_limited_packages_show_what_is_left_and_the_callers_share(get, player):
    now = clock.now()
    item = shop.package(stock=5, per_user_limit=3)
    coming = shop.package(starts_at=now + timedelta(hours=1))
    shop.package(ends_at=now - timedelta(seconds=1))
    shop.buy(player, item, quantity=2)
    shop.buy(factories.player(), item)

    found = {row["code"]: row for row in get("limited-packages")["results"]}

    assert set(found) == {item.code, coming.code}
    assert {
        "phase": "open",
        "price": 9900,
        "remaining_stock": 2,
        "user_purchased": 2,
        "user_remaining": 1,
        "per_user_limit": 3,
    }.items() <= found[item.code].items()
    assert found[coming.code]["phase"] == "upcoming"


def test_purchases_are_the_callers_own_latest_first(get, player, client):
    item = shop.product()
    mine = [shop.buy(player, item).pk for _ in range(3)]
    shop.buy(player, shop.package())
    other = factories.player()
    factories.give(other, gems=10)
    shop.buy(other, item)

    first = get("purchases?limit=2")
    rest = get(f"purchases?limit=5&cursor={first['next']}")

    rows = first["results"] + rest["results"]
    assert [row["status"] for row in rows] == ["pending", "granted", "granted", "granted"]
    assert [row["id"] for row in rows[1:]] == mine[::-1]
    assert rows[0]["pay_url"] == f"/pay/{rows[0]['id']}"
    assert rest["next"] is None


# --- Buying -------------------------------------------------------------------------------------------------------
def test_gems_buy_at_once_and_a_repeat_buys_nothing_more(post, player):
    item = shop.product(price=30, gold=500)
    key = uuid.uuid4().hex

    first = post("buy", by_gems(item, quantity=2), key=key)
    again = post("buy", by_gems(item, quantity=2), key=key)

    assert first.status_code == 201, first.content
    assert first.json() == {
        "purchase_id": Purchase.objects.get().pk,
        "status": "granted",
        "amount": 60,
        "contents": {"gold": 1000, "gems": 0, "vip_points": 0},
        "new_gold_balance": 2000,
        "new_gem_balance": 40,
        "new_vip_points": 0,
    }
    assert again.content == first.content
    assert again["Idempotency-Hit"] == "true"
    assert wallet_of(player.pk).gems == 40


def test_a_card_purchase_is_judged_first_and_waits_for_its_payment(post, player):
    item, key = shop.package(), uuid.uuid4().hex

    first = post("buy-limited", by_card(item), key=key, **{"X-Device-Id": "device-0001"})
    again = post("buy-limited", by_card(item), key=key)

    made = Purchase.objects.get()
    assert first.status_code == 201, first.content
    assert first.json() == {"purchase_id": made.pk, "status": "pending", "pay_url": f"/pay/{made.pk}"}
    assert again.content == first.content
    audit = FraudAudit.objects.get()
    assert (audit.pk, audit.reference, audit.amount) == (made.fraud_audit_id, made.reference, 9900)


def test_a_blocked_card_leaves_its_audit_and_no_purchase(post, player):
    item = shop.package(per_user_limit=30)
    for number in range(12):
        refused = post("buy-limited", by_card(item, card_token=f"tok_{number}x"))
        if refused.status_code != 201:
            break

    assert (refused.status_code, refused.json()["error"]) in ((429, "fraud_soft_block"), (403, "fraud_hard_block"))
    assert FraudAudit.objects.count() == Purchase.objects.count() + 1


def test_a_refused_order_is_not_stored(post, player):
    item, key = shop.product(price=150), uuid.uuid4().hex

    assert post("buy", by_gems(item), key=key).json()["error"] == "insufficient_gems"
    factories.give(player, gems=100)

    assert post("buy", by_gems(item), key=key).status_code == 201


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("buy", {"card_token": VISA}, "card_token"),
        ("buy", {"card_token": "4242 4242-4242 4242"}, "card_token"),
        ("buy-limited", {"card_token": f"tok_{VISA}"}, "card_token"),
        ("buy", {"card_number": VISA}, "card_number"),
        ("buy", {"card_number": int(VISA)}, "card_number"),
        ("buy", {"card": {"pan": VISA}}, "card"),
        ("buy", {"promo_code": VISA}, "promo_code"),
        ("buy", {"promo_code": "４２４２４２４２４２４２４２４２"}, "promo_code"),
    ],
)
def test_a_cards_number_is_refused_wherever_it_stands(post, path, body, field):
    item = shop.product(currency="KRW", price=100) if path == "buy" else shop.package()

    answer = post(path, by_gems(item, payment_method="card") | body)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert field in answer.json()["fields"]
    assert VISA not in answer.content.decode()


@pytest.mark.parametrize("quantity", [0, 11, -1, 1.0, "1", True, None])
def test_a_quantity_is_a_whole_number_from_1_to_10(post, quantity):
    answer = post("buy", by_gems(shop.product(), quantity=quantity))

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


def _closed():
    return shop.package(currency="gems", price=1, ends_at=clock.now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("make", "more", "status", "code"),
    [
        (lambda: shop.package(currency="gems", is_active=False), {}, 404, "not_found"),
        (_closed, {}, 409, "window_closed"),
        (lambda: shop.package(currency="gems", price=1, stock=0), {}, 409, "out_of_stock"),
        (lambda: shop.package(currency="gems", price=1), {"quantity": 2}, 409, "user_limit"),
        (lambda: shop.package(currency="gems", price=101), {}, 409, "insufficient_gems"),
        (lambda: shop.package(currency="gems", price=1, min_vip_tier="VIP"), {}, 409, "vip_tier_required"),
        (lambda: shop.package(currency="gems", price=1), {"promo_code": "NO-SUCH"}, 409, "promo_invalid"),
        (lambda: shop.package(), {}, 409, "payment_method_refused"),
    ],
)
def test_each_refusal_has_its_code(post, make, more, status, code):
    answer = post("buy-limited", by_gems(make(), **more))

    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert not Purchase.objects.exists()


def test_an_amount_other_than_the_one_shown_is_not_paid(post, player):
    item = shop.product(price=20)

    refused = post("buy", by_gems(item, quantity=2, expected_amount=39))

    assert (refused.status_code, refused.json()["error"], refused.json()["amount"]) == (409, "price_changed", 40)
    assert post("buy", by_gems(item, quantity=2, expected_amount=40)).status_code == 201


def test_a_used_up_promo_code_is_refused_by_its_code(post):
    item, code = shop.package(currency="gems", price=10, per_user_limit=5), shop.promo()
    assert post("buy-limited", by_gems(item, promo_code=code.code)).json()["amount"] == 9

    refused = post("buy-limited", by_gems(item, promo_code=code.code))

    assert (refused.status_code, refused.json()["error"]) == (409, "promo_exhausted")


def test_too_many_orders_a_minute_are_refused_but_repeats_answered(post, settings):
    settings.RATE_PURCHASES_PER_MINUTE = 2
    item, key = shop.product(price=1), uuid.uuid4().hex
    first = post("buy", by_gems(item), key=key)
    post("buy", by_gems(item))

    refused = post("buy", by_gems(item))

    assert (refused.status_code, refused.json()["error"]) == (429, "rate_limited")
    assert int(refused["Retry-After"]) >= 1
    assert post("buy", by_gems(item), key=key).content == first.content


@pytest.mark.parametrize("path", ["buy", "buy-limited"])
def test_orders_need_a_key(client, player, path):
    answer = client.post(f"/api/shop/{path}", {}, content_type="application/json", headers=factories.bearer(player))

    assert (answer.status_code, answer.json()["error"]) == (400, "idempotency_key_required")


def test_cards_are_refused_without_a_provider(post, settings):
    settings.PAYMENTS_PROVIDER = ""

    answer = post("buy-limited", by_card(shop.package()))

    assert (answer.status_code, answer.json()["error"]) == (409, "payments_unavailable")
    assert not FraudAudit.objects.exists()


def test_somebody_elses_purchase_is_not_shown(get, player):
    shop.buy(player, shop.product())

    assert get("purchases", user=factories.player())["results"] == []


def test_without_signals_a_purchase_waits_for_review(post, monkeypatch):
    monkeypatch.setattr("economy.fraud.signals.note", lambda attempt, origin, *, now: None)
    item = shop.package()

    made = Purchase.objects.get(pk=post("buy-limited", by_card(item)).json()["purchase_id"])

    item.refresh_from_db()
    assert (made.review_state, item.held) == ("waiting", 0)
    with pytest.raises(services.ReviewWaiting):
        services.mark_paid(purchase_id=made.pk, receipt_id="r", amount=made.amount, now=clock.now())
