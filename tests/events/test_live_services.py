"""Events for players: joining, progress from play alone, completing once and for all, collecting once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.inbox.models import Notification
from casino_club.core.errors import InvalidInput, NotFound
from economy.ledger.selectors import wallet_of
from economy.rewards.models import UserReward
from events.live import operations, services
from events.live.models import Event, ForcedClaim, Participation, Requirement
from events.live.rules import GRACE, Asked, Phase
from events.live.selectors import counts_of, events_in
from tests import factories
from tests.events.play import DAY, NOW, draft, event, fund, play

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def player():
    return factories.player().pk


def join(player, joined, now=NOW):
    return services.join(player_id=player, event_id=joined.pk, now=now)


def claim(player, claimed, now):
    return services.claim(player_id=player, event_id=claimed.pk, now=now)


def state(player, of, now):
    return services.states(player_id=player, events=[of], now=now)[of.pk]


def test_joining_takes_one_statement_and_counts_one(player):
    live = event()

    with CaptureQueriesContext(connection) as captured:
        joined = join(player, live)

    assert len(captured) == 1
    assert (joined.event_id, joined.joined_at, joined.idempotent) == (live.pk, NOW, False)
    assert counts_of([live.pk])[live.pk].joined == 1


def test_joining_again_gives_the_first_joining(player):
    live = event()
    join(player, live)

    again = join(player, live, NOW + MINUTE)

    assert (again.joined_at, again.idempotent) == (NOW, True)
    assert counts_of([live.pk])[live.pk].joined == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"start_date": NOW + MINUTE},
        {"end_date": NOW},
        {"start_date": NOW - DAY * 3, "end_date": NOW - DAY},
    ],
    ids=["not yet", "just over", "long over"],
)
def test_joining_outside_the_window_is_refused(player, changes):
    shut = event(**changes)

    with pytest.raises(services.EventClosed):
        join(player, shut)

    assert counts_of([shut.pk])[shut.pk].joined == 0


def test_a_deactivated_event_cannot_be_joined_and_a_draft_is_not_there(player):
    shut, hidden = event(), event(is_active=False)
    operations.deactivate(event_id=shut.pk, now=NOW)

    with pytest.raises(services.EventClosed):
        join(player, shut)
    with pytest.raises(NotFound):
        join(player, hidden)


def test_play_before_joining_and_after_the_end_does_not_count(player):
    live = event(end_date=NOW + DAY)
    fund(player, at=NOW - DAY, gold=10_000)
    play(player, at=NOW - timedelta(microseconds=1))
    join(player, live)
    play(player, at=NOW)
    play(player, at=NOW + MINUTE)
    play(player, at=NOW + DAY)

    assert state(player, live, NOW).progress == {"plays": 1}
    assert state(player, live, NOW + MINUTE).progress == {"plays": 2}
    assert state(player, live, NOW + DAY).progress == {"plays": 2}
    assert state(player, live, NOW + DAY * 2).progress == {"plays": 2}


def test_completion_is_noted_when_read_and_stays(player):
    live = event()
    join(player, live)
    play(player, at=NOW + MINUTE, times=3)

    seen = state(player, live, NOW + MINUTE * 2)
    later = state(player, live, NOW + MINUTE * 3)

    assert (seen.completed, seen.share) == (True, 100)
    assert later.participation.completed_at == NOW + MINUTE * 2
    assert counts_of([live.pk])[live.pk].completed == 1


def test_claiming_pays_once_and_a_repeat_gives_the_same(player):
    live = event(rewards={"gold": 500, "gems": 3, "exp": 20, "vip_points": 7})
    join(player, live)
    play(player, at=NOW + MINUTE, times=3)
    before = wallet_of(player)

    first, again = claim(player, live, NOW + MINUTE * 2), claim(player, live, NOW + MINUTE * 3)

    after = wallet_of(player)
    assert (first.idempotent, again.idempotent) == (False, True)
    assert first.rewards == again.rewards == {"gold": 500, "gems": 3, "exp": 20, "vip_points": 7}
    assert after.gold == first.balances.gold == again.balances.gold == before.gold + 500
    assert (after.gems, after.xp, after.vip_points) == (before.gems + 3, before.xp + 20, before.vip_points + 7)
    reward = UserReward.objects.get(idempotency_key=f"event:{player}:{live.pk}")
    assert (reward.reward_type, reward.gold_amount) == ("EVENT", 500)
    assert counts_of([live.pk])[live.pk].claimed == 1


def test_claiming_needs_joining_then_completing(player):
    live = event()

    with pytest.raises(services.EventNotJoined):
        claim(player, live, NOW)
    join(player, live)
    with pytest.raises(services.EventNotCompleted):
        claim(player, live, NOW)

    assert not UserReward.objects.filter(user_id=player, reward_type="EVENT").exists()


def test_a_completed_event_can_be_claimed_for_seven_days_after_its_end(player):
    in_time, late = event(), event()
    for joined in (in_time, late):
        join(player, joined)
    play(player, at=NOW + MINUTE, times=3)

    claim(player, in_time, NOW + DAY + GRACE - timedelta(microseconds=1))
    with pytest.raises(services.EventClosed):
        claim(player, late, NOW + DAY + GRACE)
    assert claim(player, in_time, NOW + DAY + GRACE * 2).idempotent


def test_deactivating_ends_the_window_and_starts_the_grace(player):
    live = event()
    join(player, live)
    play(player, at=NOW + MINUTE, times=3)
    operations.deactivate(event_id=live.pk, now=NOW + MINUTE * 2)
    play(player, at=NOW + MINUTE * 3)

    seen = state(player, Event.objects.get(pk=live.pk), NOW + MINUTE * 4)

    assert seen.progress == {"plays": 3}
    assert claim(player, live, NOW + MINUTE * 2 + GRACE - MINUTE).idempotent is False


def test_what_clients_report_counts_up_to_the_days_cap(player):
    live = event(requirements=(Asked("shares", 5, daily_cap=3), Asked("plays", 1)), end_date=NOW + DAY * 5)
    join(player, live)

    def report(total, now=NOW):
        return services.report(player_id=player, event_id=live.pk, reported={"shares": total}, now=now)

    assert report(2).progress == {"shares": 2, "plays": 0}
    assert report(1).progress["shares"] == 2
    with pytest.raises(services.DailyCapReached) as refused:
        report(4)
    assert refused.value.extra == {"metric": "shares", "daily_cap": 3, "remaining_today": 1}
    assert report(3).progress["shares"] == 3
    assert report(5, NOW + DAY).completed is False
    play(player, at=NOW + DAY)
    assert report(5, NOW + DAY + MINUTE).completed is True


def test_reporting_a_derived_metric_is_refused_and_changes_nothing(player):
    live = event(requirements=(Asked("plays", 3), Asked("shares", 1, daily_cap=1)))
    join(player, live)

    with pytest.raises(services.MetricIsServerDerived):
        services.report(player_id=player, event_id=live.pk, reported={"plays": 3, "shares": 1}, now=NOW)

    assert state(player, live, NOW).progress == {"plays": 0, "shares": 0}


def test_reporting_needs_an_open_event_that_was_joined(player):
    asked = (Asked("shares", 1, daily_cap=1),)
    live, over = event(requirements=asked), event(requirements=asked, end_date=NOW)

    with pytest.raises(services.EventNotJoined):
        services.report(player_id=player, event_id=live.pk, reported={"shares": 1}, now=NOW)
    with pytest.raises(services.EventClosed):
        services.report(player_id=player, event_id=over.pk, reported={"shares": 1}, now=NOW)


def test_the_job_notes_what_play_completed_and_a_second_run_changes_nothing(player):
    live, other = event(), event(requirements=(Asked("wagered_gold", 1000),))
    idle = factories.player().pk
    for who in (player, idle):
        join(who, live)
        join(who, other)
    play(player, at=NOW + MINUTE, times=3)

    noted = services.complete_reached(now=NOW + MINUTE * 2)
    again = services.complete_reached(now=NOW + MINUTE * 3)

    assert (noted, again) == (1, 0)
    done = Participation.objects.get(completed_at__isnull=False)
    assert (done.player_id, done.event_id, done.completed_at) == (player, live.pk, NOW + MINUTE * 2)


def test_whoever_completed_an_event_is_told_once_that_its_reward_waits_until_it_is_collected(player):
    live, idle = event(), factories.player().pk
    for who in (player, idle):
        join(who, live)
    play(player, at=NOW + MINUTE, times=3)

    services.complete_reached(now=NOW + MINUTE * 2)
    services.complete_reached(now=NOW + MINUTE * 3)
    state(player, live, NOW + MINUTE * 3)

    told = Notification.objects.get()
    assert (told.player_id, told.kind, told.url, told.read_at) == (player, "event.reward_waiting", "/events", None)
    assert live.title in told.text
    claim(player, live, NOW + MINUTE * 4)
    told.refresh_from_db()
    assert told.read_at == NOW + MINUTE * 4


def test_a_waiting_reward_is_told_in_the_readers_language(player):
    live = event(title="단풍", title_en="Maple")
    join(player, live)
    play(player, at=NOW + MINUTE, times=3)
    state(player, live, NOW + MINUTE)

    told = Notification.objects.get()
    with translation.override("ko"):
        korean = told.text
    with translation.override("en"):
        english = told.text

    assert ("단풍" in korean, "Maple" in english) == (True, True)


def test_the_job_catches_up_after_having_been_away(player):
    live = event(end_date=NOW + DAY)
    services.complete_reached(now=NOW)
    join(player, live)
    play(player, at=NOW + DAY - MINUTE, times=3)

    assert services.complete_reached(now=NOW + DAY * 3) == 1


def test_requirements_and_rewards_are_frozen_once_somebody_has_joined(player):
    live = event()
    join(player, live)

    for changes in ({"rewards": {"gold": 501}}, {"requirements": (Asked("plays", 2),)}):
        with pytest.raises(operations.EventFrozen):
            operations.update(event_id=live.pk, draft=draft(**changes), now=NOW)
    renamed = operations.update(event_id=live.pk, draft=draft(title="새 이름", priority=9), now=NOW)

    assert (renamed.title, renamed.targets, renamed.rewards) == ("새 이름", {"plays": 3}, {"gold": 500})


@pytest.mark.parametrize(
    "write",
    [
        lambda live: Event.objects.filter(pk=live.pk).update(gold=1),
        lambda live: Requirement.objects.filter(event=live).update(target=1),
        lambda live: Requirement.objects.filter(event=live).delete(),
        lambda live: Requirement.objects.create(event=live, metric="wins", target=1),
    ],
    ids=["reward", "target", "requirement gone", "requirement added"],
)
def test_the_database_itself_keeps_them_frozen(player, write):
    live = event()
    join(player, live)

    with pytest.raises(DatabaseError), transaction.atomic():
        write(live)


def test_before_anybody_joins_everything_can_be_changed():
    live = event()

    changed = operations.update(
        event_id=live.pk, draft=draft(rewards={"gems": 5}, requirements=(Asked("wins", 2),)), now=NOW
    )

    assert (changed.targets, changed.rewards) == ({"wins": 2}, {"gems": 5})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end_date": NOW - DAY}, "end_date"),
        ({"rewards": {}}, "rewards"),
        ({"requirements": ()}, "requirements"),
        ({"requirements": (Asked("nonsense", 1),)}, "requirements"),
        ({"requirements": (Asked("plays", 0),)}, "requirements"),
        ({"requirements": (Asked("plays", 1), Asked("plays", 2))}, "requirements"),
        ({"requirements": (Asked("plays", 1, daily_cap=5),)}, "requirements"),
        ({"requirements": (Asked("shares", 1),)}, "requirements"),
        ({"image_url": "javascript:alert(1)"}, "image_url"),
        ({"image_url": "//elsewhere.example/x.png"}, "image_url"),
    ],
)
def test_an_unsound_draft_is_refused_naming_the_fault(changes, field):
    with pytest.raises(InvalidInput) as refused:
        event(**changes)

    assert list(refused.value.fields) == [field]
    assert not Event.objects.exists()


def test_force_claim_pays_once_and_leaves_a_trace(player):
    live, operator = event(), factories.operator().pk

    def force(who=player):
        return operations.force_claim(
            event_id=live.pk, player_id=who, operator_id=operator, reason="장애 보상", now=NOW + MINUTE
        )

    with pytest.raises(operations.ForceNotJoined):
        force()
    join(player, live)
    paid = force()
    with pytest.raises(operations.AlreadyClaimed):
        force()

    assert paid.balances.gold == wallet_of(player).gold == 1500
    counts = counts_of([live.pk])[live.pk]
    assert (counts.joined, counts.completed, counts.claimed) == (1, 0, 1)
    trace = ForcedClaim.objects.get()
    assert (trace.operator_id, trace.reason, trace.participation.is_forced) == (operator, "장애 보상", True)
    assert claim(player, live, NOW + DAY).idempotent


def test_a_duplicate_is_a_draft_of_the_same_event():
    original = event(priority=7)

    copy = operations.duplicate(event_id=original.pk, operator_id=factories.operator().pk, now=NOW)

    assert copy.phase(NOW) is Phase.DRAFT
    assert (copy.title, copy.targets, copy.rewards, copy.priority) == ("가을 단풍 놀이", {"plays": 3}, {"gold": 500}, 7)
    assert copy.end_date - copy.start_date == original.end_date - original.start_date


def test_seed_model_index_is_made_once_while_one_has_not_ended():
    first = operations.seed(operator_id=None, now=NOW)
    again = operations.seed(operator_id=None, now=NOW + DAY * 13)
    next_one = operations.seed(operator_id=None, now=NOW + DAY * 14)

    assert (first.idempotent, again.idempotent, next_one.idempotent) == (False, True, False)
    assert first.event.pk == again.event.pk != next_one.event.pk
    made = first.event
    assert (made.title, made.event_type, made.priority) == ("모델 지수 도전 이벤트", "special", 50)
    assert (made.start_date, made.end_date) == (NOW, NOW + DAY * 14)
    assert (made.targets, made.rewards) == ({"model_index_points": 1000}, {"gold": 5000, "exp": 1000})


def test_events_are_listed_by_phase():
    live, coming, over, old, hidden = (
        event(),
        event(start_date=NOW + MINUTE),
        event(end_date=NOW - MINUTE),
        event(start_date=NOW - DAY * 30, end_date=NOW - DAY * 20),
        event(is_active=False),
    )
    shut = operations.deactivate(event_id=event().pk, now=NOW)

    def listed(phase):
        return set(events_in(phase, NOW).values_list("pk", flat=True))

    assert listed(Phase.LIVE) == {live.pk}
    assert listed(Phase.UPCOMING) == {coming.pk}
    assert listed(Phase.GRACE) == {over.pk, shut.pk}
    assert listed(Phase.ENDED) == {over.pk, shut.pk, old.pk}
    assert listed(Phase.DRAFT) == {hidden.pk}
