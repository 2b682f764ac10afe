"""The fixtures that several files share, and the logs of a bed whose test failed."""

from collections.abc import AsyncIterator, Generator, Iterator
from functools import partial

import playwright.async_api
import playwright.sync_api
import pytest
import pytest_asyncio

from tests.desktop import patients
from tests.desktop.bed import Bed
from tests.desktop.desk import Desk
from tests.desktop.parts import find, needs
from tests.desktop.patients import Visit, axe_core, visit
from tests.fakes.heard import Heard

UNREACHED = "ignore:unclosed <socket.socket fd=[0-9]+, family=1, type=1, proto=0>:ResourceWarning"
"""python-xlib leaves the socket open that did not reach its server. One that did says whose it is."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/desktop/" in item.nodeid:
            item.add_marker(pytest.mark.filterwarnings(UNREACHED))


@pytest.fixture
def bed() -> Iterator[Bed]:
    """A private desktop; all of it ends with the test."""
    with Bed() as made:
        yield made


@pytest.fixture
def desk(bed: Bed) -> Desk:
    """The daemon at work on X11, with a bus and a notification server. The display can be killed and brought back."""
    bed.bus()
    bed.xvfb(display=bed.own_display())
    bed.dunst()
    made = Desk(bed)
    made.start()
    return made


@pytest.fixture
def heard() -> Heard:
    """What a surrounding said."""
    return Heard()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[playwright.async_api.Browser]:
    """One browser for all visits of a file; each has a context of its own in it."""
    async with patients.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    """The same for tests that have no event loop."""
    needs("chromium")
    with playwright.sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def patient(browser: playwright.async_api.Browser) -> Visit:
    """Visits to a guided session's page."""
    return partial(visit, browser)


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that looks for barriers."""
    return axe_core()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the programs of its bed had to say."""
    report = yield
    made = getattr(item, "funcargs", {}).get("bed")
    if report.when == "call" and report.failed and isinstance(made, Bed):
        report.sections.append(("logs of the bed", made.logs()))
    return report
