"""What the tests of adapters share."""

from collections.abc import Iterator

import pytest

from tests.desktop.bed import Bed


@pytest.fixture
def bed_with_bus() -> Iterator[Bed]:
    """A private session bus, and nothing else."""
    with Bed() as bed:
        bed.bus()
        yield bed
