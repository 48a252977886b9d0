"""The order in which interviews of a file are taken in: a correction after the version that it corrects."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.values import Contents, UnsentInterview
from forms.errors import InstanceError
from forms.instance import parse_instance


def in_order(contents: Contents, most: int) -> Sequence[UnsentInterview]:
    """Return the interviews so that none comes before one that it corrects; else in the order of the list."""
    by_instance = {each.instance_id: each for each in contents.interviews}
    corrects = {each.entry: _corrected(contents, each, most) for each in contents.interviews}
    ordered: dict[str, UnsentInterview] = {}
    for each in contents.interviews:
        chain = list(_chain(each, by_instance, corrects, ordered))
        ordered |= {one.entry: one for one in reversed(chain)}
    return tuple(ordered.values())


def _chain(
    interview: UnsentInterview,
    by_instance: Mapping[str, UnsentInterview],
    corrects: Mapping[str, str],
    done: Collection[str],
) -> Iterator[UnsentInterview]:
    """Walk from an interview to what it corrects, to what that corrects; not to what is done, nor around a circle."""
    seen: set[str] = set()
    following: UnsentInterview | None = interview
    while following is not None and following.entry not in seen and following.entry not in done:
        seen.add(following.entry)
        yield following
        following = by_instance.get(corrects[following.entry])


def _corrected(contents: Contents, interview: UnsentInterview, most: int) -> str:
    """Return which instanceID an interview corrects; nothing where it cannot be read, which intake will say."""
    if contents.size(interview) > most:
        return ""
    try:
        return parse_instance(contents.xml(interview)).deprecated_id or ""
    except (InstanceError, InvalidError):
        return ""
