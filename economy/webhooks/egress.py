"""Posts that leave the house: to public addresses only, each checked and then connected to, in a bounded time.

A name is resolved once and every address it has must be public; the connection goes to the very address that was
checked, so a name that changes its answer in between gains nothing. Redirects are not followed, the environment's
proxies not used, and of an answer only the head is read.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings

LONGEST_HEAD = 16 * 1024
# What `is_global` leaves open in one version of Python or another, and what only looks public.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # a cloud's own services, at the same public address in each of its networks
        # IPv4 inside IPv6 (6to4, Teredo), benchmarks, documentation
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_IPV6_UNICAST = ipaddress.ip_network("2000::/3")


class EgressRefused(Exception):
    """This address is not posted to; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a URL that a post needs; `host` without brackets."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def may_be_private(self) -> bool:
        """Whether the host is one of `WEBHOOK_ALLOWED_PRIVATE_HOSTS`."""
        return self.host in {host.strip("[]").lower() for host in settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the head of the answer says."""

    status: int
    retry_after: str | None


def target_of(url: str) -> Target:
    """The URL's parts. Raises EgressRefused unless it is plain https (http too, to hosts that may be private)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EgressRefused("This is no address of the web.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or "\\" in url:
        raise EgressRefused("Only addresses like https://host/path can be told.")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(secure, parts.hostname, port if port is not None else (443 if secure else 80), path)
    if not secure and not target.may_be_private:
        raise EgressRefused("Only https is used outside.")
    return target


def addresses_of(target: Target) -> list[tuple[socket.AddressFamily, tuple]]:
    """Where the host is, all of it checked. Raises EgressRefused for an address inside, OSError without any."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except ValueError as error:
        raise EgressRefused("This is no name of a host.") from error
    for family, _type, _proto, _name, address in found:
        if not target.may_be_private and not (family in (socket.AF_INET, socket.AF_INET6) and is_public(address[0])):
            raise EgressRefused(f"{address[0]} is not a public address.")
    return [(family, address) for family, _type, _proto, _name, address in found]


def is_public(text: str) -> bool:
    """Whether the address is one on the open internet. Of IPv6 only native unicast is: nothing that holds an IPv4."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if not address.is_global or address.is_multicast or any(address in network for network in _NOT_PUBLIC):
        return False
    return address.version == 4 or address in _IPV6_UNICAST


def post(url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    """Post and read the head of the answer, all within `seconds` once the name is resolved.

    Raises EgressRefused (nothing was connected to), OSError, HTTPException.
    """
    target = target_of(url)
    places = addresses_of(target)
    ends = time.monotonic() + seconds
    with _connected(target, places, ends) as connected:
        # A connection that has its socket opens none of its own, and follows nothing.
        request = HTTPConnection(target.host, target.port)
        request.sock = connected
        request.default_port = 443 if target.secure else 80
        connected.settimeout(_left(ends))
        request.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
        return _parsed(_head(connected, ends))


def _connected(target: Target, places: list, ends: float) -> socket.socket:
    """A socket to the first of the checked places that answers, with TLS for the host's name where it is secure."""
    fault: OSError = ConnectionError("there was nowhere to connect to")
    for family, address in places:
        plain = socket.socket(family, socket.SOCK_STREAM)
        try:
            plain.settimeout(_left(ends))
            plain.connect(address)
            return _tls().wrap_socket(plain, server_hostname=target.host) if target.secure else plain
        except OSError as error:
            plain.close()
            fault = error
    raise fault


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _head(connected: socket.socket, ends: float) -> bytes:
    """What comes before the answer's body; drop by drop it may come, but not for longer than there is time."""
    head = b""
    while b"\r\n\r\n" not in head:
        connected.settimeout(_left(ends))
        more = connected.recv(4096)
        head += more
        if not more or len(head) > LONGEST_HEAD:
            raise HTTPException("the answer is not HTTP")
    return head


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class _Heard:
    """What was read already, as the socket that the standard library's parser asks for."""

    def __init__(self, head: bytes):
        self._head = head

    def makefile(self, *_ignored) -> BytesIO:
        return BytesIO(self._head)


def _parsed(head: bytes) -> Answer:
    response = HTTPResponse(_Heard(head), method="POST")
    response.begin()
    return Answer(response.status, response.headers.get("Retry-After"))
