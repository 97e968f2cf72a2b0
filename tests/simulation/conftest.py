"""One small nation for all tests that only read: 1/12000 with ten times the usual breaches."""

from datetime import date

import pytest
from nation_files import write_nation


@pytest.fixture(scope="session")
def nation(tmp_path_factory):
    """Return the files of a nation that is read and never changed."""
    return write_nation(tmp_path_factory.mktemp("nation"), scale=1 / 12_000, until=date(2029, 6, 30), times=10, seed=7)
