"""Which breaches happen and how often: decided beforehand, by the seed, never by what the platform would find.

Rates found nowhere are assumptions (simulator_defaults.csv says which). `times` multiplies all of them, for a bench
that needs many cases of each.
"""

import random
from dataclasses import dataclass
from typing import Final

from suyuan_sim.day import OPENED

# Of the occasions of each: scrapped vehicles, packs on their way to a plant, packs, reports, dismantled packs, recoveries, enterprises.
RATES: Final = {
    "missing_pack": 0.04,  # of vehicles scrapped since April 2026 (scenario)
    "missing_pack_before": 0.20,  # before, when an owner's statement sufficed
    "swapped_pack": 0.02,
    "unlawful_receiver": 0.015,
    "cloned_code": 0.0005,
    "forged_code": 0.02,  # of replacements
    "late_report": 0.002,
    "cannibalised_modules": 0.04,
    "phantom_mass": 0.03,  # of plants
    "silent_enterprise": 0.03,
    "back_dating": 0.06,
    "ring": 0.06,
}
BREACHES: Final = (
    "missing_pack",
    "unlawful_receiver",
    "cloned_code",
    "forged_code",
    "swapped_pack",
    "phantom_mass",
    "ring",
    "back_dating",
    "silent_enterprise",
    "late_report",
    "cannibalised_modules",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each breach happens in one nation, until which day."""

    until: int
    times: float = 1.0

    def happens(self, breach: str, *, on: int, chance: random.Random, readiness: float = 1.0) -> bool:
        """Draw whether a breach happens on an occasion, with an enterprise so many times as ready for it as others.

        Since the platform opened: the rates are of that time.
        """
        return on >= OPENED and chance.random() < RATES[breach] * self.times * readiness

    def count(self, breach: str, *, of: int) -> int:
        """Return how many of some enterprises commit a breach: at least one where any does."""
        return min(max(round(of * RATES[breach] * self.times), 1 if self.times else 0), of // 3)

    def lie(self, chance: random.Random) -> tuple[str, int]:
        """Return how a plant lies about what it recovers, and from which day on it makes a habit of it."""
        last = max(self.until - 365, OPENED + 1)
        return chance.choice(("metal", "mass", "paper")), OPENED + int(chance.random() * (last - OPENED))

    def hold_back(self, chance: random.Random) -> tuple[int, int]:
        """Return the days from and to which an enterprise keeps its reports, then to send them in one go."""
        span = max(self.until - OPENED - 60, 1)
        begins = OPENED + int(chance.random() * max(span - 270, 1))
        return begins, begins + chance.randint(240, 330)
