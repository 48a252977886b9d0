"""The few words that charts print of their own accord, in both languages."""

from reports.document import Tone

VERDICTS = {
    "zh": {Tone.PASS: "达标", Tone.FAIL: "不达标", Tone.UNDECIDED: "不能判定", Tone.NEUTRAL: "不作判定"},
    "en": {Tone.PASS: "met", Tone.FAIL: "not met", Tone.UNDECIDED: "undecided", Tone.NEUTRAL: "not judged"},
}
WORDS = {
    "zh": {
        "true_rate": "真实的比率", "chance": "作出判定的概率", "drawn": "抽中", "not_drawn": "抽样框中未抽中",
        "kilometres": "千米", "part": "（{}／{}）",
    },
    "en": {
        "true_rate": "True rate", "chance": "Chance of the verdict", "drawn": "drawn",
        "not_drawn": "in the frame, not drawn", "kilometres": "km", "part": " ({}/{})",
    },
}  # fmt: skip
