"""Packs nobody says were made, with codes that their maker does not form so (未见生产的电池编码结构异常): forged codes."""

import math
from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Final

import msgspec

from suyuan.analysis.detectors.chance import binomial_tail
from suyuan.analysis.detectors.detector import Detector, FalsePositives, Lead

STRUCTURE_AT_MOST: Final = 1e-3
PROGRESSION_AT_MOST: Final = 1e-6
TERMS_MIN: Final = 5
STEP_MIN: Final = 2  # consecutive numbers are what a fleet buys
CODES_NAMED_MAX: Final = 20


class Births(msgspec.Struct, frozen=True):
    """Packs of one maker and year of code whose birth is reported, with one segment: battery type, specification, traceability."""

    maker: str
    year: str
    segment: str
    born: int


class Unborn(msgspec.Struct, frozen=True, order=True):
    """A pack code of which no birth is reported, and who told of it first; `is_near_a_born_code` where one character differs."""

    code: str
    first_told_by: str
    first_told_on: date
    is_near_a_born_code: bool = False

    @property
    def maker(self) -> str:
        """The manufacturer code."""
        return self.code[:3]

    @property
    def year(self) -> str:
        """The letter of the year."""
        return self.code[14]

    @property
    def serial(self) -> str:
        """The serial number, seven digits."""
        return self.code[17:24]

    @property
    def segment(self) -> str:
        """Battery type, specification and traceability information."""
        return self.code[4:14]


def find_codes_never_born(births: list[Births], unborn: list[Unborn], born_with_serial: dict[str, int]) -> list[Lead]:
    """Return a lead for each party that told first of such codes, by the maker that they name and by what is odd.

    `born_with_serial` tells how many births bear a serial number, for those that `list_repeated_serials` names.
    """
    codes = sorted(set(unborn))
    strange = suspect_structure(births, codes)
    groups: dict[tuple[str, str], list[tuple[Unborn, float]]] = defaultdict(list)
    for one, chance in strange:
        if not one.is_near_a_born_code:
            groups[one.first_told_by, one.maker].append((one, chance))
    leads = [_tell_structure(party, maker, own) for (party, maker), own in sorted(groups.items())]
    same_day: dict[tuple[str, str], list[Unborn]] = defaultdict(list)
    for one in codes:
        same_day[one.first_told_by, one.code[:17]].append(one)
    for (party, _), own in sorted(same_day.items()):
        serials = sorted(int(one.code[17:24]) for one in own)
        chance = progression_chance(serials)
        if chance <= PROGRESSION_AT_MOST:
            leads.append(_tell_progression(party, own, serials, chance))
    return leads + _find_repeated(births, codes, born_with_serial)


def list_repeated_serials(codes: list[Unborn]) -> dict[tuple[str, str], list[Unborn]]:
    """Return the codes that bear one serial number under several prefixes, by who told of them first and that number."""
    alike: dict[tuple[str, str], list[Unborn]] = defaultdict(list)
    for one in sorted(set(codes)):
        alike[one.first_told_by, one.serial].append(one)
    return {key: own for key, own in sorted(alike.items()) if len(own) >= TERMS_MIN}


def _find_repeated(births: list[Births], codes: list[Unborn], born_with_serial: dict[str, int]) -> list[Lead]:
    """Return a lead for each party and serial number that comes again more often than births bear it."""
    born = sum(row.born for row in births)
    told: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for one in codes:
        told[one.first_told_by].add(one.serial)
        count[one.first_told_by] += 1
    leads = []
    for (party, serial), own in list_repeated_serials(codes).items():
        rate = (born_with_serial.get(serial, 0) + 1) / (born + 1)
        chance = min(1.0, binomial_tail(len(own), trials=count[party], rate=rate) * len(told[party]))
        if born and chance <= PROGRESSION_AT_MOST:
            leads.append(_tell_repeated(party, serial, own, chance))
    return leads


def suspect_structure(births: list[Births], codes: list[Unborn]) -> list[tuple[Unborn, float]]:
    """Return codes with a segment that their maker used in no birth of that year, where a new one is unlikely.

    How likely the next pack of a maker bears a segment not seen so far: segments seen once among all births (Good-Turing),
    with one added. A maker with few births tells nothing.
    """
    total: dict[tuple[str, str], int] = defaultdict(int)
    once: dict[tuple[str, str], int] = defaultdict(int)
    known = set()
    for row in births:
        total[row.maker, row.year] += row.born
        once[row.maker, row.year] += row.born == 1
        known.add((row.maker, row.year, row.segment))
    suspected = []
    for one in codes:
        born = total[one.maker, one.year]
        if born and (one.maker, one.year, one.segment) not in known:
            chance = (once[one.maker, one.year] + 1) / (born + 1)
            if chance <= STRUCTURE_AT_MOST:
                suspected.append((one, chance))
    return suspected


def progression_chance(serials: list[int]) -> float:
    """Return how likely distinct serial numbers of that range stand in arithmetic progression; 1 unless they do.

    Of the ways to choose k of M numbers, at most M (M - 1) / (2 (k - 1)) are progressions.
    """
    terms = len(serials)
    if terms < TERMS_MIN:
        return 1.0
    step = serials[1] - serials[0]
    if step < STEP_MIN or any(after - before != step for before, after in pairwise(serials)):
        return 1.0
    numbers = serials[-1] - serials[0] + 1
    ways = math.log(numbers) + math.log(numbers - 1) - math.log(2 * (terms - 1))
    choices = math.lgamma(numbers + 1) - math.lgamma(terms + 1) - math.lgamma(numbers - terms + 1)
    return min(1.0, math.exp(ways - choices))


def _tell_structure(party: str, maker: str, own: list[tuple[Unborn, float]]) -> Lead:
    chance = max(chance for _, chance in own)
    codes = [one.code for one, _ in own]
    return DETECTOR.lead(
        f"participant:{party}",
        party=party,
        about=tuple(f"battery:{code}" for code in codes[:CODES_NAMED_MAX]),
        on=max(one.first_told_on for one, _ in own),
        chance=chance,
        evidence={
            "signal": "structure",
            "manufacturer_code": maker,
            "codes": codes[:CODES_NAMED_MAX],
            "codes_count": len(codes),
        },
        explanation=f"This enterprise was the first to tell of {len(codes)} packs of maker {maker} whose making nobody reports and "
        f"whose type, specification and traceability characters stand in no birth of that maker and year. A chance of {chance:.1e} each.",
        explanation_zh=f"该单位最先报送厂商 {maker} 的 {len(codes)} 个电池包，均无生产记录，且其类型、规格、追溯信息代码未见于该厂商当年"
        f"任何生产报送。每个偶然出现的概率为 {chance:.1e}。",
    )


def _tell_repeated(party: str, serial: str, own: list[Unborn], chance: float) -> Lead:
    codes = [one.code for one in own]
    return DETECTOR.lead(
        f"participant:{party}",
        party=party,
        about=tuple(f"battery:{code}" for code in codes[:CODES_NAMED_MAX]),
        on=max(one.first_told_on for one in own),
        chance=chance,
        evidence={
            "signal": "repeated_serial",
            "serial": serial,
            "codes": codes[:CODES_NAMED_MAX],
            "codes_count": len(codes),
        },
        explanation=f"This enterprise was the first to tell of {len(codes)} packs whose making nobody reports and which all bear the "
        f"serial number {serial}. A chance of {chance:.1e}.",
        explanation_zh=f"该单位最先报送的 {len(codes)} 个电池包均无生产记录，且序列号同为 {serial}。偶然出现的概率为 {chance:.1e}。",
    )


def _tell_progression(party: str, own: list[Unborn], serials: list[int], chance: float) -> Lead:
    step = serials[1] - serials[0]
    codes = [one.code for one in own]
    return DETECTOR.lead(
        f"participant:{party}",
        party=party,
        about=tuple(f"battery:{code}" for code in codes[:CODES_NAMED_MAX]),
        on=max(one.first_told_on for one in own),
        chance=chance,
        evidence={
            "signal": "progression",
            "prefix": codes[0][:17],
            "step": step,
            "codes": codes[:CODES_NAMED_MAX],
            "codes_count": len(codes),
        },
        explanation=f"This enterprise was the first to tell of {len(codes)} packs whose making nobody reports and whose serial numbers "
        f"go up by {step} each. A chance of {chance:.1e}.",
        explanation_zh=f"该单位最先报送的 {len(codes)} 个电池包均无生产记录，且序列号以 {step} 递增。偶然出现的概率为 {chance:.1e}。",
    )


DETECTOR = Detector(
    name="codes_never_born",
    title="Codes of packs never made, formed as their maker does not form them",
    title_zh="未见生产记录且结构异常的电池编码",
    counts="Pack codes in reports of others whose birth nobody reported: with battery type, specification and traceability "
    "characters that stand in none of the maker's births of that year of production, though a new combination is rarer than 1 in 1,000; "
    "or five and more of one day whose serial numbers form an arithmetic progression with a step of two or more; or five and "
    "more with one serial number that is rare among births.",
    counts_zh="他方报送而无生产记录的电池包编码：其类型、规格、追溯信息代码未见于该厂商同年任何生产报送，"
    "且新组合出现率低于千分之一；"
    "或同日五个以上序列号构成步长不小于 2 的等差数列；或五个以上编码序列号相同，而生产报送中少见。",
    innocent="A maker that has yet to report a model, a code read wrongly in several characters, packs numbered by twos for vehicles "
    "with two.",
    innocent_zh="厂商尚未报送该型号；编码多个字符误读；双包车辆按偶数编号。",
    false_positives=FalsePositives(
        at_most=STRUCTURE_AT_MOST,
        per="honest packs whose birth was not reported",
        per_zh="未报送生产的真实电池包被误指的比例",
        because="Good-Turing: the share of segments seen once bounds how often a new one comes; codes one character from "
        "a born one left out",
        because_zh="Good-Turing 估计：仅出现一次的组合所占比例即新组合出现率的上限；"
        "与已有生产记录仅差一个字符的编码不计",
    ),
)
