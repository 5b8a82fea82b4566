"""The payment providers that the house knows, and which of them takes payments now."""

from django.conf import settings

from economy.payments.provider import Provider
from economy.payments.sandbox_provider import SandboxProvider
from economy.shop.buying import PaymentsUnavailable

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in (SandboxProvider(),)}


def current() -> Provider:
    """The provider of `PAYMENTS_PROVIDER`. Raises PaymentsUnavailable."""
    try:
        return PROVIDERS[settings.PAYMENTS_PROVIDER]
    except KeyError as error:
        raise PaymentsUnavailable from error
