"""The libraries of the extra `analysis`: imported by what needs them, and where one is missing, words say so."""

from importlib.util import find_spec


class MissingLibraryError(Exception):
    """A library of the extra `analysis` is not installed."""

    def __init__(self, name: str) -> None:
        """Say in both languages what is missing and how to get it."""
        self.message = f'This needs the library {name}, which is not installed. Run make install, or pip install "suyuan[analysis]".'
        self.message_zh = f'此功能需要组件 {name}，尚未安装。请运行 make install，或 pip install "suyuan[analysis]"。'
        super().__init__(self.message)


def need_library(name: str) -> None:
    """Raise MissingLibraryError where a library is not installed; it is imported by who uses it."""
    if find_spec(name) is None:
        raise MissingLibraryError(name)
