"""Make the report faces of this folder from Debian 12 packages: subset, rename, and write the list of characters.

Run on Debian 12 as described in README.md; nothing of it is needed to install or run the package.
"""

import bz2
import sys
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
NOTO = "usr/share/fonts/opentype/noto"
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
SIGNS = [
    *range(0x2010, 0x2028), *range(0x2030, 0x205F), *range(0x2070, 0x20A0), 0x20AC, *range(0x2100, 0x214F),
    *range(0x2150, 0x218A), *range(0x2190, 0x2200), *range(0x2200, 0x2270), *range(0x2460, 0x2500),
    *range(0x2500, 0x2600), *range(0x2600, 0x2670), *range(0x2713, 0x2719), *range(0x3000, 0x3040),
    *range(0x3220, 0x3230), *range(0x3300, 0x3400), *range(0xFE10, 0xFE20), *range(0xFE30, 0xFE50),
    *range(0xFF00, 0xFFF0), *range(0x391, 0x3CA),
]  # fmt: skip


@dataclass(frozen=True)
class Face:
    """One face: where it comes from, what it is called here, and which Chinese characters it keeps."""

    source: str
    number: int
    family: str
    style: str
    target: str
    keep: str


FACES = (
    Face("usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf", -1,
         "Report Fangsong", "Regular", "ReportFangsong-Regular.otf", "chinese"),
    Face(f"{NOTO}/NotoSerifCJK-Regular.ttc", 2, "Report Song", "Regular", "ReportSong-Regular.otf", "all"),
    Face(f"{NOTO}/NotoSerifCJK-Black.ttc", 2, "Report Title Song", "Regular", "ReportTitleSong-Regular.otf", "common"),
    Face(f"{NOTO}/NotoSansCJK-Medium.ttc", 2, "Report Hei", "Regular", "ReportHei-Regular.otf", "common"),
    Face("usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf", -1,
         "Report Kai", "Regular", "ReportKai-Regular.ttf", "common"),
    Face("usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf", -1,
         "Report Mono", "Regular", "ReportMono-Regular.ttf", "code"),
)  # fmt: skip


def standard_characters(root: Path) -> set[int]:
    """Return the 8,105 characters of 通用规范汉字表 (Unihan field kTGH)."""
    path = root / "usr/share/unicode/Unihan_OtherMappings.txt.bz2"
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        return {int(line.split("\t")[0][2:], 16) for line in lines if "\tkTGH\t" in line}


def encoded(codec: str) -> set[int]:
    """Return every character that a two-byte codec can write."""
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found.add(ord(bytes((lead, trail)).decode(codec)))
            except (UnicodeDecodeError, TypeError):
                continue
    return found


def rename(font: TTFont, face: Face) -> None:
    """Give a face its own name: a changed font may not keep a reserved one."""
    names = font["name"]
    postscript = face.family.replace(" ", "") + "-" + face.style
    kept = [record for record in names.names if record.nameID in (0, 7, 8, 9, 11, 13, 14) and record.langID == 0x409]
    names.names = kept
    texts = {1: face.family, 2: face.style, 3: postscript, 4: face.family, 5: "Version 1.0", 6: postscript}
    for number, text in texts.items():
        names.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames[0] = postscript
        top = table.topDictIndex[0]
        top.FullName, top.FamilyName, top.Weight = face.family, face.family, "Regular"
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b100001) | 0b1000000
    font["head"].macStyle = 0


def level(font: TTFont) -> None:
    """Give every face the same height above and below the line, so that mixed faces keep the grid of 22 lines."""
    above, below = round(0.88 * font["head"].unitsPerEm), -round(0.12 * font["head"].unitsPerEm)
    font["hhea"].ascent, font["hhea"].descent, font["hhea"].lineGap = above, below, 0
    metrics = font["OS/2"]
    metrics.sTypoAscender, metrics.sTypoDescender, metrics.sTypoLineGap = above, below, 0


def make(root: Path, face: Face, wanted: set[int]) -> None:
    """Subset one face and write it here."""
    font = TTFont(root / face.source, fontNumber=face.number, recalcTimestamp=False)
    options = Options(hinting=False, notdef_outline=True, name_IDs=["*"], name_languages=["*"], glyph_names=False)
    options.layout_features = ["kern", "palt", "locl", "ccmp", "halt", "chws", "lnum", "tnum", "pnum"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted & set(font.getBestCmap()))
    subsetter.subset(font)
    rename(font, face)
    level(font)
    font.save(HERE / face.target)


def main(root: Path) -> None:
    """Make every face and the list of characters that the 宋体 face promises."""
    standard = standard_characters(root)
    signs = {*LATIN, *SIGNS}
    wanted = {
        "common": signs | standard | encoded("gb2312"),
        "all": signs | standard | encoded("gbk"),
        "code": {*range(0x20, 0x7F)},
        # Western letters and digits of 仿宋 are left to 宋体, as on typed official papers.
        "chinese": {0x20} | {sign for sign in SIGNS if sign > 0x2FFF} | standard | encoded("gbk") - {*range(0x2FFF)},
    }
    (HERE / "standard_characters.txt").write_text("".join(map(chr, sorted(standard))) + "\n", encoding="utf-8")
    for face in FACES:
        make(root, face, wanted[face.keep])
        sys.stdout.write(f"{face.target}: {(HERE / face.target).stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
