"""Text as Chinese official documents write it: amounts in capitals, days, and text of others made harmless.

Source of the capitals: 正确填写票据和结算凭证的基本规定 (People's Bank of China), where it leaves a choice the shorter form.
"""

import unicodedata
from datetime import date
from typing import Final

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_FIGURES: Final = "〇一二三四五六七八九"
_COUNTED_MAX: Final = 99
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")
_GROUP = 10_000
_FEN_PER_YUAN = 100
AMOUNT_FEN_MAX: Final = _GROUP ** len(_GROUPS) * _FEN_PER_YUAN - 1


def capital_amount(amount_fen: int) -> str:
    """Return an amount of renminbi, given in fen, in capitals: 1200000 is 人民币壹万贰仟元整.

    Raises ValueError below zero and from a trillion yuan on.
    """
    if not 0 <= amount_fen <= AMOUNT_FEN_MAX:
        raise ValueError(f"{amount_fen} fen cannot be written in capitals: 0 to {AMOUNT_FEN_MAX} can.")
    yuan, rest = divmod(amount_fen, _FEN_PER_YUAN)
    jiao, fen = divmod(rest, 10)
    words = f"{_capital_number(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{words}"


def format_amount(amount_fen: int) -> str:
    """Return an amount given in fen in figures: ¥12,000.00."""
    yuan, fen = divmod(amount_fen, _FEN_PER_YUAN)
    return f"¥{yuan:,}.{fen:02}"


def format_day(day: date) -> str:
    """Return a day as documents write it: 2026年5月3日."""
    return f"{day.year}年{day.month}月{day.day}日"


def number_in_chinese(number: int) -> str:
    """Return a number from 1 to 99 as articles are counted: 第十九条 has 19. Raises ValueError for another."""
    if not 1 <= number <= _COUNTED_MAX:
        raise ValueError(f"{number} is no number of an article: 1 to {_COUNTED_MAX} are written out.")
    tens, ones = divmod(number, 10)
    return (_FIGURES[tens] if tens > 1 else "") + ("十" if tens else "") + (_FIGURES[ones] if ones else "")


def clean_text(text: str) -> str:
    """Return text of others without what a page cannot show or what turns it round: control and format characters.

    Ends of lines stay as newlines, blanks at both ends go.
    """
    lines = text.replace("\r\n", "\n").replace("\t", " ").splitlines()
    return "\n".join("".join(filter(_is_shown, line)).strip() for line in lines).strip()


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text of others, cleaned, empty ones left out."""
    return [line for line in clean_text(text).splitlines() if line]


def _is_shown(character: str) -> bool:
    # Cc control, Cf format (writing direction, invisible joiners), Cs half of a pair, Cn what Unicode does not define.
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")


def _capital_number(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, _GROUP)
        groups.append(group)
    words = ""
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            continue
        is_gap = bool(words) and (group < _GROUP // 10 or groups[place + 1] == 0)
        words += (_DIGITS[0] if is_gap else "") + _capital_group(group) + _GROUPS[place]
    return words


def _capital_group(group: int) -> str:
    """Return a number from 1 to 9999; zeros between its figures are one 零."""
    words, is_gap = "", False
    for place in reversed(range(len(_PLACES))):
        digit = group // 10**place % 10
        if digit:
            words += (_DIGITS[0] if is_gap and words else "") + _DIGITS[digit] + _PLACES[place]
        is_gap = digit == 0
    return words
