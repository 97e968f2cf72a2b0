"""Campaigns that break things on purpose, each with a control that must fail.

    python bench/chaos.py seal [--rounds 50]      sealers killed at every step, two at once
    python bench/chaos.py tamper [--edits 1000]   a superuser edits the record; the audit must name every edit
    python bench/chaos.py receipts [--count 10000]   good and spoilt receipts before both verifiers

Prints what came out; `--results` appends it to bench/RESULTS.md.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import chaos_receipts
import chaos_seal
import chaos_tamper
from machine import describe_commit, describe_machine

CAMPAIGNS = {"seal": chaos_seal, "tamper": chaos_tamper, "receipts": chaos_receipts}
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run one campaign; exits 1 where it found what must not be, or its control found nothing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", action="store_true", help="append the outcome to bench/RESULTS.md")
    campaigns = parser.add_subparsers(dest="campaign", required=True)
    for name, module in CAMPAIGNS.items():
        module.add_arguments(campaigns.add_parser(name, help=module.__doc__.splitlines()[0]))
    given = parser.parse_args()
    outcome = CAMPAIGNS[given.campaign].run(given)
    print(outcome.text)
    if given.results:
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(
                f"\n## chaos {given.campaign}\n\n{describe_commit()}, {describe_machine()}\n\n{outcome.text}\n"
            )
    return 0 if outcome.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
