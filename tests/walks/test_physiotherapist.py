"""A physiotherapist who looks at it for a patient: what is said, printed and asked, before anything runs."""

import pytest

from tests.walks.home import Walk

pytestmark = pytest.mark.desktop


def test_what_a_patient_would_be_told(walk: Walk) -> None:
    assert "a generated working day" in walk.types("--help")
    assert "Always check with your doctor" in " ".join(walk.types("start", "--help").split())
    said = " ".join(walk.types("routine", "preview").lower().split())
    for rule in ("elbows", "roll to your side", "neck"):
        assert rule in said, rule
    assert "thoracic-foam-roller" in walk.types("routine")
    sheet = walk.types("routine", "print")
    assert ".html" in sheet or "<html" in sheet

    said = walk.types("screening", answers="n\n", code=1)
    assert "notices to stand up stay" in said, "no roller, or no way down to the floor"
    said = walk.types("screening", answers="y\nn\n", code=0)
    assert "Does any of these apply to you?" in said
    said = walk.types("screening", answers="y\ny\n", code=1)
    assert "Then ask your doctor first." in said
    assert "Sessions are off" in walk.types("start", "--terminal", answers="", code=1)
    said = walk.types("screening", "--confirm", answers="n\n", code=1)
    assert "Then sessions stay off." in said
