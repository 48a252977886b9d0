"""Rule packs: thresholds, denominators and rounding as data with a version (region, year, programme).

A pack is one YAML file, named `<name>-<edition>.yaml`. A file that was once released never changes: a correction is a
new edition.
"""

from importlib.resources import files

from evalsvc.errors import NotFoundError

ENDING = ".yaml"


def pack_names() -> tuple[str, ...]:
    """List the packs that are shipped."""
    found = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(ENDING) for name in found if name.endswith(ENDING)))


def pack_bytes(name: str) -> bytes:
    """Return a pack's file as it is shipped; its SHA-256 is what an edition names.

    Raises
    ------
    NotFoundError
        ``evaluation.pack_unknown``
    """
    if name not in pack_names():
        raise NotFoundError("evaluation.pack_unknown", pack=name, packs=pack_names())
    return files(__name__).joinpath(f"{name}{ENDING}").read_bytes()
