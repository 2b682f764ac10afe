"""The fixture `bed`, and the logs of a bed whose test failed."""

from collections.abc import Generator, Iterator

import pytest

from tests.desktop.bed import Bed


@pytest.fixture
def bed() -> Iterator[Bed]:
    """A private desktop; all of it ends with the test."""
    with Bed() as made:
        yield made


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
