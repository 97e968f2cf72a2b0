"""What all identifiers share: the one way to normalise their text, and the error that speaks to who sent it."""

from functools import partial
from typing import Final

_FULL_WIDTH_TO_ASCII: Final = {0x3000: " "} | {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
# Only ASCII letters are raised: str.upper() would make a plain I of the Turkish dotless one, and that is guessing.
_NORMAL: Final = str.maketrans(
    {code: form.upper() for code, form in _FULL_WIDTH_TO_ASCII.items()}
    | {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
)

VALUE_CHARACTERS_MAX: Final = 64  # longer texts are cut in errors: an answer never echoes a whole input


class IdentifierError(ValueError):
    """A text that cannot be the identifier it stands for.

    `code` is the stable error code of the report format, `value` the text as given (cut to 64 characters), `message`
    and `message_zh` say which value, what is wrong and what to do.
    """

    def __init__(self, message: str, *, code: str, value: str, message_zh: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.value = shorten(value)
        self.message_zh = message_zh

    def __reduce__(self) -> tuple[partial["IdentifierError"], tuple[str]]:
        # An error that cannot be pickled would hang a pool of processes.
        made = partial(type(self), code=self.code, value=self.value, message_zh=self.message_zh)
        return made, (self.message,)


class BatteryCodeError(IdentifierError):
    """No traction battery code: battery_code_length, _characters, _level or _date."""


class VinError(IdentifierError):
    """No vehicle identification number: vin_malformed."""


class UsccError(IdentifierError):
    """No unified social credit code: field_malformed, or uscc_check_digit when only the check character is wrong."""


class DivisionCodeError(IdentifierError):
    """No division code: field_malformed, or division_unknown when no such division ever existed."""


class TemporaryCodeError(IdentifierError):
    """No temporary code of an unlabelled battery: field_malformed or uscc_check_digit."""


class LotCodeError(IdentifierError):
    """No lot code: field_malformed or uscc_check_digit."""


class SubjectError(IdentifierError):
    """No subject of a timeline: field_malformed. This is an error of the program, not of a reporter."""


def normalise_text(text: str) -> str:
    """Return the text with full-width forms made ASCII, a to z made A to Z, and blanks around it taken off.

    Nothing is guessed: O stays O and I stays I.
    """
    return text.translate(_NORMAL).strip()


def shorten(text: str) -> str:
    """The text, cut to 64 characters."""
    return text if len(text) <= VALUE_CHARACTERS_MAX else text[: VALUE_CHARACTERS_MAX - 1] + "…"


def first_stranger(text: str, *, alphabet: str) -> int | None:
    """The index of the first character that is not in the alphabet; None when all are."""
    return next((index for index, character in enumerate(text) if character not in alphabet), None)
