"""Numbers that place a row: the slot of a subject, the number of a report."""

from zlib import crc32

SLOTS = 256  # for ever: the slot is part of every key
ROWS_PER_SUBMISSION = 2**31
SUM_LANES = 8  # for ever: sums stand in as many rows, so that judges of different slots do not wait for one another
COMPONENT_SLOTS_FROM = 256  # judge_slot holds the slots of components behind those of subjects


def slot_of(subject: str) -> int:
    """Return the slot of a bare normalised subject."""
    return crc32(subject.encode()) % SLOTS


def sum_lane_of(number: int) -> int:
    """Return the lane in which sums of a slot, or counts of a submission, stand."""
    return number % SUM_LANES


def component_prefix(component: str) -> str:
    """Return what neighbouring components share: the code without its serial number."""
    return component[:17]


def component_slot_of(component: str) -> int:
    """Return the slot of a component: that of its prefix, so that a birth touches few."""
    return slot_of(component_prefix(component))


def report_no_of(submission_no: int, *, row: int) -> int:
    """Return the number of a report; it tells where the full row lies."""
    return submission_no * ROWS_PER_SUBMISSION + row


def place_of(report_no: int) -> tuple[int, int]:
    """Return submission and row of a report."""
    return divmod(report_no, ROWS_PER_SUBMISSION)
