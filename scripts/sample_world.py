"""Who takes part in the samples, which file each sends, and the ledger of what is sent and what it must bring.

All firms, codes and numbers are made up. The ledger keeps beside every report what the platform must say of it, so that
the expectation comes from what was planted and never from the program.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, NamedTuple

from suyuan_sim.codes import make_battery_code, make_reuse_code, make_uscc, make_vin

SEED = 73  # the number of the order that made the Interim Measures
SWEPT_ON = date(2026, 11, 23)
REGISTERED_FROM = "2018-08-01"


@dataclass(frozen=True, slots=True)
class Firm:
    """A participant; `codes` are the manufacturer codes it owns."""

    name: str
    roles: str
    division: str
    uscc: str
    codes: str = ""
    valid_until: str = ""


def _firm(name: str, roles: str, division: str, tail: str, codes: str = "", valid_until: str = "") -> Firm:
    return Firm(name, roles, division, make_uscc(f"91{division}{tail}"), codes, valid_until)


FIRMS: dict[str, Firm] = {
    "BP1": _firm("宁德星辰动力电池有限公司", "battery_producer", "350902", "MA2X1A001", "7YA"),
    "BP2": _firm("常州远航新能源电池有限公司", "battery_producer", "320411", "MA2X1B002", "7YB 7YC"),
    "BI1": _firm("上海汇桥电池进出口有限公司", "battery_producer", "310115", "MA2X1C003", "7YF"),
    "VP1": _firm("广州驰风汽车制造有限公司", "vehicle_producer", "440112", "MA2X2A004"),
    "VP2": _firm("合肥云途汽车股份有限公司", "vehicle_producer", "340111", "MA2X2B005"),
    "VP3": _firm("上海远洋汽车进口有限公司", "vehicle_producer", "310115", "MA2X2C006", "7YG"),
    "SE1": _firm("杭州众悦汽车销售有限公司", "seller", "330106", "MA2X3A007"),
    "SE2": _firm("成都锦驰汽车贸易有限公司", "seller", "510107", "MA2X3B008"),
    "RE1": _firm("杭州安驰汽车维修有限公司", "repairer", "330108", "MA2X4A009"),
    "RE2": _firm("武汉楚天汽车服务有限公司", "repairer", "420106", "MA2X4B010"),
    "SO1": _firm("合肥迅捷换电运营有限公司", "swap_operator", "340104", "MA2X5A011"),
    "VD1": _firm("郑州中原报废机动车回收拆解有限公司", "vehicle_dismantler", "410105", "MA2X6A012"),
    "VD2": _firm("青岛海岳报废汽车拆解有限公司", "vehicle_dismantler", "370213", "MA2X6B013"),
    "CO1": _firm("武汉长江动力电池回收服务网点", "collection_outlet", "420104", "MA2X7A014"),
    "CO2": _firm("成都天府电池回收服务站", "collection_outlet", "510104", "MA2X7B015"),
    "CO3": _firm("重庆两江电池回收服务站", "collection_outlet", "500112", "MA2X7C016"),
    "UE1": _firm("长沙湘江循环科技有限公司", "utilization_enterprise", "430104", "MA2X8A017"),
    "UE2": _firm("赣州赣源新材料综合利用有限公司", "utilization_enterprise", "360702", "MA2X8B018", "7YH"),
    "UE3": _firm("南宁邕江再生资源有限公司", "utilization_enterprise", "450103", "MA2X8C019", valid_until="2025-12-31"),
    "OH1": _firm("北京快行汽车租赁有限公司", "other_holder", "110105", "MA2X9A020"),
}
STRANGER = make_uscc("91410100MA2X0Y099")
"""A scrap yard that nobody registered."""


class Batch(NamedTuple):
    """One file: who sends it, its form, the manner of a table, and the kinds that go into it (none: all others)."""

    firm: str
    slug: str
    form: str
    manner: str = ""
    kinds: tuple[str, ...] = ()


# In the order of import. Manner of a csv: utf8 or bom with English headings, bom-zh or gb18030-zh as clerks write them.
BATCHES: tuple[Batch, ...] = (
    Batch("BP1", "packs", "jsonl", kinds=("battery_produced", "dismantling_information_filed")),
    Batch("BP2", "packs-as-excel-saves-them", "csv", "gb18030-zh", ("battery_produced",)),
    Batch("BP2", "sales", "csv", "utf8"),
    Batch("BI1", "imports", "xlsx"),
    Batch("VP1", "vehicles", "jsonl"),
    Batch("VP2", "vehicles", "csv", "bom-zh"),
    Batch("VP3", "imported-vehicles", "json"),
    Batch("BP1", "sales-scrap-and-warranty", "json"),
    Batch("SE1", "sales", "csv", "utf8"),
    Batch("SE2", "sales", "xlsx"),
    Batch("SO1", "swaps", "jsonl"),
    Batch("RE1", "repairs", "csv", "gb18030-zh"),
    Batch("RE2", "repairs", "json"),
    Batch("VD1", "wrecks", "xlsx"),
    Batch("VD2", "wrecks", "jsonl"),
    Batch("CO1", "outlet", "csv", "bom-zh"),
    Batch("CO2", "outlet", "json"),
    Batch("CO3", "outlet", "csv", "utf8"),
    Batch("UE1", "recycling", "jsonl"),
    Batch("UE2", "recycling-and-reuse", "xlsx"),
    Batch("UE3", "received", "csv", "bom"),
    Batch("OH1", "fleet", "json"),
    Batch("SE1", "sales-sent-twice", "csv", "utf8"),
    Batch("SE2", "sales-again-as-csv", "csv", "bom"),
    Batch("BP2", "corrections", "csv", "bom-zh"),
)


@dataclass(slots=True)
class Row:
    """One report as it is sent, and what must become of it: refused with these codes, a duplicate, read with notices."""

    fields: dict[str, Any]
    refused: tuple[str, ...] = ()
    is_duplicate: bool = False
    normalised: tuple[str, ...] = ()


class Plant(NamedTuple):
    """One line of the READMEs: what was planted, where to look, and what must be found."""

    en: str
    zh: str
    subject: str
    findings: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Pack:
    """A battery of the samples."""

    code: str
    mass_g: int
    modules: list[dict[str, Any]] = field(default_factory=list)

    @property
    def module_codes(self) -> list[str]:
        """The codes of its modules."""
        return [module["code"] for module in self.modules]


class Ledger:
    """Everything that is sent, by file, and everything that must be found."""

    def __init__(self) -> None:
        """Begin with empty files."""
        self.rng = Random(SEED)  # noqa: S311 - scatters dates and masses; nothing secret
        self.rows: dict[Batch, list[Row]] = {batch: [] for batch in BATCHES}
        self.findings: Counter[tuple[str, str, str]] = Counter()
        self.plants: list[Plant] = []
        self.lives: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def number(self, series: str) -> int:
        """Return the next number of a series, from 1."""
        self._numbers[series] += 1
        return self._numbers[series]

    def batch_of(self, firm: str, *, kind: str, slug: str = "") -> Batch:
        """Return the file of a firm that holds a kind, or the one of this name."""
        own = [batch for batch in BATCHES if batch.firm == firm]
        if slug:
            return next(batch for batch in own if batch.slug == slug)
        return next(batch for batch in own if kind in batch.kinds or not batch.kinds)

    def report(self, firm: str, kind: str, on: date | str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send a report; returns its fields. Fields of None are left out."""
        return self.send(firm, self.draft(firm, kind, on, **fields)).fields

    def draft(self, firm: str, kind: str, on: date | str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return a report that is not sent yet, with an id of its own."""
        day = on if isinstance(on, str) else on.isoformat()
        report_id = f"{firm}-{day[2:10].replace('-', '')}-{self.number('report of ' + firm):04d}"
        given = {name: value for name, value in fields.items() if value is not None}
        return {"report_id": report_id, "kind": kind, "occurred_at": day, **given}

    def send(
        self,
        firm: str,
        fields: Mapping[str, Any],
        *,
        refused: tuple[str, ...] = (),
        is_duplicate: bool = False,
        normalised: tuple[str, ...] = (),
        slug: str = "",
    ) -> Row:
        """Put a row into the firm's file, with what must become of it."""
        row = Row(dict(fields), tuple(sorted(refused)), is_duplicate, normalised)
        self.rows[self.batch_of(firm, kind=fields.get("kind", ""), slug=slug)].append(row)
        return row

    def plant(self, en: str, zh: str, subject: str, *findings: tuple[str, str] | tuple[str, str, str]) -> None:
        """Note what was planted; a finding is (rule, weight) of that subject, or names another as third."""
        full = tuple((rule, weight, (*of, subject)[0]) for rule, weight, *of in findings)
        self.plants.append(Plant(en, zh, subject, full))
        self.findings.update(full)

    # -- codes ------------------------------------------------------------------------------------------------------

    def code(self, maker: str, on: date, *, level: str = "P", battery_type: str = "B") -> str:
        """Return a fresh battery code of a manufacturer code and day."""
        serial = self.number(f"{maker}{level}")
        return make_battery_code(
            maker,
            level=level,
            battery_type=battery_type,
            specification={"P": "A1", "M": "B7", "C": "C9"}[level],
            trace="0A12B30",
            produced_on=on,
            serial=serial,
        )

    def product_code(self, maker: str, on: date) -> str:
        """Return a fresh code of a reuse product."""
        serial = self.number(f"{maker}R")
        return make_reuse_code(maker, level="P", battery_type="B", specification="S1", produced_on=on, serial=serial)

    def vin(self, firm: str) -> str:
        """Return a fresh vehicle identification number of a producer."""
        head = {"VP1": "LCFEV1A5", "VP2": "LYTEV2B6", "VP3": "WYDEV3C7"}.get(firm, "LGXEV9D8")
        return make_vin(head, tail=f"S{'1' if firm == 'VP1' else '2'}{self.number('vin of ' + firm):06d}")
