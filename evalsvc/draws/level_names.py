"""Name levels and stages in the reader's language wherever a sentence's details hold them."""

from collections.abc import Mapping

from evalsvc.words import term


def with_level_names(details: Mapping[str, object], language: str) -> Mapping[str, object]:
    """Return the details with the words of ``level``, ``stage`` and ``stages``, where there are words."""
    named: dict[str, object] = {
        key: term("draw.level", str(details[key]), language) for key in ("level", "stage") if key in details
    }
    stages = details.get("stages")
    if isinstance(stages, list | tuple):
        named["stages"] = [term("draw.level", str(stage), language) for stage in stages]
    return {**details, **named}
