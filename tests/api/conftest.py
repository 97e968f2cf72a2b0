"""The fixtures of `api_world`, for all tests of this folder."""

from api_world import server, settings, told, world

__all__ = ["server", "settings", "told", "world"]
