"""The READMEs of the samples, in both languages, from what was planted."""

from pathlib import Path

from sample_lives import Story
from sample_world import BATCHES, FIRMS, STRANGER, SWEPT_ON, Batch

FORMS = {
    "": "",
    "utf8": ", UTF-8",
    "bom": ", UTF-8 + BOM",
    "bom-zh": ", UTF-8 + BOM, 中文表头",
    "gb18030-zh": ", GB18030, 中文表头",
}

HEAD_EN = """# Samples

[中文](README.zh.md)

{lives} made-up lives of batteries in {files} files of all four formats, sent by {firms} made-up firms. `make demo` imports them; files go
in by number, each as the firm whose USCC its name holds. Written by `scripts/make_samples.py`: change that, not these files.
`expected.json` holds what the platform must say of them on {as_of}; the tests compare.

    .venv/bin/suyuan demo --no-serve        # its own database; prints the folder to use with --data
    .venv/bin/suyuan trace CODE --data ...

"""
HEAD_ZH = """# 示例数据

[English](README.md)

{files} 个文件（四种格式），{firms} 家虚构企业，{lives} 条虚构的电池生命史。`make demo` 按编号导入，文件名中的统一社会信用代码即报送单位。
由 `scripts/make_samples.py` 生成，请勿直接修改。`expected.json` 为截至 {as_of} 平台应得出的结果，测试据此核对。

    .venv/bin/suyuan demo --no-serve        # 使用独立数据库，并显示 --data 目录
    .venv/bin/suyuan trace 编码 --data ...

"""


def write_guides(folder: Path, story: Story, names: dict[Batch, str]) -> None:
    """Write README.md and README.zh.md."""
    for is_zh, name, head in ((False, "README.md", HEAD_EN), (True, "README.zh.md", HEAD_ZH)):
        lives = {"lives": len(story.lives), "files": len(BATCHES), "firms": len(FIRMS), "as_of": SWEPT_ON}
        text = head.format(**lives) + "\n".join(_lines(story, names, is_zh=is_zh)) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


def _lines(story: Story, names: dict[Batch, str], *, is_zh: bool) -> list[str]:
    def say(en: str, zh: str) -> str:
        return zh if is_zh else en

    breaches = [plant for plant in story.plants if plant.findings]
    lines = [say("## What is planted", "## 预置的问题"), "",
             say("| what | look up | found |", "| 内容 | 查询 | 应发现 |"), "|---|---|---|"]  # fmt: skip
    for plant in breaches:
        found = "<br>".join(f"{rule} ({weight})" for rule, weight, _ in plant.findings)
        lines.append(f"| {say(plant.en, plant.zh)} | `{plant.subject}` | {found} |")
    lines += ["", say("## What is innocent", "## 合规但少见的情形"), "", say("| what | look up |", "| 内容 | 查询 |"), "|---|---|"]
    lines += [f"| {say(plant.en, plant.zh)} | `{plant.subject}` |" for plant in story.plants if not plant.findings]
    lines += ["", say("## The files", "## 文件"), "",
              say("| file | sent by | rows | refused, and why |", "| 文件 | 报送单位 | 行数 | 应退回及原因 |"), "|---|---|---|---|"]  # fmt: skip
    for batch, name in names.items():
        rows = story.rows[batch]
        refused = sorted({code for row in rows for code in row.refused})
        count = sum(bool(row.refused) for row in rows)
        repeated = sum(row.is_duplicate for row in rows)
        why = f"{count}: {', '.join(refused)}" if count else ""
        if repeated:
            why += ("; " if why else "") + say(f"{repeated} duplicates", f"{repeated} 行重复")
        lines.append(f"| {name}{FORMS[batch.manner]} | {FIRMS[batch.firm].name} | {len(rows)} | {why} |")
    lines += ["", say(f"A scrap yard in no register receives two packs: {STRANGER}.", f"两个电池移交给未登记的回收站 {STRANGER}。")]
    return lines
