"""Webhooks in the operators' hands: who may do what, the secret, the test event, replays and their audit."""

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from casino_club.core import clock
from economy.models import WebhookEndpoint, WebhookEvent
from economy.webhooks.services import publish
from tests import factories
from tests.economy import webhooks

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Warehouse",
    "url": "https://receiver.example/hooks",
    "event_types": ["jackpot.won"],
    "is_active": "on",
    "audit_reason": "A test",
}
ADD, LIST = reverse("admin:economy_webhookendpoint_add"), reverse("admin:economy_webhookendpoint_changelist")
EVENTS = reverse("admin:economy_webhookevent_changelist")


def change(endpoint, page="change"):
    return reverse(f"admin:economy_webhookendpoint_{page}", args=[endpoint.pk])


def failed(**fields):
    endpoint = webhooks.endpoint(**fields)
    now = clock.now()
    publish(event_type="purchase.paid", payload={"purchase_id": 5}, now=now)
    event = WebhookEvent.objects.get(endpoint=endpoint, status="PENDING")
    WebhookEvent.objects.exclude(pk=event.pk).filter(status="PENDING").delete()
    WebhookEvent.objects.filter(pk=event.pk).update(
        status="FAILED", attempt_count=6, next_retry_at=None, settled_at=now, last_error="HTTP 500"
    )
    return event


def test_how_an_event_went_is_told_in_markup_and_what_others_sent_as_text():
    WebhookEvent.objects.filter(pk=failed().pk).update(last_error="<b>no</b>")
    published = {"type": "purchase.paid", "payload": {}, "created_at": clock.now(), "settled_at": clock.now()}
    WebhookEvent.objects.create(external_id="in", direction="in", source="sandbox", status="DELIVERED", **published)

    page = factories.browser(factories.operator(role="viewer")).get(EVENTS).content.decode()

    assert "&lt;strong&gt;" not in page
    assert '<span class="beside">&lt;b&gt;no&lt;/b&gt;</span>' in page


def traces_of(row):
    """What the audit says became of the row."""
    traces = apps.get_model(f"economy.{type(row).__name__}Event")
    return traces.objects.filter(pgh_obj_id=row.pk, pgh_label="update")


def send_again(event, headers, body=None, **more):
    return Client().post(
        f"/api/admin/webhooks/replay/{event if isinstance(event, int) else event.pk}",
        body if body is not None else {},
        content_type="application/json",
        headers={**headers, **more},
    )


@pytest.fixture
def operator():
    return factories.operator(role="security")


@pytest.fixture
def browser(operator):
    return factories.browser(operator)


def test_a_new_endpoint_gets_a_secret_that_is_shown(browser):
    assert browser.post(ADD, FORM).status_code == 302

    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secret.startswith("whsec_")
    assert (endpoint.event_types, endpoint.is_active) == (["jackpot.won"], True)
    assert endpoint.secret in browser.get(change(endpoint)).content.decode()


@pytest.mark.parametrize(
    "url", ["http://receiver.example/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "nonsense", ""]
)
def test_an_address_inside_is_refused_in_the_form(browser, url):
    answer = browser.post(ADD, FORM | {"url": url})

    assert answer.status_code == 200
    assert "url" in answer.context["adminform"].form.errors
    assert not WebhookEndpoint.objects.exists()


def test_who_only_looks_sees_no_secret_and_no_buttons():
    viewer = factories.browser(factories.operator(role="viewer"))
    endpoint = webhooks.endpoint()

    for address in (LIST, change(endpoint), EVENTS):
        page = viewer.get(address)
        assert page.status_code == 200
        assert endpoint.secret not in page.content.decode()
    assert viewer.post(change(endpoint), FORM).status_code == 403
    assert viewer.post(ADD, FORM).status_code == 403
    for act in ("test", "secret"):
        assert viewer.post(reverse(f"admin:economy_webhook_{act}", args=[endpoint.pk])).status_code == 403
    assert not WebhookEvent.objects.exists()


def test_a_test_event_is_queued_by_a_button(browser):
    endpoint = webhooks.endpoint(event_types=["jackpot.won"])

    answer = browser.post(reverse("admin:economy_webhook_test", args=[endpoint.pk]), follow=True)

    event = WebhookEvent.objects.get()
    assert (event.type, event.endpoint, event.status) == ("webhook.test", endpoint, "PENDING")
    assert event.external_id in answer.request["QUERY_STRING"]
    assert [row.pk for row in answer.context["cl"].queryset] == [event.pk]
    assert browser.get(reverse("admin:economy_webhook_test", args=[endpoint.pk])).status_code == 403


def test_an_endpoint_that_is_off_gets_no_test_event(browser):
    endpoint = webhooks.endpoint(is_active=False)

    browser.post(reverse("admin:economy_webhook_test", args=[endpoint.pk]))

    assert not WebhookEvent.objects.exists()


def test_a_new_secret_by_a_button_is_audited_without_the_secret(browser, operator):
    endpoint = webhooks.endpoint()

    assert browser.post(reverse("admin:economy_webhook_secret", args=[endpoint.pk])).status_code == 302

    endpoint.refresh_from_db()
    assert endpoint.old_secret == webhooks.SECRET != endpoint.secret
    trace = traces_of(endpoint).get()
    assert trace.pgh_context.metadata["operator"] == operator.pk
    assert not hasattr(trace, "secret")


def test_switching_on_again_forgets_why_it_was_off(browser):
    endpoint = webhooks.endpoint(is_active=False, disabled_why="410 Gone")

    browser.post(change(endpoint), FORM)

    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.disabled_why) == (True, "")


def test_events_are_listed_and_shown_and_cannot_be_changed(browser):
    event = failed()

    assert "HTTP 500" in browser.get(EVENTS).content.decode()
    page = browser.get(reverse("admin:economy_webhookevent_change", args=[event.pk]))
    assert page.status_code == 200
    assert "_save" not in page.content.decode()
    for query in ({"type": "purchase.paid"}, {"status": "FAILED"}, {"q": event.external_id}):
        assert [row.pk for row in browser.get(EVENTS, query).context["cl"].queryset] == [event.pk]
    assert browser.get(EVENTS, {"type": "jackpot.won"}).context["cl"].queryset.count() == 0


def test_a_longer_list_of_events_takes_no_more_statements(browser, django_assert_max_num_queries):
    for number in range(5):
        failed(name=f"endpoint {number}")

    with django_assert_max_num_queries(14):
        browser.get(EVENTS)


def test_failed_deliveries_are_sent_again_by_an_action(browser, operator):
    event, of_one_that_is_off = failed(), failed(name="off")
    WebhookEndpoint.objects.filter(name="off").update(is_active=False)

    browser.post(
        EVENTS, {"action": "replay", "_selected_action": [event.pk, of_one_that_is_off.pk], "audit_reason": "A test"}
    )

    event.refresh_from_db()
    of_one_that_is_off.refresh_from_db()
    assert (event.status, of_one_that_is_off.status) == ("REPLAYED", "FAILED")
    traces = traces_of(event)
    told = [(trace.status, trace.pgh_context.metadata["operator"]) for trace in traces]
    assert told == [("REPLAYED", operator.pk)]
    assert traces[0].pgh_context.metadata["reason"] == "A test"


@pytest.mark.parametrize("role", ["viewer", "support", "economy"])
def test_other_roles_have_no_such_action(role):
    event = failed()

    factories.browser(factories.operator(role=role)).post(
        EVENTS, {"action": "replay", "_selected_action": [event.pk], "audit_reason": "A test"}
    )

    event.refresh_from_db()
    assert event.status == "FAILED"


# --- The API -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 401),
        ("player", 403),
        ("viewer", 403),
        ("support", 403),
        ("economy", 403),
        ("security", 200),
        ("superuser", 200),
    ],
)
def test_who_may_send_again(who, status):
    headers = {
        "nobody": dict,
        "player": lambda: factories.bearer(factories.player()),
        "superuser": lambda: factories.bearer(factories.operator(superuser=True)),
    }.get(who, lambda: factories.bearer(factories.operator(role=who)))()

    assert send_again(failed(), headers).status_code == status


def test_sending_again_is_due_at_once_and_audited_with_its_reason(operator):
    event = failed()

    answer = send_again(event, factories.bearer(operator), {"reason": "their server is back"})

    assert answer.json() == {
        "id": event.pk,
        "event_id": event.external_id,
        "status": "REPLAYED",
        "attempt_count": 6,
    }
    event.refresh_from_db()
    assert event.next_retry_at <= clock.now()
    trace = traces_of(event).get()
    assert trace.pgh_context.metadata["reason"] == "their server is back"
    assert trace.pgh_context.metadata["operator"] == operator.pk


def test_what_has_not_failed_is_not_sent_again(operator):
    headers = factories.bearer(operator)
    event = failed()
    send_again(event, headers)

    again = send_again(event, headers)
    assert (again.status_code, again.json()["error"]) == (409, "not_failed")
    WebhookEvent.objects.filter(pk=event.pk).update(status="DELIVERED", next_retry_at=None, settled_at=clock.now())
    assert send_again(event, headers).status_code == 409
    assert send_again(10**6, headers).status_code == 404
    assert send_again(10**30, headers).status_code == 404


def test_an_event_that_came_in_cannot_be_sent_again(operator):
    now = clock.now()
    event = WebhookEvent.objects.create(
        external_id="evt_in", direction="in", source="tests", type="x", payload={}, status="DELIVERED",
        created_at=now, settled_at=now,
    )  # fmt: skip

    assert send_again(event, factories.bearer(operator)).status_code == 404


def test_with_a_key_a_repeat_gets_the_first_answer(operator):
    headers, event = factories.bearer(operator), failed()

    first = send_again(event, headers, **{"Idempotency-Key": "replay-0001"})
    second = send_again(event, headers, **{"Idempotency-Key": "replay-0001"})

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert second["Idempotency-Hit"] == "true"
