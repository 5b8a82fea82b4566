"""A real Chromium on the running product: `page` fails its test on console errors, failed requests and CSP violations.

Chromium is taken from `CHROMIUM` or the path (`.ci/run` installs it). `PICTURES=<folder>` keeps the screenshots that
tests take with `picture(name)`.
"""

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests import factories

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHTS = {360: 740, 768: 1024, 1280: 860}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# Playwright drives its own event loop in this thread; the tests' own queries are synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

if not Path(CHROMIUM).exists():
    message = (
        f"NO BROWSER TESTS WERE RUN: no Chromium at {CHROMIUM}. Install it (apt-get install chromium fonts-noto-cjk)."
    )

    def pytest_terminal_summary(terminalreporter):
        terminalreporter.section("browser tests skipped", red=True)
        terminalreporter.write_line(message, red=True)


@dataclass
class Faults:
    """What went wrong in the page; a test that provokes a fault says which one it expects."""

    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [fault for fault in self.seen if not any(re.search(pattern, fault) for pattern in self.expected)]


@pytest.fixture(scope="session")
def chromium():
    if not Path(CHROMIUM).exists():
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def width() -> int:
    """Of the window; a test with another one is parametrised with `width`."""
    return 1280


@pytest.fixture
def language() -> str:
    return "ko"


@pytest.fixture
def zone() -> str:
    return "UTC"


@pytest.fixture
def javascript() -> bool:
    return True


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def page(chromium, live_server, width, language, zone, javascript, faults) -> Page:
    """A window on the live product; relative addresses are its own."""
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": HEIGHTS.get(width, 860)},
        locale="ko-KR" if language == "ko" else "en-GB",
        timezone_id=zone,
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    context.set_default_timeout(5000)
    page = context.new_page()
    page.on(
        "console",
        lambda line: faults.seen.append(f"console: {line.text}") if line.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: faults.seen.append(f"script: {error}"))
    page.on("requestfailed", lambda request: _note_failure(request, faults))
    page.on(
        "response",
        lambda answer: faults.seen.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None,
    )
    yield page
    context.close()
    assert faults.unexpected() == []


def _note_failure(request, faults: Faults) -> None:
    if request.failure != "net::ERR_ABORTED":  # what a page gives up when it is left is no fault
        faults.seen.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def signed_in(page, live_server):
    """Signs a player in, past the form: `user = signed_in()`."""

    def sign_in(user=None):
        user = user or factories.player()
        cookie = factories.browser(user).cookies["session"]
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server.url}])
        return user

    return sign_in


@pytest.fixture
def picture(page, width, language):
    """Keeps a screenshot when `PICTURES` names a folder, for the README and for looking at."""

    def take(name: str, *, full: bool = False) -> None:
        folder = os.environ.get("PICTURES")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=full)

    return take


@pytest.fixture
def assert_accessible(page):
    """WCAG 2.2 AA by axe-core, and nothing wider than the window."""

    def check() -> None:
        page.wait_for_load_state()
        # Unless told otherwise, axe copies imported style sheets (the admin's forms.css) inline, which the CSP refuses.
        options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "preload": False}
        answer = Axe().run(page, options=options)
        found = [
            f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
            for violation in answer.response["violations"]
            for node in violation["nodes"]
        ]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"

    return check
