"""The annexes: the drawn villages, and the files that the signature covers."""

from evalsvc.editions.figures import Figures
from reports.document import Annex, Column, Paragraph, Row, Table


def annexes(figures: Figures) -> tuple[Annex, ...]:
    """Compose the annexes."""
    found = [Annex("数据文件及其哈希值", (Paragraph(_explanation()), _files(figures)))]
    if figures.facts["villages"]:
        found.insert(0, Annex("抽样附件：抽中的村", (_villages(figures),)))
    return tuple(found)


def _villages(figures: Figures) -> Table:
    names = {each.code: each.name for each in figures.counties}
    columns = (
        Column("村代码", share=0.15),
        Column("县", share=0.1),
        Column("乡镇", share=0.14),
        Column("村", share=0.18),
        Column("层", share=0.11),
        Column("入样概率", "end", share=0.11),
        Column("全村", "end", share=0.07, group="户数（户）"),
        Column("启用", "end", share=0.07, group="户数（户）"),
        Column("完成", "end", share=0.07, group="户数（户）"),
    )
    rows = tuple(
        Row(
            (
                each["code"],
                names.get(each["county"], each["county"]),
                each["town"],
                each["name"],
                stratum_in_county(each["stratum"], each["county"]),
                *(
                    figures.count("villages", each["code"], name)
                    for name in ("probability", "households", "opened", "completed")
                ),
            )
        )
        for each in figures.facts["villages"]
    )
    return Table("抽中的村及调查户数", columns, rows, small=True)


def stratum_in_county(stratum: str, county: str) -> str:
    """Leave the county's code out of a stratum: the county stands beside it by name."""
    return "、".join(part for part in stratum.split("/") if part != county) or "全县"


def _explanation() -> str:
    return (
        "本报告内嵌edition.json和results.json两个数据文件，与印出的数字一并受签名保护。edition.json载有数据包中下列文件的SHA-256；"
        "interviews.csv再逐份载明原样答卷的SHA-256。因此一个签名保护了从抽样框到印出数字的全部环节。"
    )


def _files(figures: Figures) -> Table:
    rows = tuple(Row((name, digest)) for name, digest in figures.facts["inputs"].items())
    return Table("数据包文件", (Column("文件", share=0.24), Column("SHA-256", share=0.76)), rows, small=True)
