"""What is told to a person when something cannot be done: three parts and an exit code."""


class Exit:
    """Exit codes, and the codes of errors in replies."""

    DONE = 0
    FAILED = 1
    WRONG = 2  # wrong words or configuration
    NOT_RUNNING = 3
    UNUSABLE = 4  # the source asked for by name cannot be used
    RUNNING = 5  # another one is at work


class UserError(Exception):
    """Something a person can act on: what happened, what it means, what to type. `code` is the exit code."""

    def __init__(self, what: str, means: str, remedy: str, code: int = Exit.FAILED) -> None:
        super().__init__(f"{what} {means} {remedy}")
        self.what = what
        self.means = means
        self.remedy = remedy
        self.code = code
