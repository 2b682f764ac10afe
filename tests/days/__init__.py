"""Scripted days, told to the real engine."""

import pytest

pytest.register_assert_rewrite("tests.days.world")
