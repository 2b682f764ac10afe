"""Unhunch: estimates sitting from whether keyboard and mouse are touched, and asks for upper-back sessions at a good moment."""

__version__ = "0.1.0"
