"""Whole desktops, drawn: what a person would see of a session that is owed. Run by `make desktops`."""
