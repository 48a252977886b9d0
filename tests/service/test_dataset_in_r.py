"""The R lines of a dataset's README, run by R on the very files beside it."""

import re
import subprocess
import zipfile

import pytest

from evalsvc.interviews.datasets.making import Interviews, make_file
from evalsvc.interviews.datasets.values import DatasetWish
from evalsvc.interviews.intake.taking import take_in
from evalsvc.service import Service

R_BLOCK = re.compile(r"```r\n(.*?)```", re.DOTALL)
TOLD = (
    "cat('told', nrow(counted), sum(weights(answered) > 0), sum(weights(design)),"
    " coef(svytotal(~one, answered)), '\\n')"
)


@pytest.fixture
def interviews(config, database, store, field):
    """Nobody was met in every third household, the others answered."""
    service = Service(config, database, store)
    opened = [(person, unit) for person in field.enumerators for unit in field.opened(person)]
    for number, (person, unit) in enumerate(opened):
        xml = field.submission(unit, "completed" if number % 3 else "non_contact", instance_id=f"uuid:{number}")
        take_in(service, person.actor, field.evaluation.id, xml)
    with database.reading() as session:
        yield Interviews(session, store, field.evaluation.id)


def run_in_r(folder, lines):
    (folder / "run.R").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", "run.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = next(line for line in done.stdout.splitlines() if line.startswith("told"))
    return [float(each) for each in told.split()[1:]]


# What a file holds does not depend on the database.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("form", ["csv", "xlsx", "spss", "stata", "json"])
def test_the_lines_of_the_readme_run_on_its_files(interviews, tmp_path, form):
    target = tmp_path / "made" / "dataset.zip"
    target.parent.mkdir()
    make_file(interviews, DatasetWish("household", format=form, full=True, reason="方差"), target, lambda *_: None)
    zipfile.ZipFile(target).extractall(tmp_path)
    reading, design = R_BLOCK.findall((tmp_path / "README.zh.md").read_text(encoding="utf-8"))
    counted, answered, total, told = run_in_r(tmp_path, [reading, "interviews$one <- 1", design, TOLD])
    assert 0 < answered < counted
    assert 0 < told < total
