"""A fresh home on a desktop of its own."""

from collections.abc import Iterator

import pytest

from tests.desktop.bed import Bed
from tests.walks.home import Walk


@pytest.fixture
def bed() -> Iterator[Bed]:
    with Bed() as made:
        yield made


@pytest.fixture
def walk(bed: Bed) -> Walk:
    return Walk(bed)
