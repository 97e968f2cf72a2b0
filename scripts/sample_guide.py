"""The READMEs of the samples, in both languages, from what was planted."""

from pathlib import Path
from typing import Any

from sample_lives import Story
from sample_world import FIRMS, STRANGER, SWEPT_ON, Batch

FORMS = {
    "": "",
    "utf8": ", UTF-8",
    "bom": ", UTF-8 + BOM",
    "bom-zh": ", UTF-8 + BOM, 中文表头",
    "gb18030-zh": ", GB18030, 中文表头",
}

HEAD_EN = """# Samples

[中文](README.zh.md)

{lives} made-up lives of batteries in {files} files of all four formats, sent by {firms} made-up firms.
`suyuan demo --samples samples` imports them, each as the firm whose USCC its name holds, those of a firm by number.
Written by `scripts/make_samples.py`: change that, not these files.
`expected.json` holds what the platform must say of them on {as_of}, all files received that day; the tests compare.
The demo receives each file the morning after its last event: a lead that nobody answered in time is a suspected breach there.

    .venv/bin/suyuan demo --samples samples --no-serve      # its own database; prints the folder to use with --data
    .venv/bin/suyuan trace CODE --data ...

"""
HEAD_ZH = """# 示例数据

[English](README.md)

{files} 个文件（四种格式），{firms} 家虚构企业，{lives} 条虚构的电池生命史。
用 `suyuan demo --samples samples` 导入：文件名中的统一社会信用代码即报送单位，同一单位的文件按编号先后导入。
由 `scripts/make_samples.py` 生成，请勿直接修改。`expected.json` 为截至 {as_of} 平台应得出的结果（全部文件当日接收），测试据此核对。
演示时每个文件于其最后事项的次日早晨接收：逾期无人答复的线索在演示中转为疑似违规。

    .venv/bin/suyuan demo --samples samples --no-serve      # 使用独立数据库，并显示 --data 目录
    .venv/bin/suyuan trace 编码 --data ...

"""


def write_guides(folder: Path, story: Story, files: dict[Batch, tuple[str, dict[str, Any]]]) -> None:
    """Write README.md and README.zh.md; `files` gives each file's name and what must become of its rows."""
    for is_zh, name, head in ((False, "README.md", HEAD_EN), (True, "README.zh.md", HEAD_ZH)):
        counts = {"lives": len(story.lives), "files": len(files), "firms": len(FIRMS), "as_of": SWEPT_ON}
        lines = [*_list_plants(story, is_zh=is_zh), "", *_list_files(files, is_zh=is_zh)]
        (folder / name).write_text(head.format(**counts) + "\n".join(lines) + "\n", encoding="utf-8")


def _list_plants(story: Story, *, is_zh: bool) -> list[str]:
    """Return the tables of what is planted and what is innocent, with the codes to look up."""
    lines = (
        ["## 预置的问题", "", "| 内容 | 查询 | 应发现 |"]
        if is_zh
        else ["## What is planted", "", "| what | look up | found |"]
    )
    lines.append("|---|---|---|")
    for plant in story.plants:
        if plant.findings:
            found = "<br>".join(f"{rule} ({weight})" for rule, weight, _ in plant.findings)
            lines.append(f"| {plant.zh if is_zh else plant.en} | `{plant.subject}` | {found} |")
    stranger = f"未登记的回收站：{STRANGER}。" if is_zh else f"The yard that nobody registered is {STRANGER}."
    lines += ["", stranger, ""]
    lines += ["## 合规的情形", "", "| 内容 | 查询 |"] if is_zh else ["## What is innocent", "", "| what | look up |"]
    lines.append("|---|---|")
    innocent = [plant for plant in story.plants if not plant.findings]
    return lines + [f"| {plant.zh if is_zh else plant.en} | `{plant.subject}` |" for plant in innocent]


def _list_files(files: dict[Batch, tuple[str, dict[str, Any]]], *, is_zh: bool) -> list[str]:
    """Return the table of files: sender, form, what is refused in which row and why."""
    heads = ("文件", "报送单位", "受理", "重复", "应退回的行及原因")
    if not is_zh:
        heads = ("file", "sent by", "accepted", "duplicate", "rows refused, and why")
    lines = ["## 文件" if is_zh else "## The files", "", f"| {' | '.join(heads)} |", "|---|---|---|---|---|"]
    for batch, (name, told) in files.items():
        why = "<br>".join(f"{row}: {', '.join(codes)}" for row, codes in told["refused"].items())
        counts = f"{told['accepted']} | {told['duplicate']}"
        lines.append(f"| {name}{FORMS[batch.manner]} | {FIRMS[batch.firm].name} | {counts} | {why} |")
    return lines
