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


NO_ROLES: frozenset[str] = frozenset()


class Registry:
    """All participants at one version of the register; never changed, replaced as a whole."""

    def __init__(
        self, participants: Iterable[Participant], *, version: int, sites: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Arrange the entries by USCC and start day; `sites` are pairs of USCC and site number."""
        self.version = version
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

    def division_of(self, uscc: str | None, *, on: date) -> str | None:
        """Return the registered division, None for an unknown party."""
        entry = self.find(uscc, on=on) if uscc else None
        return entry.division if entry else None

    def owners_of(self, manufacturer_code: str) -> tuple[str, ...]:
        """Return who has registered a manufacturer code, in the order of their USCC; empty if nobody has."""
        return self._owners.get(manufacturer_code, ())
