"""Who takes part: a snapshot of the register in memory, by date."""

from collections.abc import Iterable
from datetime import date

import msgspec


class Participant(msgspec.Struct, frozen=True):
    """One effective-dated entry of the register; `valid_until` is the end of the qualification, None where none is set."""

    uscc: str
    name: str
    roles: frozenset[str]
    division: str
    manufacturer_codes: frozenset[str]
    valid_from: date
    valid_until: date | None


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
    description: str = ""


class Model(msgspec.Struct, frozen=True, order=True):
    """A battery or vehicle model of a producer with the day of its mandatory certification, None while unknown."""

    uscc: str
    model: str
    certified_on: date | None
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


class Officer(msgspec.Struct, frozen=True, order=True):
    """A person who acts for an authority."""

    officer: str
    name: str
    authority: str
    valid_from: date
    valid_until: date | None = None


def is_current(entry: Licence | Outlet | Agency | Authority | Officer, *, on: date) -> bool:
    """Tell whether an entry is in force on a day."""
    return entry.valid_from <= on and (entry.valid_until is None or on <= entry.valid_until)


class Register(msgspec.Struct, frozen=True):
    """The entries of the register beside the participants."""

    licences: tuple[Licence, ...] = ()
    filings: tuple[CodeFiling, ...] = ()
    models: tuple[Model, ...] = ()
    outlets: tuple[Outlet, ...] = ()
    agencies: tuple[Agency, ...] = ()
    authorities: tuple[Authority, ...] = ()
    officers: tuple[Officer, ...] = ()


EMPTY_REGISTER = Register()
NO_ROLES: frozenset[str] = frozenset()


class Registry:
    """All participants at one version of the register; never changed, replaced as a whole."""

    def __init__(
        self,
        participants: Iterable[Participant],
        *,
        version: int,
        sites: Iterable[tuple[str, str]] = (),
        register: Register = EMPTY_REGISTER,
    ) -> None:
        """Arrange the entries by USCC and start day; `sites` are pairs of USCC and site number."""
        self.version = version
        self.register = register
        self.sites = frozenset(sites)
        self._entries: dict[str, tuple[Participant, ...]] = {}
        owners: dict[str, set[str]] = {}
        for entry in sorted(participants, key=lambda one: (one.uscc, one.valid_from)):
            self._entries[entry.uscc] = (*self._entries.get(entry.uscc, ()), entry)
            for code in entry.manufacturer_codes:
                owners.setdefault(code, set()).add(entry.uscc)
        self._owners = {code: tuple(sorted(usccs)) for code, usccs in owners.items()}

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
        return any(
            one.agent == agent and one.principal == principal and is_current(one, on=on)
            for one in self.register.agencies
        )

    def licences_of(self, uscc: str, *, on: date) -> tuple[Licence, ...]:
        """Return the licences in force on a day; empty means that none is known."""
        return tuple(one for one in self.register.licences if one.uscc == uscc and is_current(one, on=on))

    def outlets_of(self, producer: str, *, on: date) -> tuple[Outlet, ...]:
        """Return the outlets that count for a producer on a day."""
        return tuple(one for one in self.register.outlets if one.producer == producer and is_current(one, on=on))

    def specifications_of(self, manufacturer_code: str, *, on: date) -> frozenset[str] | None:
        """Return the specification codes filed by a day, None where this maker has never filed any."""
        filed = [one for one in self.register.filings if one.manufacturer_code == manufacturer_code]
        return frozenset(one.specification_code for one in filed if one.filed_on <= on) if filed else None

    def find_model(self, uscc: str, model: str) -> Model | None:
        """Return a registered model, None where nobody has registered it."""
        return next((one for one in self.register.models if (one.uscc, one.model) == (uscc, model)), None)
