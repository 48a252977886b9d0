"""The command line: every command by name. terminal.py is the edge where an error becomes words and an exit code."""

from collections.abc import Mapping

import click

from evalsvc.terminal import Edge, Listed

COMMANDS: Mapping[str, Listed] = {
    "serve": Listed("evalsvc.serve:serve", "启动服务 / run the server (Ctrl-C ends it)."),
    "db": Listed("evalsvc.commands:database_commands", "数据库 / the database."),
    "people": Listed("evalsvc.people.commands:commands", "人员、角色和令牌 / people, roles and tokens."),
    "evaluation": Listed("evalsvc.evaluations.commands:commands", "评估项目 / evaluations."),
    "frame": Listed("evalsvc.frames.commands:commands", "抽样框：核对、导入 / frames: check a list, import it."),
    "design": Listed(
        "evalsvc.draws.design_commands:design_commands",
        "抽样方案：核对、算样本量、模拟 / sampling designs: check, size and simulate them.",
    ),
    "draw": Listed(
        "evalsvc.draws.draw_commands:draw_commands",
        "抽取：承诺、执行、核验、出名单 / draws: commit, run, verify, lists for the teams.",
    ),
    "form": Listed("evalsvc.instruments.commands:commands", "问卷：核对、样例 / forms: check them, write an example."),
    "answers": Listed("evalsvc.interviews.datasets.commands:commands", "答卷：导出数据集 / answers: export datasets."),
    "interviews": Listed(
        "evalsvc.interviews.unsent.commands:commands",
        "访谈：导入手机没能提交的 / interviews: import what phones could not send.",
    ),
    "estimate": Listed("evalsvc.results.commands:estimate", "按分析方案估计 / estimate by an analysis plan."),
    "replicates": Listed(
        "evalsvc.results.replicate_commands:replicates", "写出方案的重复权数 / write the replicate weights of a plan."
    ),
    "report": Listed("evalsvc.editions.commands:commands", "报告：由数据编制、签名 / reports: build from data, sign."),
    "verify": Listed(
        "evalsvc.verification.commands:verify_command",
        "核验签名报告 / verify a signed report, with its bundle to the last figure.",
    ),
    "demo": Listed(
        "evalsvc.demonstration.commands:demo",
        "演示：用模拟数据把一次评估从头到尾走一遍 / one evaluation, end to end, with simulated data.",
    ),
    "audit": Listed("evalsvc.commands:audit_commands", "审计记录 / the audit trail."),
}
"""Name of a command: where it is and the first line of its help, in the order of the help. Register a feature's here.

A module is loaded when its command is called: whoever only checks a report need not wait for the database's tools, nor
whoever asks for help for anything.
"""


@click.group(
    cls=Edge,
    listed=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="evalsvc", message="evalsvc %(version)s")
def main() -> None:
    """第三方评估系统：抽样、入户调查、估计、签名报告，每个数字都可由外部重算。

    Third-party evaluation: samples, field interviews, estimates and signed reports whose figures anyone can recompute.

    语言随环境变量 LC_ALL、LANG：en_… 为英文，其余为中文 / English where LC_ALL or LANG is en_…, else Chinese.

    退出码 / exit codes: 0 正常 fine, 1 数据或核对不通过 data or check failed, 2 用法错误 wrong use.
    """
