"""What was meant by a name that is not known: a sheet with a name of one's own, a header or a type in Chinese."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from forms.nearest import NONE

SHEETS = {
    "survey": ("问卷", "题目", "调查", "问题", "题目表", "问卷表", "调查表", "questions", "form"),
    "choices": ("选项", "选项表", "选择", "答案", "答案选项", "选项列表", "choice", "options", "answers"),
    "settings": ("设置", "设定", "配置", "表单设置", "问卷设置", "setting", "config"),
}
"""Names that people give to the sheets of a form."""
TYPES = {
    "整数": "integer", "数字": "integer", "小数": "decimal", "文字": "text", "文本": "text", "填空": "text",
    "日期": "date", "时间": "time", "日期时间": "dateTime", "单选": "select_one", "单选题": "select_one",
    "多选": "select_multiple", "多选题": "select_multiple", "选择": "select_one", "照片": "image", "图片": "image",
    "拍照": "image", "录音": "audio", "视频": "video", "文件": "file", "定位": "geopoint", "位置": "geopoint",
    "说明": "note", "提示": "note", "计算": "calculate", "排序": "rank", "条码": "barcode", "二维码": "barcode",
    "确认": "acknowledge", "签名": "image", "隐藏": "hidden", "组": "begin_group", "开始组": "begin_group",
    "结束组": "end_group", "循环": "begin_repeat", "开始循环": "begin_repeat", "结束循环": "end_repeat",
    "int": "integer", "number": "integer", "float": "decimal", "string": "text", "radio": "select_one",
    "checkbox": "select_multiple", "photo": "image", "gps": "geopoint", "location": "geopoint", "label": "note",
}  # fmt: skip

HEADERS = {
    "survey": {
        "类型": "type", "题型": "type", "题目类型": "type", "名称": "name", "题名": "name", "变量名": "name",
        "题目名称": "name", "编号": "name", "标签": "label", "题目": "label", "题干": "label", "问题": "label",
        "提示": "hint", "说明": "hint", "必答": "required", "必填": "required", "显示条件": "relevant",
        "相关": "relevant", "跳转": "relevant", "条件": "relevant", "约束": "constraint", "校验": "constraint",
        "限制": "constraint", "约束提示": "constraint_message", "校验提示": "constraint_message",
        "计算": "calculation", "公式": "calculation", "默认": "default", "默认值": "default", "只读": "read_only",
        "外观": "appearance", "样式": "appearance", "参数": "parameters", "选项筛选": "choice_filter",
        "重复次数": "repeat_count",
    },
    "choices": {
        "列表": "list_name", "列表名": "list_name", "列表名称": "list_name", "选项列表": "list_name",
        "名称": "name", "值": "name", "选项值": "name", "编码": "name", "代码": "name", "标签": "label",
        "选项": "label", "选项文字": "label", "文字": "label",
    },
    "settings": {
        "问卷编号": "form_id", "表单编号": "form_id", "编号": "form_id", "标题": "form_title",
        "问卷标题": "form_title", "名称": "form_title", "问卷名称": "form_title", "版本": "version",
        "版本号": "version", "默认语言": "default_language",
    },
}  # fmt: skip
"""Headers in Chinese, with the columns that are meant."""


def sheet_meant(wanted: str, there: Sequence[str]) -> str | None:
    """Give the sheet that may be the wanted one under another name."""
    plain = {name.strip().lower(): name for name in there}
    for name in SHEETS[wanted]:
        if name in plain:
            return plain[name]
    close = get_close_matches(wanted, list(plain), n=1, cutoff=0.7)
    return plain[close[0]] if close else None


def header_meant(sheet: str, written: str) -> str | None:
    """Give the header that one in Chinese stands for, with the language that follows it."""
    word, mark, language = written.partition("::")
    meant = HEADERS[sheet].get(word.strip())
    return meant and f"{meant}{mark}{language}"


def type_meant(written: str, known: Collection[str]) -> str:
    """Give the type that may have been meant, with the name of the list where there is one."""
    word, _, rest = written.strip().partition(" ")
    meant = TYPES.get(written.strip()) or TYPES.get(word)
    if meant is None:
        close = get_close_matches(word.lower(), [*known, "select_one", "select_multiple"], n=1, cutoff=0.7)
        meant = close[0] if close else None
    if meant is None:
        return NONE
    return f"{meant} {rest}".strip() if meant.startswith("select") else meant
