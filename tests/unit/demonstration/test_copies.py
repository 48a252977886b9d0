"""What was sent twice is there once, or the demonstration does not say so."""

import pytest

from evalsvc.demonstration.fieldwork import FieldworkDone, require_each_once
from evalsvc.demonstration.phone import UnexpectedAnswerError
from evalsvc.demonstration.reviewing import ReviewDone
from evalsvc.demonstration.visits import Tally


def test_a_copy_that_was_taken_in_stops_the_demonstration() -> None:
    tally = Tally(resent=2)
    tally.outcomes.update({"completed": 7, "refused": 3})
    done = FieldworkDone(12, tally, 1, 0, 0, (), ReviewDone(2, 2, 2, 1, 1), 1)
    require_each_once(done, 13)
    with pytest.raises(UnexpectedAnswerError, match="14 interviews"):
        require_each_once(done, 14)
