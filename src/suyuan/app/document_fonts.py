"""Which fonts documents are set in: what the operator names, what offices use, and openly licensed Chinese ones.

FangSong, KaiTi, SimHei and the small title face (小标宋) are proprietary and only named: where the machine has them they
are taken. Else Noto Serif and Noto Sans, from the package `pylopdf-fonts-zh-cn` of the extra `documents` or of the system.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from suyuan.app.context import UseCaseError
from suyuan.app.document_extra import load_typst

FOLDER_VARIABLE: Final = "SUYUAN_FONTS"
BODY_VARIABLE: Final = "SUYUAN_BODY_FONT"
_PACKAGE: Final = "pylopdf_fonts_zh_cn"
_SERIF: Final = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "AR PL UMing CN")
_SANS: Final = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
_BODY: Final = ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋", "STFangsong")
_TITLE: Final = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK")
_HEADING: Final = ("SimHei", "黑体", "STHeiti")
_BOLD: Final = 600


@dataclass(frozen=True, slots=True)
class Fonts:
    """Families in order for each use, the folders to look in, and whether the title face has a bold of its own."""

    body: tuple[str, ...]
    title: tuple[str, ...]
    heading: tuple[str, ...]
    folders: tuple[str, ...]
    title_has_bold: bool


def choose_fonts(environ: Mapping[str, str] | None = None) -> Fonts:
    """Return the fonts of documents on this machine; raises UseCaseError where none has Chinese characters."""
    given = os.environ if environ is None else environ
    folders = _find_folders(given.get(FOLDER_VARIABLE, ""))
    named = tuple(name.strip() for name in given.get(BODY_VARIABLE, "").split(",") if name.strip())
    return select_fonts(_read_weights(folders), named=named, folders=folders)


def select_fonts(weights: Mapping[str, tuple[int, ...]], *, named: Sequence[str], folders: tuple[str, ...]) -> Fonts:
    """Return the fonts to use of those there are (name in small letters, weights); `named` are the operator's for text."""
    absent = [name for name in named if name.lower() not in weights]
    if absent:
        raise UseCaseError(
            f"{BODY_VARIABLE} names the font {absent[0]}, which is not installed here. Install it, put its file into the "
            f"folder that {FOLDER_VARIABLE} names, or leave the setting out.",
            message_zh=f"{BODY_VARIABLE} 指定的字体“{absent[0]}”没有安装。请安装该字体，或把字体文件放入 {FOLDER_VARIABLE} "
            "指定的文件夹，或取消此设置。",
        )
    serif, sans = _present(_SERIF, weights), _present(_SANS, weights)
    body = (*named, *_present(_BODY, weights), *serif, *sans)
    if not body:
        raise _no_chinese_font()
    title = (*_present(_TITLE, weights), *serif) or body
    heading = (*_present(_HEADING, weights), *sans) or body
    has_bold = title[0] in _TITLE or max(weights[title[0].lower()]) >= _BOLD
    return Fonts(body, title, heading, folders, has_bold)


def _find_folders(given: str) -> tuple[str, ...]:
    spec = find_spec(_PACKAGE)
    packaged = [str(Path(spec.origin).parent)] if spec is not None and spec.origin else []
    folders = [one for one in given.split(os.pathsep) if one]
    for folder in folders:
        if not Path(folder).is_dir():
            raise UseCaseError(
                f"{FOLDER_VARIABLE} names {folder}, which is no folder. Correct it or leave it out.",
                message_zh=f"{FOLDER_VARIABLE} 指定的 {folder} 不是文件夹。请更正或取消此设置。",
            )
    return (*folders, *packaged)


@cache
def _read_weights(folders: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Return the weights of every font family there is, by its name in small letters."""
    found: dict[str, list[int]] = {}
    for font in load_typst().Fonts(font_paths=list(folders)).fonts():
        found.setdefault(font.family.lower(), []).append(font.weight)
    return {family: tuple(weights) for family, weights in found.items()}


def _present(families: Sequence[str], weights: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
    return tuple(family for family in families if family.lower() in weights)


def _no_chinese_font() -> UseCaseError:
    return UseCaseError(
        "No font with Chinese characters was found, so no document can be printed. Install one: "
        'pip install "suyuan[documents]" brings Noto Serif SC, or on Debian and Ubuntu apt-get install fonts-noto-cjk, '
        f"or put font files into a folder and name it in {FOLDER_VARIABLE}.",
        message_zh='没有找到中文字体，无法生成文书。请安装字体：运行 pip install "suyuan[documents]" 可得到思源宋体（Noto Serif SC），'
        f"或在 Debian、Ubuntu 上运行 apt-get install fonts-noto-cjk，或把字体文件放入文件夹并用 {FOLDER_VARIABLE} 指定。",
    )
