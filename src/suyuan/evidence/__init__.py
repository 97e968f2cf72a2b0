"""Evidence: canonical records, trees, tiles, checkpoints, signed notes, receipts. Pure: no clock, no database, no network.

The format is told in docs/reference/evidence-format.md and never changes.
"""
