"""The libraries of the extra `analysis` that use cases import when they need them; where one is missing, words say so."""

from typing import Any

from suyuan.app.context import UseCaseError


def load_networkx() -> Any:  # noqa: ANN401 - a module without types
    """Return networkx, which finds circles in graphs. Raises UseCaseError where it is not installed."""
    try:
        import networkx as nx
    except ImportError:
        raise _missing("networkx", what="The search for rings", what_zh="查找循环流转") from None
    return nx


def _missing(name: str, *, what: str, what_zh: str) -> UseCaseError:
    return UseCaseError(
        f'{what} needs the library {name}, which is not installed. Run make install, or pip install "suyuan[analysis]".',
        message_zh=f'{what_zh}需要组件 {name}，尚未安装。请运行 make install，或 pip install "suyuan[analysis]"。',
    )
