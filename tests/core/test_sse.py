"""Server-sent events: what is on the wire, and that every end of a stream lets go of what it held."""

import asyncio

import pytest

from casino_club.core.sse import HEARTBEAT, Event, stream


class Client:
    """The other side of a stream."""

    def __init__(self):
        self.sent: list[dict] = []
        self.gone = asyncio.Event()

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        self.sent.append(message)

    @property
    def wire(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def test_an_event_is_json_on_one_line():
    assert (
        Event("stats", {"글": "금\n은"}, id="9").encoded() == 'id: 9\nevent: stats\ndata: {"글":"금\\n은"}\n\n'.encode()
    )


@pytest.mark.parametrize("event", [Event("a\nb", 1), Event("a", 1, id="1\r2"), Event("a", 1, id="\0")])
def test_a_name_or_id_that_would_break_the_line_is_refused(event):
    with pytest.raises(ValueError, match="one line"):
        event.encoded()


def test_a_stream_ends_with_its_events():
    async def events():
        yield Event("a", 1)
        yield Event("b", 2)

    async def run() -> Client:
        client = Client()
        await stream(client.receive, client.send, events())
        return client

    client = asyncio.run(run())

    assert client.wire == HEARTBEAT + b"event: a\ndata: 1\n\nevent: b\ndata: 2\n\n"
    assert client.sent[-1]["more_body"] is False


def test_silence_is_filled_with_heartbeats_and_no_event_is_lost():
    async def events():
        await asyncio.sleep(0.1)
        yield Event("late", 1)

    async def run() -> Client:
        client = Client()
        await stream(client.receive, client.send, events(), heartbeat_seconds=0.02)
        return client

    wire = asyncio.run(run()).wire

    assert wire.count(HEARTBEAT) > 2
    assert wire.endswith(b"event: late\ndata: 1\n\n")


@pytest.mark.parametrize("how", ["client goes", "server stops", "generator fails"])
def test_whatever_ends_a_stream_its_generator_is_closed(how):
    closed = []

    async def events():
        try:
            yield Event("a", 1)
            if how == "generator fails":
                raise LookupError
            await asyncio.sleep(600)
        finally:
            closed.append(True)

    async def run() -> None:
        client = Client()
        running = asyncio.ensure_future(stream(client.receive, client.send, events()))
        while b"event: a" not in client.wire:
            await asyncio.sleep(0.001)
        if how == "client goes":
            client.gone.set()
        elif how == "server stops":
            running.cancel()
        await asyncio.wait([running], timeout=5)
        if how == "generator fails":
            assert isinstance(running.exception(), LookupError)
        assert running.done()

    asyncio.run(run())

    assert closed == [True]
