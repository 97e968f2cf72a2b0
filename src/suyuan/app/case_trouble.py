"""What a move of a case runs into: all its faults at once, or a case that is not there for whoever asks."""

from collections.abc import Sequence

from suyuan.app.context import UseCaseError
from suyuan.app.take_in import UnknownError
from suyuan.core.case_fault import Fault


class CaseFaultsError(UseCaseError):
    """A move that cannot be made; `faults` tell everything that is missing or wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults; the text is theirs, one a line."""
        super().__init__(
            "\n".join(one.message for one in faults), message_zh="\n".join(one.message_zh for one in faults)
        )
        self.faults = tuple(faults)


def unknown_case(case_no: str) -> UnknownError:
    """Return the error of a case that does not exist or is not the asker's to see: the same words for both."""
    return UnknownError(
        f'There is no case "{case_no[:80]}" that you can see. The list of cases shows those there are.',
        message_zh=f"没有您可以查看的案件“{case_no[:80]}”。请查看案件清单。",
    )
