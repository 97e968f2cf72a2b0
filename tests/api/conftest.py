"""The fixtures of `api_world` and `case_server`, for all tests of this folder."""

from api_world import server, settings, told, world
from case_server import desks

__all__ = ["desks", "server", "settings", "told", "world"]
