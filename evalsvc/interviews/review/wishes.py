"""Check what a supervisor asks for, before anything is held: every problem of it at once."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from evalsvc.errors import InvalidError
from evalsvc.interviews.review.moves import ACTIONS, REASONS, REJECT, REOPEN, RETURN, Comment, Wish
from evalsvc.typed_words import has_unseen_signs, plain_lines
from sampling.errors import Complaint, complain

LONGEST_WORDS, LONGEST_COMMENT, MOST_COMMENTS = 2000, 1000, 200


def checked(wish: Wish, places: Collection[str]) -> Wish:
    """Return a wish as it is kept; `places` are the paths of the interview's questions.

    Raises
    ------
    InvalidError
        ``interview.review_refused`` with every problem.
    """
    given = ((each.path, plain_lines(each.words)) for each in wish.comments)
    comments = tuple(Comment(path, words) for path, words in given if words)
    plain = replace(wish, words=plain_lines(wish.words), comments=comments)
    complaints = [*_problems(plain), *_problems_of_comments(plain, places)]
    if complaints:
        raise InvalidError("interview.review_refused", complaints)
    return plain


def _problems(wish: Wish) -> Iterator[Complaint]:
    if wish.action not in ACTIONS:
        yield complain("interview.review_action", action=wish.action[:40])
    if wish.action == REJECT and wish.reason not in REASONS:
        yield complain("interview.review_reason", reason=wish.reason[:40])
    if wish.action != REJECT and wish.reason:
        yield complain("interview.review_reason_only_rejected")
    if wish.action in {REJECT, REOPEN} and not wish.words:
        yield complain("interview.review_words_missing")
    if wish.action == RETURN and not (wish.words or wish.comments):
        yield complain("interview.review_nothing_said")
    if len(wish.words) > LONGEST_WORDS:
        yield complain("interview.review_words_long", longest=LONGEST_WORDS)
    if any(map(has_unseen_signs, [wish.words, *(each.words for each in wish.comments)])):
        yield complain("interview.review_signs")


def _problems_of_comments(wish: Wish, places: Collection[str]) -> Iterator[Complaint]:
    if wish.comments and wish.action != RETURN:
        yield complain("interview.review_comments_only_returned")
    if len(wish.comments) > MOST_COMMENTS:
        yield complain("interview.review_many_comments", most=MOST_COMMENTS)
    seen: set[str] = set()
    for each in wish.comments[:MOST_COMMENTS]:
        if each.path not in places:
            yield complain("interview.review_unknown_question", question=each.path[:200])
        elif each.path in seen:
            yield complain("interview.review_question_twice", question=each.path)
        if len(each.words) > LONGEST_COMMENT:
            yield complain("interview.review_comment_long", question=each.path[:200], longest=LONGEST_COMMENT)
        seen.add(each.path)
