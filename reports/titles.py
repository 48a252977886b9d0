"""Titles in the room that they have: broken into even lines on the cover, shortened in the head of a page."""

from itertools import pairwise

_WORDS = (
    "第三方评估", "第三方", "评估报告", "脱贫退出", "脱贫攻坚", "巩固", "成果", "成效", "后评估", "有效衔接",
    "乡村振兴", "满意度", "调查", "报告", "评估", "考核", "年度", "贫困县", "分县", "抽样", "附件", "问题清单",
)  # fmt: skip
ROOM, ROOM_BESIDE_MARK = 58, 44
"""Places in the head of a page for the running title: up to the number, or up to the mark in the middle."""


def running_title(title: str, room: int = ROOM_BESIDE_MARK) -> str:
    """Shorten a title to the room in the head of a page; a Chinese character takes two places."""
    widths = [1 if character < "\u2e80" else 2 for character in title]
    if sum(widths) <= room:
        return title
    kept = next(count for count in range(len(title), 0, -1) if sum(widths[:count]) <= room - 2)
    return title[:kept].rstrip() + "…"


def balanced_lines(title: str, longest: int = 15) -> list[str]:
    """Break a Chinese title into lines of nearly equal length, without cutting the words of the field."""
    lines = -(-len(title) // longest)
    ends = [0]
    for number in range(1, lines):
        aim = round(len(title) * number / lines)
        allowed = [place for place in range(ends[-1] + 1, len(title)) if not _cuts_word(title, place)]
        ends.append(min(allowed or [aim], key=lambda place, aim=aim: (abs(place - aim), -place)))  # type: ignore[misc]
    return [title[start:end] for start, end in pairwise([*ends, len(title)])]


def _cuts_word(title: str, place: int) -> bool:
    """Tell whether a place lies inside a word, a number or brackets, or parts brackets from what they explain."""
    before, after = title[place - 1], title[place]
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return True
    if title[:place].count("（") > title[:place].count("）") or after in "（）》”、，。：" or before in "《“":
        return True
    return any(title.startswith(word, place - cut) for word in _WORDS for cut in range(1, len(word)) if place >= cut)
