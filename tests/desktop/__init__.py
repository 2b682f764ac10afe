"""Tests against real desktop parts, each started in a private bed (bed.py) and ended with it."""
