"""Gifts and what waits for a second operator, over the operators' API."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/admin/approvals"


def bearer(role):
    return factories.bearer(factories.operator(role=role))


def give(client, player, headers, *, key="a-first-key", **body):
    return client.post(
        f"/api/admin/users/{player.pk}/grant",
        {"reason": "a lost evening", **body},
        content_type="application/json",
        headers=headers | ({"Idempotency-Key": key} if key else {}),
    )


def decide(client, approval_id, what, headers, **body):
    return client.post(f"{LIST}/{approval_id}/{what}", body, content_type="application/json", headers=headers)


def test_a_gift_answers_what_was_given_and_a_repeat_the_same_bytes(client):
    player, headers = factories.player(), bearer("support")

    first, again = give(client, player, headers, gold=5000), give(client, player, headers, gold=5000)

    assert first.status_code == 200
    assert first.json()["status"] == "granted"
    assert first.json()["given"] == {"gold": 3000, "gems": 0, "xp": 0, "vip_points": 0}
    assert first.json()["balances"]["gold"] == 4000
    assert (again.content, again["Idempotency-Hit"]) == (first.content, "true")


def test_a_big_gift_waits_and_another_operator_decides(client):
    player, asker, approver = factories.player(), bearer("support"), bearer("economy")

    answer = give(client, player, asker, gold=8000)

    assert answer.status_code == 202
    waiting = answer.json()["approval"]
    assert (waiting["state"], waiting["payload"]["gold"]) == ("waiting", 8000)
    assert [row["id"] for row in client.get(LIST, headers=bearer("viewer")).json()["results"]] == [waiting["id"]]

    approved = decide(client, waiting["id"], "approve", approver)
    again = decide(client, waiting["id"], "approve", approver)
    late = decide(client, waiting["id"], "deny", bearer("economy"), reason="too much")

    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert again.content == approved.content
    assert (late.status_code, late.json()["error"]) == (409, "already_decided")
    assert client.get(LIST, headers=approver).json()["results"] == []
    assert client.get(f"{LIST}?state=approved", headers=approver).json()["results"][0]["what"]


def test_nobody_approves_their_own(client):
    player, both = factories.player(), bearer("economy")
    waiting = give(client, player, both, gold=8000).json()["approval"]

    answer = decide(client, waiting["id"], "approve", both)

    assert (answer.status_code, answer.json()["error"]) == (403, "own_request")
    assert decide(client, waiting["id"], "deny", both, reason="a slip").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "validation_error"),
        ({"gold": -5}, 400, "validation_error"),
        ({"gold": True}, 400, "validation_error"),
        ({"gold": 10**10}, 400, "validation_error"),
        ({"gold": 5, "reason": ""}, 400, "validation_error"),
        ({"gold": 5, "reason": "x" * 201}, 400, "validation_error"),
    ],
)
def test_bad_gifts_are_refused(client, body, status, code):
    answer = give(client, factories.player(), bearer("support"), **body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_refusals_of_a_gift_each_have_their_code(client):
    support = factories.operator(role="support")
    headers, player = factories.bearer(support), factories.player()
    assert give(client, player, headers, key=None, gold=5).json()["error"] == "idempotency_key_required"
    assert give(client, support, headers, gold=5).json()["error"] == "own_account"
    assert give(client, factories.operator(), headers, gold=5).json()["error"] == "not_a_player"
    player.pk = 2**70
    assert give(client, player, headers, gold=5).status_code == 404


def test_only_who_may_gives_and_decides(client):
    player = factories.player()
    asked = give(client, player, bearer("support"), gold=8000).json()["approval"]["id"]
    for role in ("viewer", "security"):
        assert give(client, player, bearer(role), gold=5).status_code == 403
    for role in ("viewer", "support", "security"):
        assert decide(client, asked, "approve", bearer(role)).status_code == 403
        assert decide(client, asked, "deny", bearer(role), reason="no").status_code == 403
    theirs = factories.bearer(player)
    assert give(client, player, theirs, gold=5).status_code == 403
    assert client.get(LIST, headers=theirs).status_code == 403
    assert client.get(LIST).status_code == 401
