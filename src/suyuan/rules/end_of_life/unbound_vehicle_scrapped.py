"""Vehicle of unknown birth scrapped (未登记电池的车辆报废)."""

from collections.abc import Iterator

from suyuan.core.finding import End, Finding, Rule, Weight
from suyuan.core.vehicle import VehicleState


def unbound_vehicle_scrapped(end: End) -> Iterator[Finding]:
    """Find a scrapped vehicle whose set of packs was never reported, so that nobody can tell what is missing."""
    state: VehicleState = end.state
    if state.is_expected_known or state.scrapping is None or state.scrapped_on is None:
        return
    weight: Weight = "notice" if state.found or state.is_swap_vehicle else "lead"
    yield RULE.find_about(
        end.subject,
        key=state.scrapping,
        on=state.scrapped_on,
        party=None,
        evidence={"found": list(state.found), **state.statement},
        weight=weight,
        about=state.found,
    )


RULE = Rule(
    name="unbound_vehicle_scrapped",
    family="end_of_life",
    title="Vehicle of unknown birth scrapped",
    title_zh="未登记生产信息的车辆报废",
    weight="notice",
    kinds=("vehicle_scrapped",),
    families=("vehicle",),
    competent_line="commerce",
    source="platform choice: unknown is not empty, so neither missing nor another battery can be told",
    verified=False,
    in_force_from="2018-08-01",
    counts="A scrapped vehicle whose production or import was not reported by the day of scrapping: a notice if a pack "
    "was found on it, a lead if none was.",
    counts_not="Vehicles whose production or import is reported, however late; a swap vehicle without a pack is a notice.",
    counts_zh="报废之日以前生产或进口无人报告的车辆：车上见到电池包的为提示，未见到的为线索。",
    counts_not_zh="生产或进口已报告的车辆（无论多晚）；没有电池包的换电车辆为提示。",
    remedy="The vehicle producer or importer reports the vehicle with its batteries.",
    remedy_zh="汽车生产企业（含进口商）补报车辆及其电池信息。",
    check_end=unbound_vehicle_scrapped,
)
