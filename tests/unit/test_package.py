"""The package holds the enumerator's application as it was built, and nothing that it was built from."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPLICATION = ROOT / "evalsvc" / "static" / "app"


def build(tree: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build a wheel of a tree and leave nothing in the tree."""
    command = [
        sys.executable,
        "setup.py",
        "-q",
        "egg_info",
        "--egg-base",
        folder,
        "build",
        "--build-base",
        folder / "build",
    ]
    command += ["bdist_wheel", "--bdist-dir", folder / "bdist", "--dist-dir", folder / "dist"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_a_wheel_holds_the_application_and_not_its_sources(tmp_path: Path) -> None:
    assert (APPLICATION / ".ready").is_file(), "the application was not built: make bundle"
    built = build(ROOT, tmp_path)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next((tmp_path / "dist").glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    files = {path for path in APPLICATION.rglob("*") if path.is_file() and path.name != ".ready"}
    assert {"index.html", "sw.js", "manifest.webmanifest"} <= {path.name for path in files}
    packed = {name for name in names if name.startswith("evalsvc/static/app/")}
    assert packed == {str(path.relative_to(ROOT)) for path in files}
    assert [name for name in names if name.startswith("evalsvc/client") or "node_modules" in name] == []
    assert "evalsvc/translations/en/LC_MESSAGES/messages.mo" in names


def test_no_wheel_is_made_without_the_application(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "evalsvc").mkdir(parents=True)
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "evalsvc/__init__.py"):
        shutil.copy(ROOT / name, tree / name)
    (tree / "migrations" / "versions").mkdir(parents=True)
    built = build(tree, tmp_path)
    assert built.returncode != 0
    assert "make bundle" in built.stderr
    assert not (tmp_path / "dist").exists()
