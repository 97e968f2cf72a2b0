"""Which component sits in which parent: a plain table of claims, one row a component and report.

Look-ups and the detection of rival claims stand behind these functions, so that a compressed form can take its place.
"""

from collections.abc import Sequence
from datetime import date

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.component import Claim, describe_rivals
from suyuan.core.event import Fact
from suyuan.store.outcomes import read_reports
from suyuan.store.pending import LANE_SMALL, Waiting
from suyuan.store.queries import load_queries
from suyuan.store.slot import component_slot_of, slot_of
from suyuan.store.verdict import apply_facts, encode_json

SQL = load_queries("components")
LISTS_PER_BATCH = 500


def judge_components(connection: Connection[TupleRow], *, slot: int) -> int:
    """Tell both claimants of each component claimed twice, for the lists that wait in a locked slot; returns how many lists."""
    pending = connection.execute(SQL.read_pending, {"slot": slot, "limit": LISTS_PER_BATCH}).fetchall()
    if not pending:
        return 0
    given = {
        "slot": slot,
        "prefixes": [row[1] for row in pending],
        "report_nos": [row[2] for row in pending],
        "parents": [row[3] for row in pending],
        "causes": [row[4] for row in pending],
    }
    rivals: dict[str, list[Claim]] = {}
    causes: dict[str, list[int]] = {}
    for *claim, caused_by in connection.execute(SQL.read_rival_claims, given):
        component = claim[0]
        rivals.setdefault(component, []).append(Claim(*claim))
        causes[component] = caused_by
    if rivals:
        _tell_claimants(connection, rivals, causes)
    connection.execute(SQL.delete_pending, {"slot": slot, "numbers": [row[0] for row in pending]})
    return len(pending)


def _tell_claimants(
    connection: Connection[TupleRow], rivals: dict[str, list[Claim]], causes: dict[str, list[int]]
) -> None:
    """Replace what the index tells the parents of these components."""
    parents = sorted({claim.parent for claims in rivals.values() for claim in claims})
    given = {"parents": parents, "slots": sorted({slot_of(parent) for parent in parents})}
    told = {
        (row[0], row[1], row[2], row[3]): row[4]
        for row in connection.execute(SQL.read_told, given)
        if row[2].split(":")[1] in rivals
    }
    keys = _report_keys(connection, [claim for claims in rivals.values() for claim in claims if not claim.is_withdrawn])
    facts = [fact for claims in rivals.values() for fact in describe_rivals(claims, keys=keys)]
    telling = {(slot_of(fact.target), fact.target, fact.source, fact.name): fact for fact in facts}
    new = [fact for key, fact in telling.items() if told.get(key) != encode_json(fact.body).decode()]
    gone = told.keys() - telling.keys()
    changed = {(fact.target, fact.source.split(":")[1]) for fact in new} | {
        (key[1], key[2].split(":")[1]) for key in gone
    }
    waiting = Waiting()
    for target, component in changed:
        waiting.add((target,), slot=slot_of(target), lane=LANE_SMALL, causes=causes[component])
    apply_facts(connection, new=new, gone=gone)
    waiting.write(connection)


def read_rivalry(connection: Connection[TupleRow], parent: str, *, until: date) -> list[Fact]:
    """Return what the index would have told a parent at the end of a day, by the claims that counted then."""
    claims: dict[str, list[Claim]] = {}
    rows = connection.execute(SQL.read_rivals_of, {"parent": parent, "until": until})
    for component, claimant, report_no, since, received_on in rows:
        claim = Claim(component, claimant, report_no, since, received_on, is_withdrawn=False)
        claims.setdefault(component, []).append(claim)
    rivals = [told for told in claims.values() if len({claim.parent for claim in told}) > 1]
    keys = _report_keys(connection, [claim for told in rivals for claim in told])
    return [fact for told in rivals for fact in describe_rivals(told, keys=keys) if fact.target == parent]


def _report_keys(connection: Connection[TupleRow], claims: Sequence[Claim]) -> dict[int, tuple[str, str]]:
    reports = read_reports(connection, {claim.report_no for claim in claims})
    return {number: (fields["reporter"], fields["report_id"]) for number, fields in reports.items()}


def read_compositions(
    connection: Connection[TupleRow], parents: Sequence[str], *, until: date = date.max
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the pairs of parent and component claimed for each parent up to a day, those of its modules included."""
    found = _read_pairs(connection, parents, until=until)
    modules = [component for pairs in found.values() for _, component in pairs if component[3] == "M"]
    of_modules = _read_pairs(connection, modules, until=until) if modules else {}
    return {
        parent: (*pairs, *(pair for _, component in pairs for pair in of_modules.get(component, ())))
        for parent, pairs in found.items()
    }


def _read_pairs(
    connection: Connection[TupleRow], parents: Sequence[str], *, until: date
) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for parent, component, _ in connection.execute(SQL.read_composition, {"parents": list(parents), "until": until}):
        found.setdefault(parent, []).append((parent, component))
    return found


def find_claim_reports(connection: Connection[TupleRow], parents: Sequence[str]) -> list[int]:
    """Return the numbers of the reports that claim components for these parents, withdrawn ones too."""
    return [row[0] for row in connection.execute(SQL.read_reports_of_claims, {"parents": list(parents)})]


def find_rival_reports(connection: Connection[TupleRow], parent: str) -> list[int]:
    """Return the numbers of the reports that claim for others what this parent claims, withdrawn ones too."""
    return [row[0] for row in connection.execute(SQL.read_reports_of_rivals, {"parent": parent})]


def find_parents(connection: Connection[TupleRow], component: str, *, until: date = date.max) -> list[tuple[str, date]]:
    """Return the parents that claim a component and since when, the earliest first."""
    given = {"slot": component_slot_of(component), "component": component, "until": until}
    return [(row[0], row[1]) for row in connection.execute(SQL.find_parents, given)]


def find_component_slots(connection: Connection[TupleRow], *, cause: int | None = None) -> list[int]:
    """Return the component slots with something pending, for one submission or for all."""
    if cause is None:
        return [row[0] for row in connection.execute(SQL.find_slots, {})]
    return [row[0] for row in connection.execute(SQL.find_slots_of_cause, {"cause": cause})]
