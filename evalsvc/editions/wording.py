"""How sentences that a screen shows are set in print."""

import re

_CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_GAPS = re.compile(rf"(?<=[{_CHINESE}]) +(?=[!-~])|(?<=[!-~]) +(?=[{_CHINESE}])|(?<=[0-9]) +(?=%)")


def as_set(text: str) -> str:
    """Leave out the spaces between Chinese and western signs that screens show and print does not."""
    return _GAPS.sub("", text)
