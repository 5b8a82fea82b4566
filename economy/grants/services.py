"""Gifts of operators: paid through the rewards and their policy, above a threshold only with a second operator."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit, metrics
from casino_club.core.errors import DomainError, InvalidInput, NotFound
from economy.approvals import services as approvals
from economy.approvals.models import Approval
from economy.approvals.rules import Asked, Kind, register
from economy.grants.models import OperatorGrant
from economy.grants.rules import APPROVAL_KIND, LEDGER_REASON, REWARD_TYPE, faults_of, in_words, needs_second
from economy.grants.selectors import given_alone
from economy.ledger import services as ledger
from economy.policy import selectors as policy
from economy.rewards import services as rewards
from economy.rewards.rules import Amounts

_grants = metrics.counter("operator_grants_total", "Gifts of operators, paid or put to a second one.", ["result"])
_duration = metrics.histogram("operator_grant_seconds", "How long paying an operator's gift took.")


class NotAPlayer(DomainError):
    code = "not_a_player"
    message = _("Only players can be given something.")


class OwnAccount(DomainError):
    code = "own_account"
    status = 403
    message = _("Nobody gives to themselves.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a gift: the gold that the policy leaves of what is asked, and whether a second must agree."""

    asked: Amounts
    gold: int
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """A gift that was paid (`grant`, `granted`), or waits for a second operator (`approval`)."""

    grant: OperatorGrant | None = None
    granted: rewards.Granted | None = None
    approval: Approval | None = None


def preview(*, player_id: int, amounts: dict[str, int], operator_id: int, now: datetime) -> Preview:
    """Look without giving. Raises what `grant` raises."""
    asked = _checked(player_id, amounts, operator_id)
    before = given_alone(operator_id=operator_id, player_id=player_id, now=now)
    return Preview(asked, policy.current().granted(asked.gold), needs_second(asked, before))


def grant(*, player_id: int, amounts: dict[str, int], reason: str, operator_id: int, now: datetime) -> Outcome:
    """Give `amounts` (gold, gems, xp, vip_points) to a player, or ask a second operator when that is too much for one.

    What the operator gave the player alone in the last 24 hours counts too. To be called inside the act's idempotency.
    Raises InvalidInput, NotFound, NotAPlayer, OwnAccount, NothingLeft and what the ledger refuses with.
    """
    asked = _checked(player_id, amounts, operator_id)
    reason = approvals.checked_reason(reason)
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        # First the wallet: two gifts at once must each see the other in what was given alone.
        ledger.lock_wallet(player_id)
        before = given_alone(operator_id=operator_id, player_id=player_id, now=now)
        if needs_second(asked, before):
            approval = approvals.ask(
                kind=APPROVAL_KIND,
                player_id=player_id,
                payload=asdict(asked),
                reason=reason,
                operator_id=operator_id,
                now=now,
            )
            outcome = Outcome(approval=approval)
        else:
            outcome = _pay(player_id, asked, reason=reason, operator_id=operator_id, now=now)
    metrics.committed(_grants.labels("waiting" if outcome.approval else "paid"))
    return outcome


def pay_approved(asked: Asked) -> Outcome:
    """Pay what a second operator agreed to."""
    _checked(asked.player_id, dict(asked.payload), asked.approved_by)
    outcome = _pay(
        asked.player_id,
        Amounts(**asked.payload),
        reason=asked.reason,
        operator_id=asked.requested_by,
        approval=(asked.approval_id, asked.approved_by),
        now=asked.now,
    )
    metrics.committed(_grants.labels("paid"))
    return outcome


register(Kind(APPROVAL_KIND, _("Grant"), describe=in_words, execute=pay_approved))


@_duration.time()
def _pay(
    player_id: int,
    asked: Amounts,
    *,
    reason: str,
    operator_id: int,
    approval: tuple[int, int] | None = None,
    now: datetime,
) -> Outcome:
    approval_id, approved_by = approval or (None, None)
    granted = rewards.grant(
        player_id=player_id,
        reward_type=REWARD_TYPE,
        amounts=asked,
        key=f"operator_grant:{approval_id or uuid.uuid4()}",
        reason=LEDGER_REASON,
        metadata={"operator": operator_id, **({"approval": approval_id} if approval_id else {})},
        now=now,
    )
    if granted.idempotent:
        raise approvals.AlreadyDecided
    grant = OperatorGrant.objects.create(
        player_id=player_id,
        **asdict(asked),
        reason=reason,
        operator_id=operator_id,
        approved_by_id=approved_by,
        approval_id=approval_id,
        reward=granted.reward,
        created_at=now,
    )
    return Outcome(grant=grant, granted=granted)


def _checked(player_id: int, amounts: dict[str, int], operator_id: int) -> Amounts:
    faults = faults_of(amounts)
    if faults:
        raise InvalidInput(faults)
    player = get_user_model().objects.filter(pk=player_id, deleted_at__isnull=True).first()
    if player is None:
        raise NotFound
    if player.pk == operator_id:
        raise OwnAccount
    if player.is_staff:
        raise NotAPlayer
    return Amounts(**amounts)
