"""One port for requests and streams: granian in front of the dispatcher, as it runs in the product."""

import http.client
import json
import os
import select
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from casino_club.local.ports import LOOPBACK, free_port, is_free
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def closed_streams(tmp_path_factory):
    return tmp_path_factory.mktemp("serving") / "closed"


@pytest.fixture(scope="module")
def port(closed_streams):
    """A granian that serves `tests.core.serving_app`."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "tests.core.serving_app:application", "--interface=asginl"]
    command += [f"--port={port}", "--workers=1", "--log-level=error", "--no-ws", "--workers-kill-timeout=1"]
    process = subprocess.Popen(command, env={**os.environ, "CLOSED_STREAMS": str(closed_streams)})
    wait_until(lambda: not is_free(port) or process.poll() is not None, "granian listens")
    assert process.poll() is None
    yield port
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def ask(port):
    """Send one request; returns (status, headers, body)."""

    def send(method, path, body=None, headers=()):
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer

    return send


@pytest.fixture
def open_stream(port):
    """Open a stream; returns its socket once the first event has come."""
    opened = []

    def connect(path, until=b"hello", headers=""):
        connection = socket.create_connection((LOOPBACK, port), timeout=10)
        opened.append(connection)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        received = b""
        while until not in received:
            received += connection.recv(4096)
        return connection, received

    yield connect
    for connection in opened:
        connection.close()


def test_a_request_reaches_the_application_whole(ask):
    status, headers, body = ask(
        "POST", "/a%20b/%EA%B8%88?q=%EA%B8%88&r=1", "금".encode(), {"Content-Type": "text/plain", "X-Some": "1"}
    )

    environ = json.loads(body)["environ"]
    assert status == 201
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["body"] == "금"
    assert environ["REQUEST_METHOD"] == "POST"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a b/금"
    assert environ["QUERY_STRING"] == "q=%EA%B8%88&r=1"
    assert environ["CONTENT_LENGTH"] == "3"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_X_SOME"] == "1"
    assert environ["REMOTE_ADDR"] == LOOPBACK


def test_a_header_with_an_underscore_cannot_pass_for_the_proxys(ask):
    _, _, body = ask("GET", "/", headers={"X_Forwarded_For": "6.6.6.6", "X-Forwarded-For": "1.2.3.4"})

    assert json.loads(body)["environ"]["HTTP_X_FORWARDED_FOR"] == "1.2.3.4"


@pytest.mark.parametrize("path", ["/", "/long"])
def test_head_is_what_get_would_be_without_its_body(ask, path):
    status, headers, _ = ask("GET", path)
    head_status, head_headers, body = ask("HEAD", path)

    assert body == b""
    assert (head_status, head_headers["Content-Type"]) == (status, headers["Content-Type"])
    assert head_headers.get("Content-Length") == headers.get("Content-Length")


def test_a_long_response_comes_whole(ask):
    status, _, body = ask("GET", "/long")

    assert status == 200
    assert body == b"x" * 400_000


@pytest.mark.parametrize("path", ["/%FF", "/?q=%FF", "/?q=\x80", "//", "/%00", "/" + "a" * 5000])
def test_odd_addresses_are_no_fault_of_the_server(port, path):
    with socket.create_connection((LOOPBACK, port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        status = int(connection.recv(4096).split()[1])

    assert status < 500


def test_a_body_beyond_the_limit_is_refused_in_the_envelope(ask):
    status, headers, body = ask("POST", "/", b"x" * 200_000)

    assert status == 413
    assert json.loads(body)["error"] == "payload_too_large"
    assert headers["X-Request-ID"]


def test_clients_that_send_slowly_hold_no_thread_and_are_refused_in_time(port, ask):
    slow = [socket.create_connection((LOOPBACK, port), timeout=10) for _ in range(5)]
    for connection in slow:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")

    assert ask("GET", "/")[0] == 201
    assert select.select(slow, [], [], 0)[0] == [], "it had to wait for the slow ones"

    for connection in slow:
        assert b" 408 " in connection.recv(4096)
        connection.close()


def test_requests_run_side_by_side_in_the_threads(ask):
    with ThreadPoolExecutor(2) as callers:
        met = callers.map(lambda _: ask("GET", "/meeting")[0], range(2))

    assert list(met) == [201, 201]


def test_a_stream_tells_events_and_heartbeats(open_stream):
    _, received = open_stream("/streams/7", until=b"hello\ndata: ", headers="Last-Event-ID: 41\r\n")

    assert b"content-type: text/event-stream" in received.lower()
    assert b"cache-control: no-store" in received.lower()

    connection, received = open_stream("/streams/7", until=b"}\n\n", headers="Last-Event-ID: 41\r\n")
    assert b'id: 1\nevent: hello\ndata: {"room":7,"after":"41"}\n\n' in received
    assert b": still here\n\n" in connection.recv(4096)


def test_many_open_streams_hold_no_thread(open_stream, ask):
    for _ in range(50):
        open_stream("/streams/1")

    assert ask("GET", "/")[0] == 201


def test_a_stream_ends_when_its_client_goes(open_stream, closed_streams):
    closed_streams.unlink(missing_ok=True)
    connection, _ = open_stream("/streams/1")

    connection.close()

    wait_until(closed_streams.exists, "the stream is closed")


def test_what_is_no_stream_goes_to_the_application(ask):
    assert ask("POST", "/streams/7")[0] == 201
    assert ask("GET", "/streams/seven")[0] == 201
