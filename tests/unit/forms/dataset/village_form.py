"""A small form in two versions and its answers as a phone writes them, by hand: nothing of the house made them."""

from collections.abc import Mapping
from typing import Any

from forms.definition import FormDefinition, parse_definition
from forms.instance import Instance, parse_instance

HEAD = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:jr="http://openrosa.org/javarosa" xmlns:evalsvc="https://evalsvc.org/xform/1">
<h:head><h:title>村情问卷</h:title><model>
<itext><translation lang="中文 (zh)" default="true()">{zh}</translation>
<translation lang="English (en)">{en}</translation></itext>
<instance><data id="village" version="{version}">{nodes}<meta><instanceID/></meta></data></instance>
{binds}</model></h:head><h:body>{controls}</h:body></h:html>"""

FIRST: Mapping[str, Any] = {
    "nodes": "<started/><unit_id/><name/><age/><income/><class/><water/><place/><photo/><met_on/><met_at/><why/>"
    "<total/><member jr:template=''><sex/><born/></member>",
    "binds": """
<bind nodeset="/data/started" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>
<bind nodeset="/data/unit_id" type="string" evalsvc:assignment="unit_id"/>
<bind nodeset="/data/name" type="string"/>
<bind nodeset="/data/age" type="int" evalsvc:personal="demographic"/>
<bind nodeset="/data/income" type="decimal" evalsvc:personal="finance" evalsvc:indicator="income"/>
<bind nodeset="/data/class" type="string"/>
<bind nodeset="/data/water" type="string" evalsvc:indicator="water"/>
<bind nodeset="/data/place" type="geopoint" evalsvc:personal="location"/>
<bind nodeset="/data/photo" type="binary" evalsvc:personal="image"/>
<bind nodeset="/data/met_on" type="date"/>
<bind nodeset="/data/met_at" type="time"/>
<bind nodeset="/data/why" type="string" relevant=" /data/class = 'no'" evalsvc:personal="free_text"/>
<bind nodeset="/data/total" type="string" calculate="round( /data/income div 12, 2)"/>
<bind nodeset="/data/member/sex" type="string" evalsvc:personal="demographic"/>
<bind nodeset="/data/member/born" type="int" evalsvc:personal="minor"/>""",
    "controls": """
<input ref="/data/unit_id"><label>户编号</label></input>
<input ref="/data/name"><label>姓名</label></input>
<input ref="/data/age"><label ref="jr:itext('age')"/></input>
<input ref="/data/income"><label>收入</label></input>
<select1 ref="/data/class"><label ref="jr:itext('class')"/>
 <item><label ref="jr:itext('yes')"/><value>yes</value></item>
 <item><label>否</label><value>no</value></item>
 <item><label>不知道</label><value>not_known</value></item></select1>
<select ref="/data/water"><label>饮水</label>
 <item><label>自来水</label><value>tap</value></item><item><label>井水</label><value>well</value></item></select>
<input ref="/data/place"><label>位置</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>照片</label></upload>
<input ref="/data/met_on"><label>日期</label></input>
<input ref="/data/met_at"><label>时间</label></input>
<input ref="/data/why"><label>原因</label></input>
<group ref="/data/member"><label>成员</label><repeat nodeset="/data/member">
 <select1 ref="/data/member/sex"><label>性别</label>
  <item><label>男</label><value>1</value></item><item><label>女</label><value>2</value></item></select1>
 <input ref="/data/member/born"><label>出生年</label></input></repeat></group>""",
}
MOVED = "<item><label>搬走</label><value>moved</value></item>"
TEXTS = {
    "zh": {"age": "年龄", "class": "是否登记", "yes": "是"},
    "en": {"age": "Age", "class": "Registered", "yes": "Yes"},
}


def itext(words: Mapping[str, str]) -> str:
    return "".join(f'<text id="{name}"><value>{text}</value></text>' for name, text in words.items())


def form(version: str = "1", **changed: tuple[str, str]) -> FormDefinition:
    """The form; `changed` replaces a piece of its nodes, binds or controls by another."""
    parts = dict(FIRST)
    for name, (old, new) in changed.items():
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)
    words = {language: itext(texts) for language, texts in TEXTS.items()}
    return parse_definition(HEAD.format(version=version, **words, **parts).encode())


def second_version() -> FormDefinition:
    """The next version: `age` has become a text, the class has a further value, `roof` is asked, `why` is not."""
    definition = form("2")
    text = definition.xform.decode()
    for old, new in (
        ('<bind nodeset="/data/age" type="int"', '<bind nodeset="/data/age" type="string"'),
        ("<item><label>不知道</label>", f"{MOVED}<item><label>不知道</label>"),
        ("<why/>", "<roof/>"),
        ('<input ref="/data/why"><label>原因</label></input>', '<input ref="/data/roof"><label>屋顶</label></input>'),
        ('<bind nodeset="/data/why" type="string" relevant=" /data/class = \'no\'" evalsvc:personal="free_text"/>',
         '<bind nodeset="/data/roof" type="int"/>'),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    return parse_definition(text.encode())


def sent(body: str, version: str = "1", instance_id: str = "uuid:1") -> Instance:
    """A submission of the form."""
    meta = f"<meta><instanceID>{instance_id}</instanceID></meta>"
    return parse_instance(f'<data id="village" version="{version}">{body}{meta}</data>'.encode())


FULL = (
    "<started>2026-11-20T09:30:00.000+08:00</started><unit_id>350125-1</unit_id><name>=周某甲</name><age>47</age>"
    "<income>13482.5</income><class>no</class><water>well tap</water><place>25.912 118.254 30.5 12</place>"
    "<photo>照片 1.jpg</photo><met_on>2026-11-20</met_on><met_at>09:31:05.000+08:00</met_at><why>搬迁，未登记</why>"
    "<total>1123.54</total><member><sex>2</sex><born>1987</born></member><member><sex>1</sex><born/></member>"
)
SPARSE = "<started/><unit_id>350125-2</unit_id><age>五十</age><income/><class>yes</class><water/>"
