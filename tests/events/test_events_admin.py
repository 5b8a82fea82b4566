"""Events in the operators' site: forms with rows, switching, participants, CSV, forced claims."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from casino_club.core import clock, roles
from economy.ledger.selectors import wallet_of
from events.live import operations, services
from events.live.models import Event, ForcedClaim, Participation
from events.missions.models import Mission
from tests import factories
from tests.events.play import DAY, NOW, event, play

pytestmark = pytest.mark.django_db
FORM = {
    "audit_reason": "A test",
    "title": "주말 잔치",
    "title_en": "",
    "description": "설명",
    "description_en": "",
    "event_type": "weekly",
    "start_date_0": "2026-11-01",
    "start_date_1": "00:00",
    "end_date_0": "2030-11-30",
    "end_date_1": "00:00",
    "is_active": "on",
    "gold": "700",
    "gems": "",
    "exp": "",
    "vip_points": "",
    "priority": "3",
    "image_url": "",
    "requirements-TOTAL_FORMS": "2",
    "requirements-INITIAL_FORMS": "0",
    "requirements-0-metric": "plays",
    "requirements-0-target": "10",
    "requirements-1-metric": "shares",
    "requirements-1-target": "3",
    "requirements-1-daily_cap": "1",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk():
    """A browser of an operator with the role."""
    roles.sync()
    return lambda role: factories.browser(factories.operator(role=role))


@pytest.fixture
def joined():
    live, player = event(end_date=clock.now() + DAY), factories.player()
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)
    return Participation.objects.get()


def address(name, *args):
    return reverse(f"admin:events_{name}", args=args)


def test_an_event_is_made_from_rows_and_changed(desk):
    economy = desk("economy")

    made = economy.post(address("event_add"), FORM)
    live = Event.objects.get()
    change = {
        **FORM,
        "title": "새 이름",
        "requirements-INITIAL_FORMS": "2",
        **{f"requirements-{n}-id": row.pk for n, row in enumerate(live.requirements.all())},
        **{f"requirements-{n}-event": live.pk for n in range(2)},
        "requirements-1-DELETE": "on",
    }
    changed = economy.post(address("event_change", live.pk), change)

    assert (made.status_code, changed.status_code) == (302, 302)
    live = Event.objects.get()
    assert (live.title, live.gold, live.targets, live.created_by is not None) == ("새 이름", 700, {"plays": 10}, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"gold": ""}, "보상을 하나 이상"),
        ({"end_date_0": "2026-10-01"}, "시작보다 뒤"),
        (
            {"requirements-0-metric": "", "requirements-0-target": "", "requirements-TOTAL_FORMS": "1"},
            "조건을 하나 이상",
        ),
        ({"requirements-1-daily_cap": ""}, "하루 한도"),
        ({"requirements-0-daily_cap": "5"}, "서버가 세는"),
    ],
)
def test_a_faulty_form_says_what_is_wrong_and_makes_nothing(desk, changes, said):
    answer = desk("economy").post(address("event_add"), {**FORM, **changes})

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Event.objects.exists()


def test_once_joined_rewards_and_requirements_cannot_be_edited(desk, joined):
    live = joined.event

    page = desk("economy").get(address("event_change", live.pk)).content.decode()
    rows = {"requirements-TOTAL_FORMS": "1", "requirements-INITIAL_FORMS": "1", "requirements-0-target": "1"}
    rows |= {"requirements-0-id": live.requirements.get().pk, "requirements-0-event": live.pk}
    saved = desk("economy").post(address("event_change", live.pk), {**FORM, "gold": "9", **rows}, follow=True)

    assert 'name="gold"' not in page
    assert "바꿀 수 없어요" in page
    assert "그사이 누군가 참여했어요" in saved.content.decode()
    live.refresh_from_db()
    assert (live.title, live.gold, live.targets) == ("주말 잔치", 500, {"plays": 3})


@pytest.mark.parametrize("page", ["event_changelist", "participation_changelist", "mission_changelist"])
def test_lists_open_for_every_operator_in_a_bounded_number_of_statements(
    desk, joined, page, django_assert_max_num_queries
):
    for _ in range(5):
        event()
    viewer = desk("viewer")
    with django_assert_max_num_queries(14):
        assert viewer.get(address(page)).status_code == 200


def test_the_list_is_filtered_by_where_events_stand(desk):
    now = clock.now()
    draft = event(is_active=False)
    coming = event(start_date=now + DAY, end_date=now + 2 * DAY)
    live = event(start_date=now - DAY, end_date=now + DAY)
    grace = event(start_date=now - 2 * DAY, end_date=now - DAY)
    over = event(start_date=now - 99 * DAY, end_date=now - 98 * DAY)
    viewer = desk("viewer")

    def found(**asked):
        return {row.pk for row in viewer.get(address("event_changelist"), asked).context["cl"].result_list}

    assert found(phase="draft") == {draft.pk}
    assert found(phase="upcoming") == {coming.pk}
    assert found(phase="live") == {live.pk}
    assert found(phase="grace") == {grace.pk}
    assert found(phase="ended") == {grace.pk, over.pk}
    assert found(phase="nonsense") == found() == {draft.pk, coming.pk, live.pk, grace.pk, over.pk}


def test_switching_off_on_and_copying(desk, joined):
    economy, live = desk("economy"), joined.event

    def act(name, key="sent-twice"):
        form = {"action": name, "_selected_action": [live.pk], "audit_reason": "A test", "key": key}
        return economy.post(address("event_changelist"), form)

    act("deactivate")
    assert Event.objects.get(pk=live.pk).deactivated_at is not None
    act("activate")
    assert Event.objects.get(pk=live.pk).is_active
    copied = act("duplicate")
    assert act("duplicate")["Location"] == copied["Location"]
    assert act("duplicate", key="x").status_code == 302  # refused in words: no key that a form would send
    copy = Event.objects.exclude(pk=live.pk).get()
    assert copied["Location"] == address("event_change", copy.pk)
    assert not copy.is_active


def test_the_model_index_button_works_once(desk):
    economy = desk("economy")
    assert "disabled" not in economy.get(address("event_changelist")).content.decode().split("model")[0]

    economy.post(address("event_seed"))
    economy.post(address("event_seed"))

    assert Event.objects.filter(code="model-index").count() == 1
    assert "<button disabled" in economy.get(address("event_changelist")).content.decode()


def test_participants_have_filters_search_and_exact_counts(desk, joined):
    play(joined.player_id, at=NOW, times=3)
    services.complete_reached(now=clock.now())
    other = event()
    viewer = desk("viewer")

    def listed(**query):
        page = viewer.get(address("participation_changelist"), query)
        return page.context["cl"].result_count

    assert listed(event=joined.event_id) == 1
    assert listed(event=joined.event_id, completed="true") == 1
    assert listed(event=joined.event_id, completed="false") == 0
    assert listed(event=joined.event_id, claimed="true") == 0
    assert listed(event=joined.event_id, completed="true", claimed="false") == 1
    assert listed(event=other.pk) == 0
    assert listed(q=joined.player.nickname) == 1
    assert listed(q="nobody-at-all") == 0


def test_the_export_is_csv_of_what_is_filtered_and_safe_to_open(desk, joined):
    risky = factories.player(nickname="=1+1")
    services.join(player_id=risky.pk, event_id=joined.event_id, now=NOW)

    answer = desk("viewer").get(address("participation_export"), {"event": joined.event_id})
    nobody = desk("viewer").get(address("participation_export"), {"claimed": "true"})

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [str(joined.player_id), str(risky.pk)]
    assert rows[2][3] == "'=1+1"
    assert len(b"".join(nobody.streaming_content).decode().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("participation_changelist", {"event": "²"}, 200),
        ("participation_changelist", {"event": "9" * 30}, 200),
        ("participation_export", {"event": "²"}, 200),
        ("participation_export", {"p": "999"}, 200),
        ("participation_export", {"nothing": "1"}, 400),
    ],
)
def test_a_strange_filter_is_no_error(desk, joined, name, query, status):
    assert desk("viewer").get(address(name), query).status_code == status


def test_an_event_of_a_strange_number_is_not_there(desk, joined):
    economy, page = desk("economy"), address("event_change", joined.event_id)

    for number in ("²", "9" * 30, "x"):
        answer = economy.get(page.replace(str(joined.event_id), number))
        assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))


def test_force_claim_asks_then_pays_once(desk, joined):
    support = desk("support")
    page = address("participation_force", joined.pk)
    before = wallet_of(joined.player_id).gold

    asked = support.get(page)
    empty = support.post(page, {"reason": "", "key": "a-hidden-key"})
    assert (asked.status_code, empty.status_code) == (200, 200)
    assert wallet_of(joined.player_id).gold == before
    for _ in range(2):
        support.post(page, {"reason": "장애 보상", "key": "a-hidden-key"})
    again = support.post(page, {"reason": "장애 보상", "key": "another-key"}, follow=True)

    assert wallet_of(joined.player_id).gold == before + 500
    assert ForcedClaim.objects.get().reason == "장애 보상"
    listed = support.get(address("forcedclaim_changelist")).content.decode()
    assert str(joined.player) in listed
    assert joined.event.title in listed
    assert "이미 보상을 받은" in again.content.decode()
    assert "force-form" not in support.get(page).content.decode()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("event_add", {"economy"}),
        ("participation_force", {"support", "economy"}),
        ("event_report", {"viewer", "support", "security", "economy"}),
    ],
)
@pytest.mark.parametrize("role", ["viewer", "support", "security", "economy"])
def test_who_may_open_what(desk, joined, role, name, allowed):
    args = {"participation_force": [joined.pk], "event_report": [joined.event_id]}.get(name, [])

    assert desk(role).get(address(name, *args)).status_code == (200 if role in allowed else 403)


@pytest.mark.parametrize(("role", "is_offered"), [("viewer", False), ("support", True)])
def test_a_payment_is_offered_to_who_may_make_it(desk, joined, role, is_offered):
    page = desk(role).get(address("participation_changelist")).content.decode()

    assert (address("participation_force", joined.pk) in page) is is_offered
    assert address("participation_player", joined.player_id) in page


@pytest.mark.parametrize(("role", "is_shown"), [("viewer", False), ("economy", True)])
def test_the_card_is_previewed_where_there_is_a_form_to_follow(desk, joined, role, is_shown):
    page = desk(role).get(address("event_change", joined.event_id)).content.decode()

    assert ("data-card-preview" in page) is is_shown


@pytest.mark.parametrize("role", ["viewer", "support", "security"])
def test_who_may_not_write_changes_nothing(desk, joined, role):
    browser, live = desk(role), joined.event

    assert browser.post(address("event_add"), FORM).status_code == 403
    assert browser.post(address("event_change", live.pk), FORM).status_code == 403
    assert browser.post(address("event_seed")).status_code == 403
    browser.post(
        address("event_changelist"), {"action": "deactivate", "_selected_action": [live.pk], "audit_reason": "A test"}
    )
    live.refresh_from_db()
    assert (Event.objects.count(), live.is_active, live.title) == (1, True, "가을 단풍 놀이")


def test_players_and_strangers_stay_outside(client, joined):
    for browser in (client, factories.browser(joined.player)):
        for page in (address("event_changelist"), address("participation_export"), address("event_seed")):
            assert browser.get(page).status_code in (302, 403)


def test_report_and_player_page(desk, joined):
    play(joined.player_id, at=NOW, times=3)
    services.claim(player_id=joined.player_id, event_id=joined.event_id, now=clock.now())
    Mission.objects.create(title="판 벌이기", mission_type="daily", metric="plays", target_value=1, gold=70)
    viewer = desk("viewer")

    report = viewer.get(address("event_report", joined.event_id))
    player = viewer.get(address("participation_player", joined.player_id))

    assert report.context["report"].paid == {"gold": 500}
    assert (report.context["report"].completion_percent, report.context["report"].claim_percent) == (100, 100)
    assert (player.status_code, "판 벌이기" in player.content.decode()) == (200, True)
    assert viewer.get(address("participation_player", 10**6)).status_code == 404


def test_a_mission_is_made_and_must_give_something(desk):
    economy = desk("economy")
    form = {
        "title": "판 벌이기", "title_en": "", "description": "", "description_en": "", "mission_type": "daily",
        "category": "play", "metric": "plays", "target_value": "5", "gold": "0", "gems": "0", "exp": "0",
        "vip_points": "0", "icon": "games", "sort_order": "1", "is_active": "on",
    }  # fmt: skip

    refused = economy.post(address("mission_add"), form)
    made = economy.post(address("mission_add"), {**form, "gold": "50"})

    assert (refused.status_code, made.status_code) == (200, 302)
    assert Mission.objects.get().gold == 50


def test_a_report_never_says_that_more_were_paid_than_take_part(desk, joined):
    operator = factories.operator()
    operations.force_claim(
        event_id=joined.event_id, player_id=joined.player_id, operator_id=operator.pk, reason="보상", now=clock.now()
    )
    services.join(player_id=factories.player().pk, event_id=joined.event_id, now=clock.now())

    report = desk("viewer").get(address("event_report", joined.event_id)).context["report"]

    assert (report.completion_percent, report.claim_percent) == (0, 50)
