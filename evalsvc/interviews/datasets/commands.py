"""Commands for whoever runs the server: `evalsvc answers …`."""

from pathlib import Path

import click

from evalsvc import audit
from evalsvc.config import read_config
from evalsvc.evaluations.queries import evaluation_by_code
from evalsvc.given_paths import force_option, new, refuse_existing
from evalsvc.instruments.dataset_progress import telling
from evalsvc.interviews.datasets.making import Interviews, make_file
from evalsvc.interviews.datasets.operations import refuse_wish
from evalsvc.interviews.datasets.values import SCOPES, STANDING, DatasetWish
from evalsvc.people.actor import SYSTEM
from evalsvc.service import ready
from evalsvc.terminal import language
from evalsvc.words import LANGUAGES, sentence
from forms.dataset.formats import FORMATS


@click.group("answers")
def commands() -> None:
    """答卷：导出数据集 / answers: export datasets."""


@commands.command("export")
@click.argument("out", metavar="OUT.zip", type=new)
@click.option("--evaluation", "code", required=True, help="评估项目代码 / code of the evaluation")
@click.option("--form", "form_id", required=True, help="问卷编号 / id of the form")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="csv", help="格式 / format")
@click.option("--scope", type=click.Choice(SCOPES), default=STANDING, help="访谈范围 / which interviews")
@click.option("--labels", type=click.Choice(LANGUAGES), default="zh", help="标签的语言 / language of labels")
@click.option("--full", is_flag=True, help="不去标识，含个人信息 / everything, with personal data")
@click.option("--media", is_flag=True, help="连同附件，只与 --full 同用 / with files; goes with --full")
@click.option("--reason", default="", help="完整数据的用途，记入审计 / why everything is needed; audited")
@force_option
def export(out: Path, code: str, *, force: bool, **given: str) -> None:
    """写出一份问卷的数据集（ZIP），默认去标识 / write a dataset of a form, de-identified unless asked otherwise."""
    refuse_existing(out, force=force)
    wish = DatasetWish(
        form_id=given["form_id"],
        format=given["form"],
        full=bool(given["full"]),
        media=bool(given["media"]),
        scope=given["scope"],
        language=given["labels"],
        reason=given["reason"],
    )
    refuse_wish(wish)
    with ready(read_config()) as service:
        with service.database.transaction() as session:
            evaluation = evaluation_by_code(session, code)
            # Written down before anything is read: who stops half way has asked all the same.
            details = {**vars(wish), "evaluation": evaluation.id}
            audit.record(session, SYSTEM.identifier, "dataset.export", evaluation.id, details)
        with service.database.reading() as session, telling("dataset.activity") as tell:
            interviews = Interviews(session, service.store, evaluation.id)
            made = make_file(interviews, wish, out.resolve(), tell)
    told = {"interviews": made.interviews, "size": made.size, "out": str(out)}
    click.echo(sentence("dataset.exported", told, language()), err=True)
