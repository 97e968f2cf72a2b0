"""The libraries of the extra `documents`, imported when a document is made; where one is missing, words say so."""

from typing import Any

from suyuan.app.context import UseCaseError


def load_typst() -> Any:  # noqa: ANN401 - a module without types
    """Return typst, which sets pages."""
    try:
        import typst
    except ImportError:
        raise _missing("typst") from None
    return typst


def load_docxtpl() -> Any:  # noqa: ANN401 - a module without types
    """Return docxtpl, which fills Word forms."""
    try:
        import docxtpl
    except ImportError:
        raise _missing("docxtpl") from None
    return docxtpl


def load_zxingcpp() -> Any:  # noqa: ANN401 - a module without types
    """Return zxing-cpp, which draws symbols."""
    try:
        import zxingcpp
    except ImportError:
        raise _missing("zxing-cpp") from None
    return zxingcpp


def _missing(name: str) -> UseCaseError:
    return UseCaseError(
        f'Documents need the library {name}, which is not installed. Run make install, or pip install "suyuan[documents]".',
        message_zh=f'生成文书需要组件 {name}，尚未安装。请运行 make install，或 pip install "suyuan[documents]"。',
    )
