"""Unhunch: estimates sitting from whether keyboard and mouse are touched, and asks for upper-back sessions.

At a good moment, guided by voice, from one a day to several.
"""

__version__ = "0.1.0"
