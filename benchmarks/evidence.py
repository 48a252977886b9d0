"""Write the pages of docs/evidence: what was measured, by which command, of which state, on which machine, and when."""

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "evidence"
INDEX = "README.md"
INDEX_TEXT = (
    "# Evidence",
    "Every page is written as a whole by its command, with the state of the code, the machine and the date; nothing in"
    " it is written by hand. `.venv/bin/python -m benchmarks` runs all of them and writes this table. Studies that are"
    " long have a short form in the tests; speed is never a test.",
)
LISTED = ("Command", "Date", "State", "Took")


@dataclass(frozen=True)
class Study:
    """One study: its page, what it asks, how it is run, and the libraries whose versions its figures hang on."""

    page: str
    title: str
    question: str
    module: str
    libraries: tuple[str, ...] = ()
    began: float = field(default_factory=time.time)
    load: float = field(default_factory=lambda: os.getloadavg()[0])


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options that every study has."""
    given = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--short", action="store_true", help="a small form, shown on the terminal; no page is written")
    given.add_argument("--pages", type=Path, default=FOLDER, help="where the page is written")
    return given


def publish(study: Study, given: argparse.Namespace, sections: Sequence[str]) -> None:
    """Write the page and the table of all pages; a short form is only shown."""
    page = compose(study, sections)
    if given.short:
        print(page)
        return
    given.pages.mkdir(parents=True, exist_ok=True)
    path = given.pages / f"{study.page}.md"
    path.write_text(page, encoding="utf-8")
    write_index(given.pages)
    print(f"wrote {path}")


def compose(study: Study, sections: Sequence[str]) -> str:
    """Put a page together."""
    return "\n\n".join([f"# {study.title}", study.question, table(("", ""), circumstances(study)), *sections]) + "\n"


def circumstances(study: Study) -> list[tuple[str, str]]:
    """Say how the figures came about."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    arguments = re.sub(r"//[^@/ ]*@", "//…@", " ".join(sys.argv[1:]))  # an address may hold a password
    libraries = [f"{name} {version(name)}" for name in study.libraries]
    return [
        ("Command", f"`.venv/bin/python -m {study.module}{' ' * bool(arguments)}{arguments}`"),
        ("Date", datetime.fromtimestamp(study.began, UTC).strftime("%Y-%m-%d %H:%M UTC")),
        ("State", f"evalsvc {version('evalsvc')}, {state()}"),
        ("Machine", f"{processor()}; {cores} core{'s' * (cores > 1)} used of {os.cpu_count()}, {memory:.1f} GiB"),
        ("Load before", f"{study.load:.2f} (mean number of running processes over one minute)"),
        ("System", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("Libraries", ", ".join([*libraries, f"SQLite {sqlite3.sqlite_version}"])),
        ("Took", duration(time.time() - study.began)),
    ]


def state() -> str:
    """Name the commit, and say when the working tree differs from it (the pages themselves do not count)."""
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", ".", f":!{FOLDER.relative_to(ROOT)}")
    except (OSError, subprocess.CalledProcessError):
        return "not in a git repository"
    return f"commit {commit}" + (" with changes that are not committed" if changed else "")


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def processor() -> str:
    """Return the processor's name."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else platform.machine()


def duration(seconds: float) -> str:
    """Write a time that a person waits."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table; columns of figures stand to the right."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    figures = [all(row[place][:1].isdigit() or row[place] == "–" for row in cells) for place in range(len(header))]
    lines = [header, ["---:" if right else "---" for right in figures], *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_index(folder: Path) -> None:
    """Write the table of all pages that stand in a folder."""
    pages = sorted(path for path in folder.glob("*.md") if path.name != INDEX)
    rows = [_index_row(path.name, path.read_text(encoding="utf-8")) for path in pages]
    listed = table(("Study", *LISTED), rows)
    (folder / INDEX).write_text("\n\n".join([*INDEX_TEXT, listed]) + "\n", encoding="utf-8")


def _index_row(name: str, page: str) -> list[str]:
    title = page.partition("\n")[0].removeprefix("# ")
    cells = dict(re.findall(r"^\| (\w+) \| (.*) \|$", page, re.MULTILINE))
    return [f"[{title}]({name})", *(cells.get(each, "") for each in LISTED)]


def tell(done: int, total: int, began: float) -> None:
    """Say how far a study is: over one line on a terminal, every tenth part elsewhere; `began` by time.monotonic."""
    left = (time.monotonic() - began) / done * (total - done)
    words = f"{done} of {total}, {duration(left)} left"
    if sys.stderr.isatty():
        print(f"\r{words:40}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    elif done == total or done % max(1, total // 10) == 0:
        print(words, file=sys.stderr, flush=True)
