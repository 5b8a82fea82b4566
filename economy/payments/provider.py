"""What a payment provider must be able to do; docs/payments.md says how one is added."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError
from casino_club.core.signing import Keys
from casino_club.core.texts import storable
from economy.payments.rules import Notice, Order, Session, Standing
from economy.webhooks.sources import InboundEvent


class ProviderUnavailable(DomainError):
    """The provider did not answer, or not in its senses; the same request may be made again."""

    code = "provider_unavailable"
    status = 503
    message = _("The payment provider does not answer. Please try again in a moment.")


class ProviderRefused(DomainError):
    """The provider understood and will not; asking again changes nothing. `reason` is its own word for why."""

    code = "provider_refused"
    message = _("The payment provider has refused this.")

    def __init__(self, reason: str):
        self.reason = storable(reason)
        super().__init__(extra={"reason": self.reason})


class Provider(Protocol):
    """One payment provider. Its calls are HTTP: never made inside a transaction, each safe to make again.

    They raise ProviderUnavailable and ProviderRefused.
    """

    name: str
    """Also the source of its webhooks: it posts to `/api/webhooks/<name>`."""

    def keys(self) -> Keys:
        """What its webhooks are signed with."""

    def origins(self) -> tuple[str, ...]:
        """Where payers are sent: a form of ours may end there."""

    def create_session(self, order: Order) -> Session:
        """The session for the order's reference; a repeat gives the same one."""

    def standing(self, external_id: str) -> Standing:
        """Where a payment stands."""

    def refund(self, external_id: str, *, amount: int, key: str) -> None:
        """Give money back, once for each key."""

    def read(self, event: InboundEvent) -> Notice | None:
        """What a verified webhook says; None when it is of no consequence. Raises InvalidInput."""
