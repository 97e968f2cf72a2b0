"""How a refused row is kept without the personal values that it brought."""

from collections.abc import Iterable, Mapping
from typing import Any

from suyuan.core.catalogue import COMMON_FIELDS, KIND_BY_NAME, PERSONAL_FIELDS
from suyuan.core.refusal import RowError, shorten

MASK = "（未保留 not kept）"
NOT_KEPT = f'A personal value is not kept with a refused row: fill it in again where "{MASK}" stands.'
NOT_KEPT_ZH = f"被退回的行不保留个人信息，请在“{MASK}”处重新填写。"
PERSONAL_NAMES = frozenset[str]().union(*PERSONAL_FIELDS.values())
_TITLES = PERSONAL_NAMES | {
    title
    for kind in KIND_BY_NAME.values()
    for field in kind.fields
    if field.is_personal
    for title in (field.zh, field.en)
}
_KNOWN_NAMES = {
    name: frozenset(field.name for field in (*COMMON_FIELDS, *KIND_BY_NAME[name].fields)) for name in PERSONAL_FIELDS
}


def mask_raw(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what is kept of a refused row as it was read.

    Where a kind has personal fields, what stands under an unknown name may be one of them misspelt, and goes too.
    """
    if raw is None:
        return None
    kind = raw.get("kind")
    known = _KNOWN_NAMES.get(kind) if isinstance(kind, str) else None
    return {
        name: MASK
        if value is not None and (name in PERSONAL_NAMES or (known is not None and name not in known))
        else _mask_inside(value)
        for name, value in raw.items()
    }


def _mask_inside(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {name: MASK if name in PERSONAL_NAMES else _mask_inside(inner) for name, inner in value.items()}
    return [_mask_inside(inner) for inner in value] if isinstance(value, list) else value


def mask_errors(errors: Iterable[RowError], *, masked: Mapping[str, Any] | None) -> list[RowError]:
    """Return the reasons without the values that were masked, and without excerpts in which a personal field is named."""
    hidden = PERSONAL_NAMES | {shorten(name) for name, value in (masked or {}).items() if value == MASK}
    return [_mask(error) if _shows_personal(error, hidden) else error for error in errors]


def _shows_personal(error: RowError, hidden: frozenset[str]) -> bool:
    if not error.value or error.value in _TITLES:  # the name of a field is no value of it
        return False
    return error.field in hidden or any(title in error.value for title in _TITLES)


def _mask(error: RowError) -> RowError:
    return RowError(
        error.code,
        error.field,
        MASK,
        error.message.replace(error.value, MASK),
        error.message_zh.replace(error.value, MASK),
    )
