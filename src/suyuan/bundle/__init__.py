"""The evidence bundle of a case: what it holds, how it is computed again, and whether it still is what was frozen.

Nothing here needs a database or a network: bytes and values come in, values and bytes go out.
"""
