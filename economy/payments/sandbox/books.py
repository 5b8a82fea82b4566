"""What the sandbox knows, in one SQLite file: payments, refunds, and the messages it still owes the shop.

A decision and its messages are one transaction, so that a kill at any moment leaves neither without the other.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TABLES = """
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, title TEXT NOT NULL, language TEXT NOT NULL, return_url TEXT NOT NULL,
    expires_at REAL NOT NULL, status TEXT NOT NULL DEFAULT 'open', receipt_id TEXT UNIQUE,
    refunded INTEGER NOT NULL DEFAULT 0, CHECK (refunded BETWEEN 0 AND amount)
) STRICT;
CREATE TABLE IF NOT EXISTS refund (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, session_id TEXT NOT NULL REFERENCES session, amount INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS message (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, due_at REAL NOT NULL, owed INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS message_due ON message (due_at) WHERE owed > 0;
"""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0


class Refused(Exception):
    """The request cannot be carried out; `code` says why."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shop asks a payer to pay."""

    reference: str
    amount: int
    currency: str
    title: str
    language: str
    return_url: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Payment(Asked):
    """A payment and where it stands: open, paid or declined."""

    id: str
    status: str
    receipt_id: str | None
    refunded: int

    def is_open(self, now: float) -> bool:
        return self.status == "open" and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Mail:
    """How the messages about a decision travel: the testers' switches."""

    delay: float = 0.0
    twice: bool = False
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Something the shop has not acknowledged yet."""

    id: str
    body: str
    due_at: float
    attempts: int


class Books:
    """The file. Every act opens it for itself, so that threads need no care."""

    def __init__(self, path: Path):
        self.path = path
        with self._act() as file:
            file.executescript(TABLES)

    @contextmanager
    def _act(self) -> Iterator[sqlite3.Connection]:
        file = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        file.row_factory = sqlite3.Row
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = FULL")
            file.execute("BEGIN IMMEDIATE")
            yield file
            if file.in_transaction:
                file.execute("COMMIT")
        finally:
            file.close()

    def open(self, asked: Asked) -> Payment:
        """The payment for this reference, made if there is none. Raises Refused when it was asked for differently."""
        with self._act() as file:
            found = file.execute("SELECT * FROM session WHERE reference = ?", [asked.reference]).fetchone()
            if found and (found["amount"], found["currency"]) != (asked.amount, asked.currency):
                raise Refused("reference_reused")
            if not found:
                columns = [getattr(asked, name) for name in Asked.__slots__]
                file.execute(
                    f"INSERT INTO session (id, {', '.join(Asked.__slots__)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    [f"pay_{secrets.token_hex(16)}", *columns],
                )
            return self._payment(file, "reference", asked.reference)

    def payment(self, session_id: str) -> Payment:
        """Raises Refused when there is none."""
        with self._act() as file:
            return self._payment(file, "id", session_id)

    def decide(self, session_id: str, *, approve: bool, mail: Mail, now: float) -> Payment:
        """The payer's decision. Raises Refused when the payment is decided or expired."""
        with self._act() as file:
            if not self._payment(file, "id", session_id).is_open(now):
                raise Refused("not_open")
            receipt = f"rcp_{secrets.token_hex(12)}" if approve else None
            file.execute(
                "UPDATE session SET status = ?, receipt_id = ? WHERE id = ?",
                ["paid" if approve else "declined", receipt, session_id],
            )
            payment = self._payment(file, "id", session_id)
            kinds = ["payment.authorized", "payment.paid"] if approve else ["payment.declined"]
            for place, kind in enumerate(reversed(kinds) if mail.reversed else kinds):
                # A moment apart: the courier carries one message at a time, in the order of these.
                due = now + mail.delay + place / 1000
                self._owe(file, kind, payment, amount=payment.amount, due=due, owed=1 + mail.twice, now=now)
            return payment

    def refund(self, session_id: str, *, amount: int, key: str, now: float) -> str:
        """Give money back, once for each key; returns the refund's id. Raises Refused."""
        with self._act() as file:
            found = file.execute("SELECT * FROM refund WHERE key = ?", [key]).fetchone()
            if found:
                if (found["session_id"], found["amount"]) != (session_id, amount):
                    raise Refused("key_reused")
                return found["id"]
            payment = self._payment(file, "id", session_id)
            if payment.status != "paid":
                raise Refused("not_paid")
            if payment.refunded + amount > payment.amount:
                raise Refused("exceeds_payment")
            refund_id = f"rfd_{secrets.token_hex(12)}"
            file.execute("INSERT INTO refund VALUES (?, ?, ?, ?)", [refund_id, key, session_id, amount])
            file.execute("UPDATE session SET refunded = refunded + ? WHERE id = ?", [amount, session_id])
            self._owe(file, "refund.succeeded", payment, amount=amount, due=now, owed=1, now=now, refund=key)
            return refund_id

    def next_message(self) -> Message | None:
        """The message that is due first."""
        with self._act() as file:
            row = file.execute(
                "SELECT id, body, due_at, attempts FROM message WHERE owed > 0 ORDER BY due_at LIMIT 1"
            ).fetchone()
            return Message(**row) if row else None

    def acknowledged(self, message: Message) -> None:
        """One delivery fewer is owed."""
        with self._act() as file:
            file.execute("UPDATE message SET owed = owed - 1, attempts = 0 WHERE id = ?", [message.id])

    def put_off(self, message: Message, *, now: float) -> None:
        """Try again later, each time after a longer pause, for ever."""
        pause = min(FIRST_PAUSE * 2**message.attempts, LONGEST_PAUSE)
        with self._act() as file:
            file.execute(
                "UPDATE message SET due_at = ?, attempts = min(attempts + 1, 10) WHERE id = ?",
                [now + pause, message.id],
            )

    def _payment(self, file: sqlite3.Connection, column: str, value: str) -> Payment:
        row = file.execute(f"SELECT * FROM session WHERE {column} = ?", [value]).fetchone()  # noqa: S608 - our own words
        if row is None:
            raise Refused("not_found")
        return Payment(**row)

    def _owe(
        self, file, kind: str, payment: Payment, *, amount: int, due: float, owed: int, now: float, **more
    ) -> None:
        event_id = f"evt_{secrets.token_hex(16)}"
        body = {
            "id": event_id,
            "type": kind,
            "created_at": int(now),
            "data": {
                "session": payment.id,
                "reference": payment.reference,
                "receipt_id": payment.receipt_id,
                "amount": amount,
                "currency": payment.currency,
                **more,
            },
        }
        file.execute(
            "INSERT INTO message (id, body, due_at, owed) VALUES (?, ?, ?, ?)", [event_id, json.dumps(body), due, owed]
        )
