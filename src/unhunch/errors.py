"""What is told to a person when something cannot be done: three parts and an exit code."""

from collections.abc import Sequence


class Exit:
    """Exit codes, and the codes of errors in replies."""

    DONE = 0
    FAILED = 1
    WRONG = 2  # wrong words or configuration
    NOT_RUNNING = 3
    UNUSABLE = 4  # the source asked for by name cannot be used
    RUNNING = 5  # another one is at work


class UserError(Exception):
    """Something a person can act on: what happened, what it means, what to type. `code` is the exit code.

    `problems` lists every mistake that was found; `what` then has them below its heading, a line each.
    """

    def __init__(
        self, what: str, means: str, remedy: str, code: int = Exit.FAILED, problems: Sequence[object] = ()
    ) -> None:
        self.heading = what
        self.problems = tuple(problems)
        self.what = "\n".join((what, *(f"  {problem}" for problem in problems)))
        super().__init__(f"{self.what}\n{means}\n{remedy}")
        self.means = means
        self.remedy = remedy
        self.code = code

    @property
    def sentences(self) -> str:
        """The three parts in one line, for where there is one."""
        return f"{self.what} {self.means} {self.remedy}"
