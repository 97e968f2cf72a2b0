"""Vehicle with a wrong check digit (车辆识别代号校验位不符)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Step
from suyuan.core.identifiers import Vin

MADE_IN_CHINA = ("L", "H")  # first letter of the world manufacturer identifier; elsewhere position 9 may be anything


def vehicle_check_digit_wrong(step: Step) -> Iterator[Finding]:
    """Note a vehicle made in China whose VIN fails its check digit, where it is first seen."""
    if step.subject.startswith(MADE_IN_CHINA) and not Vin(step.subject).check_digit_is_right:
        yield RULE.find(step, party=step.event.reporter, evidence={"check_digit": step.subject[8]})


RULE = Rule(
    name="vehicle_check_digit_wrong",
    family="identity",
    title="Vehicle identification number with a wrong check digit",
    title_zh="车辆识别代号校验位不符",
    weight="notice",
    kinds=(),
    families=("vehicle",),
    competent_line="industry",
    source="GB 16735, check digit in position 9; world manufacturer identifiers of China begin with L or H",
    verified=False,
    in_force_from="2020-01-01",
    counts="The first report of a VIN of a Chinese maker whose position 9 does not fit the rest.",
    counts_not="VINs of makers abroad; later reports of the same VIN.",
    counts_zh="首次出现的中国企业车辆识别代号，其第 9 位与其余各位不符。",
    counts_not_zh="境外企业的车辆识别代号；同一代号的后续报告。",
    remedy="The reporter compares the VIN with the vehicle; if it was mistyped, it withdraws the report and sends it "
    "again.",
    remedy_zh="核对实车车辆识别代号；如有误，撤回后重新报送。",
    check_first=vehicle_check_digit_wrong,
)
