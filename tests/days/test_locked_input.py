"""An input that is heard of after unlocking, but was made under the lock, is no evidence and makes no fact."""

from tests.days.lives import Life
from tests.days.world import check_fold
from unhunch.core.facts import Kind
from unhunch.core.settings import Settings


def test_what_was_typed_under_the_lock_leaves_no_span_that_ends_before_it_begins() -> None:
    w = Life(settings=Settings(look=120.0))
    w.workday(2)
    w.set(locked=True)
    w.idle(12)
    w.set(locked=False)
    w.work(3)
    w.suspend(40)
    w.work(4)
    w.flushed()
    assert min(fact.length for fact in w.of_kind(Kind.INPUT)) >= 0
    check_fold(w)
