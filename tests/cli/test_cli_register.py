"""The register on the command line: import, list, history, template."""

import pytest
from register_files import ROWS, write_topic
from story import USCC_OF, expand

from suyuan.core.topic import TOPICS

UE1 = USCC_OF["UE1"]
LICENCE = "{UE1},discharge_permit,HN-0001,2020-01-01,"


def take(suyuan, topic, *rows):
    return suyuan("register", "import", topic, suyuan.write(write_topic(topic, *rows), name=f"{topic}.csv"), "--json")


def test_what_was_imported_is_listed(peopled):
    for topic in ROWS:
        assert take(peopled, topic).code == 0, topic
        (entry,) = peopled("register", "list", topic, "--json").json[topic]
        key = expand(ROWS[topic][1]).split(",")[0]
        assert key in entry.values()
    assert peopled("register", "list", "licences", "--as-of", "2028-01-01", "--json").json == {"licences": []}
    listed = peopled("register", "list", "licences", "--as-of", "2027-12-31", "--uscc", UE1, "--json").json
    assert [one["capacity_t"] for one in listed["licences"]] == [10_000]
    assert "HN-0001" in peopled("register", "list", "licences").out
    assert peopled("register", "list", "licences", "--uscc", USCC_OF["BP1"]).out == "Nothing is registered.\n"


def test_history_tells_who_said_what_and_what_changed(peopled):
    for until in ("2027-12-31", "2026-12-31"):
        take(peopled, "licences", LICENCE + f"{until},")
    told = peopled("register", "history", UE1, "--json").json["history"]
    assert [(one["topic"], one["change"], one["changed"]) for one in told] == [
        ("participants", "added", {}),
        ("licences", "added", {}),
        ("licences", "changed", {"valid_until": ["2027-12-31", "2026-12-31"]}),
    ]
    assert all(one["actor"].startswith("command line") for one in told)
    assert peopled("register", "history", f" {UE1.lower()} ", "--json").json["history"] == told
    take(peopled, "models", "{BP1},m1 pro,,,")
    assert len(peopled("register", "history", "m1 pro", "--json").json["history"]) == 1
    assert peopled("register", "history", "HN-0001", "--json").json["history"] == told[1:]
    shown = peopled("register", "history", UE1).out
    assert "valid_until: 2027-12-31 → 2026-12-31" in " ".join(shown.split())
    assert "never said anything" in peopled("register", "history", "nothing").out


@pytest.mark.parametrize("topic", TOPICS)
def test_a_template_filled_in_is_read(peopled, topic):
    file = peopled.folder / "template.csv"
    assert peopled("register", "template", topic, "-o", file).code == 0
    heading = file.read_bytes()
    assert heading.startswith(b"\xef\xbb\xbf")
    assert TOPICS[topic].columns[0].field.zh in heading.decode()
    empty = peopled("register", "import", topic, file)
    assert (empty.code, TOPICS[topic].en in empty.out) == (1, True)
    if topic == "officers":
        take(peopled, "authorities")
    if topic != "participants":
        file.write_bytes(heading + expand(ROWS[topic][1]).encode())
        assert peopled("register", "import", topic, file, "--json").json["added"] == 1


def test_a_topic_that_is_none_is_told_with_the_nearest(peopled):
    answer = peopled("register", "list", "licence")
    assert answer.code == 2
    assert 'Did you mean "licences"?' in answer.err
