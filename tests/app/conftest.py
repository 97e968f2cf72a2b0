"""What the tests of documents share."""

import pytest

from suyuan.app.context import UseCaseError
from suyuan.app.document_fonts import choose_fonts


@pytest.fixture(scope="session")
def fonts():
    """The fonts of this machine; without one that has Chinese characters nothing can be printed here."""
    try:
        return choose_fonts({})
    except UseCaseError as error:
        pytest.skip(f"no page can be printed here: {error.message}")
