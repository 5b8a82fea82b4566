"""Who is asking and under which id: the request id and the client's address, before anything else looks."""

import ipaddress
import re
import uuid
from collections.abc import Callable
from functools import lru_cache

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.common import CommonMiddleware

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")


class RequestContextMiddleware:
    """Sets `request.request_id` and `request.client_ip`, and binds the id to every log line of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        identify(request)
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        return response


class HostMiddleware(CommonMiddleware):
    """Refuses names that are not ours (`ALLOWED_HOSTS`), save at the doors where machines ask for a node's address."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path_info in settings.MACHINE_DOORS:
            return None
        return super().process_request(request)


def identify(request: HttpRequest) -> None:
    """Say which request this is, and whose."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    request.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    request.client_ip = client_ip(request)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.request_id)


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Forwarded headers are believed of `TRUSTED_PROXIES` only, and dropped from others."""
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    if not within(peer, tuple(settings.TRUSTED_PROXIES)):
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return peer
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _address(hop.strip())
        if address == UNKNOWN:
            break
        peer = address
        if not within(address, tuple(settings.TRUSTED_PROXIES)):
            break
    return peer


UNKNOWN = "0.0.0.0"  # noqa: S104 - an address to count by, not one to listen on


def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache
def _networks(texts: tuple[str, ...]) -> tuple:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks (CIDR texts)."""
    found = ipaddress.ip_address(address)
    return any(found in network for network in _networks(networks) if network.version == found.version)
