"""Commands for those who draw without the server: `evalsvc draw …`; each is loaded when it is called."""

import click

from evalsvc.terminal import Listed, Shelf

DRAW_COMMANDS = {
    "commit": Listed(
        "evalsvc.draws.commands:make_commitment",
        "承诺：方案、抽样框和一个秘密数绑在一起 / bind a design and a frame to a fresh secret.",
    ),
    "run": Listed("evalsvc.draws.commands:run", "执行抽取，写出抽取清单 / carry the draw out and write its manifest."),
    "verify": Listed(
        "evalsvc.draws.commands:verify",
        "核验抽取：只凭清单和抽样框重算一遍 / recompute a draw from its manifest and the frame alone.",
    ),
    "log": Listed(
        "evalsvc.draws.commands:show_log", "核对公开登记表的哈希链 / check the chain of a public log and print it."
    ),
    "list-form": Listed(
        "evalsvc.draws.listing_commands:form",
        "列出还没有名单的抽中单位，写出空表 / name the drawn units without a list, write a form for their lists.",
    ),
    "lists": Listed(
        "evalsvc.draws.listing_commands:lists",
        "承诺后来列的名单：每个抽中的单位一份，抽取之前 / bind lists made later, one for each drawn unit.",
    ),
    "continue": Listed(
        "evalsvc.draws.listing_commands:carry_on",
        "从承诺过的名单抽取，接续抽取清单，以前抽中的不变 / draw from bound lists; what was drawn stays.",
    ),
    "joint": Listed(
        "evalsvc.draws.joint_commands:joint",
        "联合入样概率：同一组中每两个抽中的单位一起抽中的概率 / how likely each two drawn units were taken together.",
    ),
    "quality": Listed(
        "evalsvc.draws.quality_commands:quality",
        "平衡抽取与真值差多少，散布是否均匀 / how near a balanced draw is to its totals, how even a spread one.",
    ),
    "assignments": Listed(
        "evalsvc.draws.export_commands:assignments",
        "给各组的入户名单：XLSX、CSV、可打印的 HTML 和 PDF，不含备选户 / lists for the teams, without reserves.",
    ),
    "r-script": Listed(
        "evalsvc.draws.export_commands:r_script",
        "在 R 的 survey 包里重建抽样设计：sample.csv 和 design.R / rebuild the design in R's package survey.",
    ),
}


@click.group("draw", cls=Shelf, listed=DRAW_COMMANDS)
def draw_commands() -> None:
    """抽取：承诺、执行、核验、出名单 / draws: commit, run, verify, lists for the teams."""
