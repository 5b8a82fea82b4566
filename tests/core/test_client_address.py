"""The client's address comes from forwarded headers of trusted proxies only."""

import pytest
from django.test import RequestFactory

from casino_club.core.middleware import client_ip


def request(peer, forwarded=None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https", **headers)


def test_a_stranger_is_not_believed(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    asked = request("203.0.113.9", forwarded="198.51.100.1")

    assert client_ip(asked) == "203.0.113.9"
    assert "HTTP_X_FORWARDED_PROTO" not in asked.META


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("1.1.1.1, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
        ("nonsense", "10.0.0.1"),
        ("198.51.100.1, nonsense", "10.0.0.1"),
        (None, "10.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
    ],
)
def test_behind_trusted_proxies_it_is_the_last_hop_that_is_not_one_of_them(settings, forwarded, address):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]

    assert client_ip(request("10.0.0.1", forwarded)) == address


def test_an_address_that_cannot_be_read_is_one_bucket_not_an_error(settings):
    settings.TRUSTED_PROXIES = []

    assert client_ip(request("")) == "0.0.0.0"
