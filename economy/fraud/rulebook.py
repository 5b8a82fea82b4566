"""The rules in force in this process: the file's content, looked at again every second; a bad one changes nothing."""

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

import structlog
from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_noop

from casino_club.core import alerts, metrics
from economy.fraud.models import FraudRules
from economy.fraud.parsing import MalformedRules, parse, version_of
from economy.fraud.rules import RuleSet

log = structlog.get_logger(__name__)
SHIPPED = Path(__file__).with_name("default_rules.yaml")
LOOK_EVERY = 1.0
ALERT = "fraud_rules_malformed"

_loads = metrics.counter("fraud_rules_loads_total", "Contents of the rules file looked at.", ["result"])

_REMEMBER = """
    INSERT INTO economy_fraudrules AS r (version, content, first_loaded_at, last_loaded_at)
    VALUES (%(version)s, %(content)s, %(now)s, %(now)s)
    ON CONFLICT (version) DO UPDATE SET last_loaded_at = greatest(r.last_loaded_at, excluded.last_loaded_at)
"""


@dataclass(frozen=True, slots=True)
class State:
    """What is in force, the version of the content last looked at, and what is wrong with that ("" when nothing)."""

    rules: RuleSet
    seen: str
    fault: str = ""


class Rulebook:
    """Keeps the last good rules and reads the file again once its content changed.

    The content itself is compared, not the file's time: that can stay the same over a change, and a few kilobytes
    a second cost nothing. One thread looks, the others go on with what is in force.
    """

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._state: State | None = None
        self._path: Path | None = None
        self._look_at = 0.0

    def current(self, *, now: datetime) -> RuleSet:
        """The rules in force. At most a second passes between a change of the file and this."""
        return self.state(now=now).rules

    def state(self, *, now: datetime, look: bool = False) -> State:
        """The same with what is wrong with the file; `look` looks at once."""
        state = self._state
        path = rules_path()
        if state is not None and path == self._path and not look and monotonic() < self._look_at:
            return state
        # The first ones need rules and wait; later ones have some.
        if not self._looking.acquire(blocking=state is None or look):
            return state
        try:
            if self._state is None or path != self._path or look or monotonic() >= self._look_at:
                self._state = self._looked(path, self._state, now)
                self._path, self._look_at = path, monotonic() + LOOK_EVERY
            return self._state
        finally:
            self._looking.release()

    def _looked(self, path: Path, before: State | None, now: datetime) -> State:
        try:
            content = path.read_bytes()
        except OSError as error:
            return self._kept(before, "unreadable", _said(path, error), now)
        version = version_of(content)
        if before is not None and version == before.seen:
            return before
        try:
            with translation.override(settings.LANGUAGE_CODE):  # the fault is kept, whoever came across it
                rules = parse(content)
        except MalformedRules as error:
            return self._kept(before, version, _said(path, error), now)
        with connection.cursor() as cursor:
            cursor.execute(_REMEMBER, {"version": version, "content": content.decode(), "now": now})
        alerts.resolve(rule=ALERT, now=now)
        _loads.labels("loaded").inc()
        log.info("fraud_rules_loaded", version=version, rules=len(rules.rules))
        return State(rules, version)

    def _kept(self, before: State | None, seen: str, fault: str, now: datetime) -> State:
        if before is not None and before.seen == seen:
            return before
        state = State(before.rules if before else _last_good(now), seen, fault)
        _loads.labels("malformed").inc()
        tell(state, now=now)
        return state


def tell(state: State, *, now: datetime) -> None:
    """Raise the alert while the file is at fault."""
    if state.fault:
        alerts.raise_alert(
            rule=ALERT,
            message=gettext_noop("The file is not used: %(fault)s. Rules %(version)s stay in force."),
            facts={"fault": state.fault, "version": state.rules.version},
            now=now,
        )


def fault_as_read() -> str:
    """What is wrong with the file just now, in the reader's language; "" when nothing is."""
    path = rules_path()
    try:
        parse(path.read_bytes())
    except (OSError, MalformedRules) as error:
        return _said(path, error)
    return ""


def _said(path: Path, error: OSError | MalformedRules) -> str:
    return f"{path.name}: {error.strerror}" if isinstance(error, OSError) else f"{path.name}, {error}"


def rules_path() -> Path:
    """The file: `FRAUD_RULES_PATH`, or the one we ship."""
    return Path(settings.FRAUD_RULES_PATH) if settings.FRAUD_RULES_PATH else SHIPPED


def _last_good(now: datetime) -> RuleSet:
    """For a process that starts beside a bad file: what the others last had in force, or what we ship."""
    latest = FraudRules.objects.order_by("-last_loaded_at").first()
    if latest is not None:
        return parse(latest.content.encode())
    content = SHIPPED.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, {"version": version_of(content), "content": content.decode(), "now": now})
    return parse(content)


book = Rulebook()
