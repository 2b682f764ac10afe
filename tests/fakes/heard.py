"""What a source of surroundings has said."""


class Heard:
    """Pass it as `changed`."""

    def __init__(self) -> None:
        self.all: list[tuple[str, bool | None]] = []
        self.now: dict[str, bool | None] = {}

    def __call__(self, name: str, value: bool | None) -> None:
        self.all.append((name, value))
        self.now[name] = value

    def values(self, name: str) -> list[bool | None]:
        """Everything said about one condition, in order."""
        return [value for said, value in self.all if said == name]
