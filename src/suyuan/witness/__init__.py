"""A witness: a small process of somebody else than the operator, which cosigns a log's checkpoints as it grows.

It keeps the last head of each log, and demands a proof that the next one follows from it.
"""
