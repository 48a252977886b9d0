"""The closing words: what was done, what was refused, what the check found, and the truth beside the estimates."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.table import Table

from evalsvc import files
from evalsvc.demonstration.comparison import RATES_FILE, TRUTH_FOLDER, Compared
from evalsvc.demonstration.run import ACCOUNTS_FILE, SERVICE_FOLDER, Outcome
from evalsvc.demonstration.sample import PROVINCE_FOLDER
from evalsvc.demonstration.scenario import JUDGED
from evalsvc.demonstration.sizing import POWER, TRUE_RATE
from evalsvc.editions.chapters.labels import label
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.program import program
from evalsvc.verification.names import plain_name

SHOWN_LINES = 18
"""How many lines of the check's output are repeated."""
SHOWN_FILES = (
    *(files.FRAME, files.DESIGN, files.MANIFEST, files.RESULTS, files.REPORT, files.BUNDLE),
    files.LOG,
)
VERDICT_STYLE = {"达标": "green", "不达标": "red", "不能判定": "yellow"}


def print_summary(console: Console, outcome: Outcome, out: Path) -> None:
    """Print the summary; everything in it was counted in this run."""
    console.print()
    console.rule("[bold]演示小结（模拟数据） / summary (simulated data)")
    for heading, lines in _paragraphs(outcome):
        console.print(f"[bold]{heading}[/bold]", highlight=False)
        for line in lines:
            console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)
    console.print(_truth_table(outcome.compared))
    for line in _closing(outcome, out):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _paragraphs(outcome: Outcome) -> Iterator[tuple[str, list[str]]]:
    yield "样本量 / sample size", _sizing(outcome)
    yield "抽样框与抽取 / frame and draws", _draws(outcome)
    yield "入户调查 / fieldwork", _fieldwork(outcome)
    yield (
        "必须拒收的提交，均已拒收 / submissions that had to be refused, and were",
        [f"{each.what}：{each.status} {each.message}" for each in outcome.fieldwork.refused],
    )
    yield "个案研判 / cases", _cases(outcome)
    verdict = "全部一致" if outcome.checked.ok else f"不一致（退出码 {outcome.checked.exit_code}）"
    yield f"外部核对：{verdict} / the outsider's check", list(outcome.checked.lines[-SHOWN_LINES:])


def _sizing(outcome: Outcome) -> list[str]:
    plan = outcome.sizing
    curve = "，".join(f"真值 {_percent(point.rate)} 时 {point.demonstrated:.0%}" for point in plan.curve.points)
    return [
        f"门槛 {_percent(plan.threshold)}：一户错退都未发现时，至少要 {plan.no_error} 个有效户才能证明低于门槛。",
        f"要以 {POWER:.0%} 的把握证明真值为 {_percent(TRUE_RATE)} 的县达标，需 {plan.effective} 个有效户；按设计效应 "
        f"{plan.design_effect:g}、自由度 {plan.degrees_of_freedom}、户规模不等和应答率折算，"
        f"每县需抽脱贫户 {plan.needed} 户，方案最多抽 {plan.taken} 户（{'足够' if plan.enough else '不足'}）。",
        f"漏评率：一户漏评都未发现时即可判定达标，每县需抽非建档立卡户 {plan.missed_needed} 户，"
        f"方案抽 {plan.missed_taken} 户（{'足够' if plan.missed_enough else '不足'}）。",
        f"按此方案判定达标的可能性：{curve}。",
    ]


def _draws(outcome: Outcome) -> list[str]:
    sampled = outcome.sampled
    counts = sampled.frame.profile.counts
    return [
        f"抽样框：{counts['county']} 县、{counts['village']:,} 个村居、{counts['household']:,} 户（编码 "
        f"{sampled.frame.encoding}）；其中 {outcome.committees} 个居委会无农户，方案按规则排除并写明。",
        f"四县抽取：{len(sampled.judged.villages)} 村、{sampled.judged.households:,} 户主样本；"
        f"清单 {sampled.recomputed[0]} 项重算一致。",
        f"全省抽取（只抽取与核验，不入户）：{len(sampled.province.villages)} 村、{sampled.province.households:,} 户；"
        f"清单 {sampled.recomputed[1]} 项重算一致。",
        "没有公共随机值：演示不等待，因此机构本可挑选样本，所有产出都写明这一点。",
    ]


def _fieldwork(outcome: Outcome) -> list[str]:
    done = outcome.fieldwork
    outcomes = "，".join(f"{label(f'fieldwork.{name}', 'zh')} {done.tally.outcomes[name]:,}" for name in DISPOSITIONS)
    return [
        f"任务 {done.assignments:,} 户（含未启用的备选），实访 {sum(done.tally.outcomes.values()):,} 户：{outcomes}。",
        f"{done.rounds} 轮；经督导批准启用备选户 {done.reserves_opened} 户，"
        f"另有 {done.without_reserve} 户所在村已无备选。",
        f"原样重发 {done.tally.resent} 次，均被认出，没有重复入库；共发送 {done.tally.bytes_sent / 1e6:.1f} MB。",
        f"审核：督导退回 {done.review.returned} 份补拍照片，收到更正 {done.review.corrected} 份（更正前的版本都保留），"
        f"核准 {done.review.approved} 份；{done.review.waiting} 份退回后还在等更正；判废 {done.review.rejected} 份，"
        f"重访 {done.visited_again} 户；{done.tally.mistaken} 份有检查发现的疑问，可以在审核页上看。",
    ]


def _cases(outcome: Outcome) -> list[str]:
    counts = outcome.judging.counts
    return [
        f"疑似个案 {counts.total} 件，两名专家作出研判 {outcome.judging.judgements} 次：认定 {counts.confirmed}，"
        f"排除 {counts.excluded}，未决 {counts.open}（意见不一或尚缺一人）。只有认定的计入。"
    ]


def _truth_table(compared: tuple[Compared, ...]) -> Table:
    table = Table(title="模拟真值与报告结果 / the simulation's true rates beside the report", title_justify="left")
    for head in ("指标", "县", "模拟真值", "估计", "95% 区间", "含真值", "结论"):
        table.add_column(head, justify="right" if head in {"模拟真值", "估计", "95% 区间"} else "left")
    for place, each in enumerate(compared):
        verdict = each.verdict or ""
        table.add_row(
            each.name if place % len(JUDGED) == 0 else "",
            each.county,
            _percent(each.true),
            _percent(each.estimate),
            "—" if each.low is None or each.high is None else f"{_percent(each.low)} – {_percent(each.high)}",
            {True: "是", False: "否", None: ""}[each.covered],
            f"[{VERDICT_STYLE.get(verdict, 'default')}]{verdict}[/]",
            end_section=(place + 1) % len(JUDGED) == 0,
        )
    return table


def _closing(outcome: Outcome, out: Path) -> Iterator[str]:
    known = [each.covered for each in outcome.compared if each.covered is not None]
    yield f"{len(known)} 个区间中有 {sum(known)} 个包含模拟真值（{TRUTH_FOLDER}/{RATES_FILE}）。"
    yield f"规则包：{outcome.pack.title()}，{outcome.pack.note}。签名：{plain_name(outcome.signer)}。"
    yield f"用时 / time：{sum(lap.seconds for lap in outcome.laps):.0f} s"
    yield ""
    yield f"结果文件夹 / folder：{out}"
    yield f"  {'  '.join(SHOWN_FILES)}  {PROVINCE_FOLDER}/"
    yield "再核对一次 / check again："
    report, bundle, log = (quote(str(out / name)) for name in ("report.pdf", "bundle.zip", "commitments.jsonl"))
    yield f"  {program()} verify {report} --bundle {bundle} --log {log}"
    yield "在浏览器中查看 / look at it in a browser："
    folder = quote(str(out / SERVICE_FOLDER))
    yield f"  EVALSVC_DATA_DIRECTORY={folder} EVALSVC_SECURE_COOKIES=no {program()} serve"
    yield f"  账号和密码 / accounts：{out / SERVICE_FOLDER / ACCOUNTS_FILE}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.2f}%"
