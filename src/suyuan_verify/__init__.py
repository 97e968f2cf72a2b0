"""Verify a receipt of Suyuan with nothing but the receipt and a trust file: no database, no network, no platform.

suyuan-verify RECEIPT.tlog-proof --trust TRUST.json
"""

from suyuan_verify.main import main

__all__ = ["main"]
