"""Text for COPY lines: rows without parameters, the cheapest way into a table."""

NOTHING = "\\N"


def escape_text(text: str) -> str:
    """Return any text as a field of a COPY line."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def escape_subject(subject: str) -> str:
    """Return a subject as a field of a COPY line; codes are as they stand, a model's name may hold anything."""
    return escape_text(subject) if ":" in subject else subject


def escape_json(text: str) -> str:
    """Return JSON as a field of a COPY line; its control characters are escapes already."""
    return text.replace("\\", "\\\\") if "\\" in text else text


def escape_optional(code: str | None) -> str:
    """Return a code, which needs no escape, or nothing as a field of a COPY line."""
    return NOTHING if code is None else code
