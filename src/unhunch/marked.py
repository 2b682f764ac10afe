"""The mark of a text that somebody will read, where nobody speaks yet."""


def N_(message: str) -> str:  # noqa: N802 - gettext's name for it
    """Marks a constant for translation. It is translated with `_` where it is used."""
    return message
