"""Yes and no, as people type them: in English everywhere, and in their own language."""

from unhunch.core.translate import pgettext


def is_yes(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes", *pgettext("typed for yes, with commas", "y,yes").split(","))


def is_no(answer: str) -> bool:
    return answer.strip().lower() in ("n", "no", *pgettext("typed for no, with commas", "n,no").split(","))
