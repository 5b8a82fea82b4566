"""What an operator's act on a player is: it looks first, is done once for its form, and is written down with why."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.care import services as care
from accounts.users.models import User
from casino_club.core import audit, idempotency
from casino_club.core.errors import DomainError

Figures = dict[str, int]


class ActForm(forms.Form):
    """Every act asks why. `key` makes one act of a form that is sent twice."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(
        label=gettext_lazy("reason"),
        min_length=2,
        max_length=audit.REASON_MAX,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For the audit; no personal data."),
    )

    def given(self) -> Figures:
        """What the act asks besides the reason."""
        return {name: value or 0 for name, value in self.cleaned_data.items() if name not in ("key", "reason")}


@dataclass(frozen=True, slots=True)
class On:
    """On whom an act falls, by whom, with which figures, and why."""

    player: User
    operator: User
    given: Figures
    reason: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """`preview` says in lines what would happen, `perform` does it and gives figures that `told` puts into words.

    A `self_contained` act has transactions of its own and changes nothing when it is done again; every other one is done
    in one transaction with its idempotency record. Both may raise DomainError. It is offered where it `fits`.
    """

    code: str
    label: str
    explanation: str
    may: Callable[[User, User], bool]
    preview: Callable[[On], list[str]]
    perform: Callable[[On], Figures]
    told: Callable[[Figures], str]
    form: type[ActForm] = ActForm
    fits: Callable[[User], bool] = lambda _player: True
    is_grave: bool = False
    self_contained: bool = False


class NothingToDo(DomainError):
    code = "nothing_to_do"
    message = gettext_lazy("There is nothing to do: it is so already.")


def carry_out(act: Act, on: On, *, key: str, path: str) -> str:
    """Do it once for (operator, key), written down with the reason; what came of it, in words.

    Raises what the act refuses with, and what `idempotency.run` raises.
    """
    reason = care.checked_reason(on.reason)

    def work() -> tuple[int, Figures]:
        with audit.acting(operator_id=on.operator.pk, reason=reason):
            figures = act.perform(on)
            care.record(
                player_id=on.player.pk,
                operator_id=on.operator.pk,
                act=act.code,
                reason=reason,
                result=figures,
                key=key,
                now=on.now,
            )
        return 200, figures

    if act.self_contained:
        return act.told(work()[1])
    body = {"act": act.code, "reason": reason, **on.given}
    stored = idempotency.run(
        actor_id=on.operator.pk, key=key, method="POST", path=path, body=body, now=on.now, work=work
    )
    return _("This was done already.") if stored.hit else act.told(json.loads(stored.body))
