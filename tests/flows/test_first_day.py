"""A player's first day by the API: sign up, sign in, claim, spin; the balance is the ledger's sum."""

import uuid

import pytest
from django.core.management import call_command
from django.db.models import Sum

from economy.ledger.models import Entry
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_sign_up_to_twenty_spins(client):
    factories.invite(code="5858")
    names = {"site_id": "moonwatcher", "nickname": "달지기", "password": "plum-and-crane-7"}

    signed_up = client.post(
        "/api/auth/signup", {**names, "invite_code": "5858", "age_confirmed": True}, content_type="application/json"
    )
    assert signed_up.status_code == 201
    assert signed_up.json()["user"]["gold_balance"] == 1000

    signed_in = client.post(
        "/api/auth/login", {"site_id": "달지기", "password": names["password"]}, content_type="application/json"
    ).json()
    headers = {"Authorization": f"Bearer {signed_in['access_token']}"}

    claimed = client.post("/api/streak/claim", {}, content_type="application/json", headers=headers).json()
    assert (claimed["awarded_gold"], claimed["awarded_xp"], claimed["streak_count"]) == (1123, 55, 1)

    balance = claimed["new_gold_balance"]
    for _ in range(20):
        spun = client.post(
            "/api/games/slot/spin",
            {"bet_amount": 20, "lines": 20},
            content_type="application/json",
            headers={**headers, "Idempotency-Key": uuid.uuid4().hex},
        ).json()
        assert spun["balance"] == balance + spun["net_change"]
        balance = spun["balance"]

    wallet = client.get("/api/economy/wallet", headers=headers).json()
    player_id = signed_in["user"]["id"]
    entries = Entry.objects.filter(player_id=player_id)
    assert client.get("/api/auth/me", headers=headers).json()["gold_balance"] == balance == wallet["gold"]
    assert entries.filter(asset="gold").aggregate(sum=Sum("amount"))["sum"] == balance
    assert client.get("/api/games/stats/me", headers=headers).json()["total_bets"] <= 20
    call_command("reconcile")
