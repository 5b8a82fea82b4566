"""Posts never reach inside: whatever way an address is written or a name resolves, nothing is connected to."""

import socket
import threading
from http.client import HTTPException

import pytest

from economy.webhooks import egress
from economy.webhooks.egress import EgressRefused, is_public, post
from tests.economy.receiver import Receiver, receiving

# Forty ways inside. The resolver of the machine reads the odd spellings as it would for a connection.
INSIDE = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1.:443/",
    "https://0/",
    "https://0.0.0.0/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://10.0.0.1/",
    "https://10.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://3232235521/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://100.64.0.1/",
    "https://100.100.100.200/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://203.0.113.5/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[3fff::1]/",
]
NO_ADDRESS = [
    "http://example.com/",
    "http://127.0.0.1/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "https://",
    "https:///path",
    "https://user:password@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com:99999/",
    "https://[::1/",
    "//127.0.0.1/",
    "127.0.0.1",
    "",
]


@pytest.fixture
def connected(monkeypatch):
    """Every address that something tried to connect to; nothing is."""
    tried = []

    def connect(_socket, address):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.fixture
def names(monkeypatch):
    """A resolver whose answers a test decides: `names["host"] = [addresses, …]`, one list a question."""
    answers = {}

    def resolve(host, port, **_ignored):
        given = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in given
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


@pytest.mark.parametrize("url", INSIDE)
def test_no_spelling_of_an_address_inside_is_connected_to(url, connected):
    with pytest.raises((EgressRefused, OSError)):
        post(url, body=b"{}", headers={}, seconds=1)

    assert connected == []


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_https_address_is_refused(url, connected):
    with pytest.raises(EgressRefused):
        post(url, body=b"{}", headers={}, seconds=1)

    assert connected == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["93.184.215.14", "10.0.0.1"],
        ["2606:2800:21f::1", "::1"],
        ["::ffff:10.0.0.1"],
        ["169.254.169.254"],
    ],
)
def test_a_name_with_any_address_inside_is_refused(names, connected, addresses):
    names["receiver.example"] = [addresses]

    with pytest.raises(EgressRefused, match="not a public address"):
        post("https://receiver.example/", body=b"{}", headers={}, seconds=1)

    assert connected == []


def test_a_name_that_changes_its_answer_gains_nothing(names, connected):
    names["receiver.example"] = [["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]]

    with pytest.raises(ConnectionRefusedError):
        post("https://receiver.example/", body=b"{}", headers={}, seconds=1)

    assert connected == [("93.184.215.14", 443)]
    assert names["receiver.example"] == [["127.0.0.1"], ["127.0.0.1"]], "the name was asked for once"


def test_a_redirect_is_not_followed(settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver()) as inside, receiving(Receiver(lambda _: (302, {"Location": inside.url}))) as outside:
        assert post(outside.url, body=b"{}", headers={}, seconds=5).status == 302

    assert (len(outside.received), inside.connections) == (1, 0)


def test_the_environments_proxy_is_not_used(settings, monkeypatch):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver()) as receiver, receiving(Receiver()) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("all_proxy", proxy.url)
        assert post(receiver.url, body=b"{}", headers={}, seconds=5).status == 200

    assert proxy.connections == 0


def test_a_host_of_the_list_may_be_inside_and_no_other(settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver(lambda _: (202, {"retry-after": "7"}))) as receiver:
        answer = post(f"{receiver.url}?a=b", body="안녕".encode(), headers={"X-A": "b"}, seconds=5)
        with pytest.raises(EgressRefused):
            post(receiver.url.replace("127.0.0.1", "localhost"), body=b"{}", headers={}, seconds=5)

    assert (answer.status, answer.retry_after) == (202, "7")
    (got,) = receiver.received
    assert (got.body.decode(), got.headers["x-a"]) == ("안녕", "b")
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("talk", [b"H", b"", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000, b"\x00\xff\r\n\r\n"])
def test_a_receiver_that_talks_slowly_or_nonsense_is_left(settings, talk):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            caller, _ = server.accept()
            with caller:
                caller.sendall(talk)
                over.wait(60)

        over = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises((OSError, HTTPException)):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", body=b"{}", headers={}, seconds=0.3)
        assert thread.is_alive(), "the receiver hung up, not we"
        over.set()
        thread.join()


def test_public_addresses_are_public():
    assert all(is_public(address) for address in ("93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450::5"))


def test_the_certificate_is_of_the_name_not_of_the_address(names, monkeypatch):
    """TLS is asked for with the host's name although the connection goes to the address that was checked."""
    names["receiver.example"] = [["93.184.215.14"]]
    asked = []

    class Tls:
        def wrap_socket(self, plain, *, server_hostname):
            plain.close()
            asked.append(server_hostname)
            raise ConnectionAbortedError

    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: asked.append(address))
    monkeypatch.setattr(egress, "_tls", Tls)

    with pytest.raises(ConnectionAbortedError):
        post("https://receiver.example/", body=b"{}", headers={}, seconds=1)

    assert asked == [("93.184.215.14", 443), "receiver.example"]
