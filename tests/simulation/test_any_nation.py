"""Whatever scale, seed, last day and number of breaches: the files are whole and the checker takes them."""

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from nation_files import write_nation


@settings(
    max_examples=5, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # a nation is slow to shrink
@given(
    scale=st.sampled_from((1 / 5_000_000, 1 / 300_000, 1 / 100_000)),
    seed=st.integers(0, 2**31),
    until=st.dates(date(2012, 2, 1), date(2026, 4, 1)) | st.dates(date(2026, 4, 2), date(2027, 12, 31)),
    times=st.sampled_from((0.0, 1.0, 20.0)),
)
def test_any_nation_is_whole_and_admitted(scale, seed, until, times):
    with tempfile.TemporaryDirectory() as folder:
        nation = write_nation(Path(folder) / "nation", scale=scale, seed=seed, until=until, times=times)
        assert len(nation.answers) == nation.world["reports"]
        assert len(nation.files) == nation.world["files"]
        assert all(
            nation.world["platform_opens_on"] <= str(one.received_at.date()) <= str(until) for one in nation.files
        )
        mistyped = {name for label in nation.labels if label["label"] == "typing_error" for name in label["reports"]}
        refused = {
            f"{sent.submitter}/{raw['report_id']}": admitted.errors
            for sent, raw, admitted in nation.answers
            if admitted.report is None
        }
        assert {name: errors for name, errors in refused.items() if name not in mistyped} == {}
        if not times:
            found = {label["label"] for label in nation.labels if label["breach"]}
            assert found <= {"unreported_replacement"}  # they are of the time before
