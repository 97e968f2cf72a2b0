"""Who takes part: a snapshot of the register in memory, by date."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

import msgspec


class Participant(msgspec.Struct, frozen=True):
    """One effective-dated entry of the register; `valid_until` is the end of the qualification, None where none is set."""

    uscc: str
    name: str
    roles: frozenset[str]
    division: str
    manufacturer_codes: frozenset[str]
    valid_from: date
    valid_until: date | None = None


class Site(msgspec.Struct, frozen=True, order=True):
    """A registered plant, outlet or station of a participant, and where it lies."""

    uscc: str
    site_id: str
    division: str
    valid_from: date
    valid_until: date | None = None
    name: str | None = None


class Licence(msgspec.Struct, frozen=True, order=True):
    """A permit, filing or assessment that a participant holds; `capacity_t` is tonnes a year where it sets a limit."""

    uscc: str
    kind: str
    number: str
    valid_from: date
    valid_until: date | None = None
    capacity_t: int | None = None


class CodeFiling(msgspec.Struct, frozen=True, order=True):
    """A specification code filed for a manufacturer code (编码备案)."""

    manufacturer_code: str
    specification_code: str
    uscc: str
    filed_on: date
    description: str | None = None


class Model(msgspec.Struct, frozen=True, order=True):
    """A battery or vehicle model of a producer with the day of its mandatory certification, None while unknown."""

    uscc: str
    model: str
    certified_on: date | None = None
    chemistry: str | None = None
    rated_energy_wh: int | None = None


class Outlet(msgspec.Struct, frozen=True, order=True):
    """A collection outlet that a producer counts as its own: built, joint or entrusted (`form`), at a division."""

    producer: str
    outlet_id: str
    division: str
    form: str
    operator: str | None
    valid_from: date
    valid_until: date | None = None
    published_on: date | None = None


class Agency(msgspec.Struct, frozen=True, order=True):
    """The right of an agent to report for a principal."""

    agent: str
    principal: str
    valid_from: date
    valid_until: date | None = None


class Authority(msgspec.Struct, frozen=True, order=True):
    """An authority: its line (industry, commerce, transport, ecology, market) and the division that it is competent for."""

    authority: str
    name: str
    line: str
    division: str
    valid_from: date
    valid_until: date | None = None

    def covers(self, division: str) -> bool:
        """Tell whether a place lies in the division that the authority is competent for, which ends in 00 where it has parts."""
        scope = self.division.removesuffix("00").removesuffix("00") if self.division != NATION else ""
        return division.startswith(scope)


class Officer(msgspec.Struct, frozen=True, order=True):
    """A person who acts for an authority."""

    officer: str
    name: str
    authority: str
    valid_from: date
    valid_until: date | None = None


class Dated(Protocol):
    """An entry with the days between which it holds; `valid_until` is the last day, None where none is set."""

    @property
    def valid_from(self) -> date:
        """Return the first day."""

    @property
    def valid_until(self) -> date | None:
        """Return the last day."""


Entry = Participant | Site | Licence | CodeFiling | Model | Outlet | Agency | Authority | Officer
AnyDated = TypeVar("AnyDated", bound=Dated)


def is_current(entry: Dated, *, on: date) -> bool:
    """Tell whether an entry is in force on a day."""
    return entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until)


def find_current(entries: Iterable[AnyDated], *, on: date) -> AnyDated | None:
    """Return the one of some entries of the same key that is in force on a day: a later entry ends the earlier."""
    begun = max((one for one in entries if one.valid_from <= on), key=lambda one: one.valid_from, default=None)
    return begun if begun is not None and is_current(begun, on=on) else None


class Register(msgspec.Struct, frozen=True):
    """The entries of the register beside the participants."""

    sites: tuple[Site, ...] = ()
    licences: tuple[Licence, ...] = ()
    filings: tuple[CodeFiling, ...] = ()
    models: tuple[Model, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    agencies: tuple[Agency, ...] = ()
    authorities: tuple[Authority, ...] = ()
    officers: tuple[Officer, ...] = ()


NATION = "000000"  # the division of an authority that is competent everywhere


def list_kept(register: Register) -> frozenset[str]:
    """Return which of the things that rules look for in the register it holds for anybody: what it does not is unknown."""
    is_published = any(one.published_on is not None for one in register.outlets)
    held = {"outlets": bool(register.outlets), "outlet_publication": is_published}
    return frozenset(name for name, is_held in held.items() if is_held)


EMPTY_REGISTER = Register()
NO_ROLES: frozenset[str] = frozenset()


class Registry:
    """All participants at one version of the register; never changed, replaced as a whole."""

    def __init__(
        self, participants: Iterable[Participant], *, version: int, register: Register = EMPTY_REGISTER
    ) -> None:
        """Arrange the entries for looking up; some are asked for once in every report of a bulk load."""
        self.version = version
        self.register = register
        self._entries: dict[str, tuple[Participant, ...]] = {}
        owners: dict[str, set[str]] = {}
        for entry in sorted(participants, key=lambda one: (one.uscc, one.valid_from)):
            self._entries[entry.uscc] = (*self._entries.get(entry.uscc, ()), entry)
            for code in entry.manufacturer_codes:
                owners.setdefault(code, set()).add(entry.uscc)
        self._owners = {code: tuple(sorted(usccs)) for code, usccs in owners.items()}
        self._sites: dict[tuple[str, str], list[Site]] = {}
        for site in register.sites:
            self._sites.setdefault((site.uscc, site.site_id), []).append(site)
        self.sites = frozenset(self._sites)
        self._licences: dict[str, dict[tuple[str, str], list[Licence]]] = {}
        for licence in register.licences:
            same = self._licences.setdefault(licence.uscc, {})
            same.setdefault((licence.kind, licence.number), []).append(licence)
        self._outlets: dict[str, dict[str, list[Outlet]]] = {}
        for outlet in register.outlets:
            self._outlets.setdefault(outlet.producer, {}).setdefault(outlet.outlet_id, []).append(outlet)
        self._agencies: dict[tuple[str, str], list[Agency]] = {}
        for agency in register.agencies:
            self._agencies.setdefault((agency.agent, agency.principal), []).append(agency)
        self._authorities: dict[str, list[Authority]] = {}
        for authority in register.authorities:
            self._authorities.setdefault(authority.authority, []).append(authority)
        self._officers: dict[str, list[Officer]] = {}
        for officer in register.officers:
            self._officers.setdefault(officer.officer, []).append(officer)
        self._models: dict[str, dict[str, Model]] = {}
        for model in register.models:
            self._models.setdefault(model.uscc, {})[model.model] = model
        self._filings: dict[str, dict[str, date]] = {}
        for filing in register.filings:
            self._filings.setdefault(filing.manufacturer_code, {})[filing.specification_code] = filing.filed_on

    def __contains__(self, uscc: str) -> bool:
        """Tell whether this participant was ever registered."""
        return uscc in self._entries

    def entries_of(self, uscc: str) -> tuple[Participant, ...]:
        """Return all entries of a participant, the oldest first; empty if it was never registered."""
        return self._entries.get(uscc, ())

    def find(self, uscc: str, *, on: date) -> Participant | None:
        """Return the entry in force on a day, else the last before it, else the first; None if never registered."""
        entries = self._entries.get(uscc)
        if entries is None:
            return None
        if len(entries) == 1:
            return entries[0]
        return max(
            (entry for entry in entries if entry.valid_from <= on), key=lambda one: one.valid_from, default=entries[0]
        )

    def roles_of(self, uscc: str | None, *, on: date) -> frozenset[str]:
        """Return the roles held on a day; an expired entry keeps its roles, an unknown party has none."""
        entry = self.find(uscc, on=on) if uscc else None
        return entry.roles if entry else NO_ROLES

    def is_qualified(self, uscc: str, *, on: date) -> bool:
        """Tell whether the entry is in force that day; an unregistered party is not."""
        entry = self.find(uscc, on=on)
        return entry is not None and entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until)

    def registered_from(self, uscc: str) -> date | None:
        """Return the first day of the first entry, None if never registered."""
        entries = self._entries.get(uscc)
        return entries[0].valid_from if entries else None

    def division_of(self, uscc: str | None, *, on: date) -> str | None:
        """Return the registered division, None for an unknown party."""
        entry = self.find(uscc, on=on) if uscc else None
        return entry.division if entry else None

    def owners_of(self, manufacturer_code: str) -> tuple[str, ...]:
        """Return who has registered a manufacturer code, in the order of their USCC; empty if nobody has."""
        return self._owners.get(manufacturer_code, ())

    @property
    def usccs(self) -> tuple[str, ...]:
        """Return every registered participant in the order of their USCC."""
        return tuple(sorted(self._entries))

    def may_report_for(self, agent: str, principal: str, *, on: date) -> bool:
        """Tell whether an agent may report for a principal on a day."""
        return find_current(self._agencies.get((agent, principal), ()), on=on) is not None

    def find_site(self, uscc: str, site_id: str, *, on: date) -> Site | None:
        """Return a participant's site as it stands on a day, None where it is unknown or closed."""
        return find_current(self._sites.get((uscc, site_id), ()), on=on)

    def licences_of(self, uscc: str, *, on: date) -> tuple[Licence, ...]:
        """Return the licences in force on a day; empty means that none is known, or that all have ended."""
        found = (find_current(same, on=on) for same in self._licences.get(uscc, {}).values())
        return tuple(one for one in found if one is not None)

    def licence_ended_on(self, uscc: str, *, kind: str, on: date) -> date | None:
        """Return the last day of a kind of licence that had ended before a day; None while one holds or none had begun."""
        series = [same for (of_kind, _), same in self._licences.get(uscc, {}).items() if of_kind == kind]
        if any(find_current(same, on=on) for same in series):
            return None
        ended = (one.valid_until for same in series for one in same if one.valid_from <= on)
        return max((day for day in ended if day is not None and day < on), default=None)

    def outlets_of(self, producer: str, *, on: date) -> tuple[Outlet, ...]:
        """Return the outlets that count for a producer on a day."""
        found = (find_current(same, on=on) for same in self._outlets.get(producer, {}).values())
        return tuple(one for one in found if one is not None)

    def ended_outlets_of(self, producer: str, *, on: date) -> tuple[tuple[Outlet, date], ...]:
        """Return the entries of a producer's outlets that ended before a day, each with its last day in force.

        A later entry of the same outlet ends the earlier one, too.
        """
        ended = []
        for same in self._outlets.get(producer, {}).values():
            entries = sorted(same, key=lambda one: one.valid_from)
            for entry, following in zip(entries, (*entries[1:], None), strict=True):
                ends = [entry.valid_until, following.valid_from - timedelta(days=1) if following else None]
                last = min((end for end in ends if end is not None), default=None)
                if last is not None and last < on:
                    ended.append((entry, last))
        return tuple(ended)

    def specifications_of(self, manufacturer_code: str, *, on: date) -> frozenset[str] | None:
        """Return the specification codes filed by a day, None where this maker has never filed any."""
        filed = self._filings.get(manufacturer_code)
        return frozenset(code for code, filed_on in filed.items() if filed_on <= on) if filed else None

    def find_model(self, uscc: str, model: str) -> Model | None:
        """Return a registered model, None where nobody has registered it."""
        return self._models.get(uscc, {}).get(model)

    def models_of(self, uscc: str) -> tuple[Model, ...]:
        """Return the registered models of a producer."""
        return tuple(self._models.get(uscc, {}).values())

    def find_authority(self, authority: str, *, on: date | None = None) -> Authority | None:
        """Return the authority of a code that is in force on a day; without a day the last known, None for an unknown code."""
        return _find(self._authorities.get(authority, ()), on=on)

    def find_officer(self, officer: str, *, on: date | None = None) -> Officer | None:
        """Return the officer of a number who is in office on a day; without a day as last known, None for an unknown number."""
        return _find(self._officers.get(officer, ()), on=on)


def _find(entries: Iterable[AnyDated], *, on: date | None) -> AnyDated | None:
    if on is None:
        return max(entries, key=lambda one: one.valid_from, default=None)
    return find_current(entries, on=on)
