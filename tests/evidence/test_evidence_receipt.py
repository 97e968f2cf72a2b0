"""Verdicts on receipts: what is verified, what is provisional, and why the others are refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from receipt_factory import SECOND, VALID_FROM, ReceiptFactory, grow_twin

from suyuan.evidence import canonical
from suyuan.evidence.keys import COSIGNATURE, ED25519, SM2
from suyuan.evidence.note import sign_note
from suyuan.evidence.proof import Receipt
from suyuan.evidence.receipt import as_json, verify_receipt
from suyuan.evidence.record import make_entry

FACTORY = ReceiptFactory(seed=3, size=40, delays={7: timedelta(hours=2)})
HOUR = timedelta(hours=1)
PROMISE_BROKEN = "broke its promise"
PROMISE_KEPT = "kept its promise"
NO_KEY = "that is valid at"
NOT_LISTED = "trust file does not list"


def judge(content: bytes, trust=None) -> tuple[str, str]:
    verdict = verify_receipt(content, trust=trust or FACTORY.trust)
    assert all(len(both) == 2 and all(both) for both in verdict.sentences)
    assert verdict.is_refused is (verdict.outcome == "refused")
    assert json.loads(as_json(verdict))["outcome"] == verdict.outcome
    return verdict.outcome, " ".join(english for english, _ in verdict.sentences)


def assert_refused(content: bytes, reason: str, trust=None) -> None:
    outcome, words = judge(content, trust)
    assert (outcome, reason in words) == ("refused", True), words


# -- good ones --


@pytest.mark.parametrize("index", range(40))
def test_receipt_of_every_leaf_is_verified(index):
    verdict = verify_receipt(FACTORY.receipt(index), trust=FACTORY.trust)
    assert verdict.outcome == "verified", verdict.sentences
    assert verdict.facts["record"] == FACTORY.leaves[index].fields
    assert verdict.facts["witnessed_at"] == "2026-05-03T04:11:20.000000Z"
    assert (verdict.facts["index"], verdict.facts["size"]) == (index, 40)


def test_receipt_of_every_row_is_verified():
    seen = set()
    for index, leaf in enumerate(FACTORY.leaves):
        for row, text in enumerate(leaf.rows):
            verdict = verify_receipt(FACTORY.receipt(index, row=row, acknowledgement=False), trust=FACTORY.trust)
            assert verdict.outcome == "verified", verdict.sentences
            assert verdict.facts["row"] == canonical.decode(text)
            seen.add((verdict.facts["row"]["outcome"], leaf.told[row] is not None))
    assert seen == {("accepted", False), ("accepted", True), ("duplicate", False), ("rejected", True)}


def test_log_of_one_leaf_is_verified():
    factory = ReceiptFactory(size=1)
    assert judge(factory.receipt(0), factory.trust)[0] == "verified"


def test_told_may_be_left_out_once_it_was_erased():
    index, row = FACTORY.find(outcome="rejected", has_told=True)
    content = FACTORY.content(index, row=row)
    erased = replace(content, row=replace(content.row, told=None), told=None)
    assert judge(FACTORY.wrap(index, erased))[0] == "verified"


# -- witnesses --


def test_two_of_three_witnesses_are_provisional_and_three_are_not():
    two = FACTORY.checkpoint(witnesses=FACTORY.witnesses[:2])
    outcome, words = judge(FACTORY.receipt(1, checkpoint=two))
    assert (outcome, "operator's word" in words, "by 3 witnesses" in words) == ("provisional", True, True)
    assert judge(FACTORY.receipt(1))[0] == "verified"


def test_quorum_of_nought_is_said_in_every_verdict():
    trust = FACTORY.trusting(quorum=0, witnesses=())
    outcome, words = judge(FACTORY.receipt(1, checkpoint=FACTORY.checkpoint(witnesses=[])), trust)
    assert (outcome, "rests on the operator's word alone" in words) == ("verified", True)
    # Even where witnesses have signed: the trust does not ask for them.
    outcome, words = judge(FACTORY.receipt(1), FACTORY.trusting(quorum=0))
    assert (outcome, "rests on the operator's word alone" in words) == ("verified", True)


def test_more_witnesses_than_asked_do_not_spoil_and_the_earliest_count():
    at = [FACTORY.time + one * SECOND for one in (50, 10, 20)]
    head = FACTORY.checkpoint(seen_at=at)
    verdict = verify_receipt(FACTORY.receipt(1, checkpoint=head), trust=FACTORY.trusting(quorum=2))
    assert verdict.outcome == "verified"
    assert verdict.facts["witnessed_at"] == canonical.format_moment(at[2].replace(microsecond=0))


def test_witness_with_two_keys_counts_once():
    again = FACTORY.key(COSIGNATURE, FACTORY.witnesses[0].name)
    trust = FACTORY.trusting(witnesses=(*FACTORY.trust.witnesses, again.verifier))
    twice = FACTORY.checkpoint(witnesses=[FACTORY.witnesses[0], FACTORY.witnesses[1], again])
    assert judge(FACTORY.receipt(1, checkpoint=twice), trust)[0] == "provisional"
    thrice = FACTORY.checkpoint(witnesses=[*FACTORY.witnesses, again])
    assert judge(FACTORY.receipt(1, checkpoint=thrice), trust)[0] == "verified"


def test_witness_signs_once():
    twice = FACTORY.checkpoint(witnesses=[*FACTORY.witnesses, FACTORY.witnesses[0]])
    assert_refused(FACTORY.receipt(1, checkpoint=twice), "two signatures")


def test_stolen_witness_counts_for_nothing_and_spoils_nothing():
    first, *others = FACTORY.trust.witnesses
    trust = FACTORY.trusting(witnesses=tuple(others), stolen_witnesses=(first,), quorum=2)
    assert judge(FACTORY.receipt(1), trust)[0] == "verified"
    two = FACTORY.checkpoint(witnesses=FACTORY.witnesses[:2])
    assert judge(FACTORY.receipt(1, checkpoint=two), trust)[0] == "provisional"
    # Whoever has the key may write any time he likes.
    early = FACTORY.checkpoint(seen_at=[VALID_FROM, FACTORY.time, FACTORY.time])
    assert judge(FACTORY.receipt(1, checkpoint=early), trust)[0] == "verified"


def test_stranger_among_the_witnesses_spoils_the_receipt():
    stranger = FACTORY.key(COSIGNATURE, "stranger.example")
    head = FACTORY.checkpoint(witnesses=[*FACTORY.witnesses, stranger])
    assert_refused(FACTORY.receipt(1, checkpoint=head), NOT_LISTED)


@pytest.mark.parametrize(("seconds", "outcome"), [(-60, "verified"), (-62, "refused"), (10**9, "verified")])
def test_witness_may_be_a_minute_early(seconds, outcome):
    factory = ReceiptFactory(size=3)
    whole = factory.time.replace(microsecond=0) + SECOND
    head = factory.checkpoint(time=whole, seen_at=[whole, whole + seconds * SECOND, whole])
    assert judge(factory.receipt(1, checkpoint=head), factory.trust)[0] == outcome


def test_witness_that_is_too_early_spoils_without_a_quorum_too():
    head = FACTORY.checkpoint(witnesses=FACTORY.witnesses[:1], seen_at=VALID_FROM)
    assert_refused(FACTORY.receipt(1, checkpoint=head), "before it was written")
    assert_refused(FACTORY.receipt(1, checkpoint=head), "before it was written", FACTORY.trusting(quorum=0))


def test_time_beyond_all_calendars_is_refused():
    class Endless:
        def timestamp(self):
            return 2**63 - 1

    head = FACTORY.checkpoint(seen_at=[FACTORY.time, FACTORY.time, Endless()])
    assert_refused(FACTORY.receipt(1, checkpoint=head), "beyond any calendar")


# -- keys of the log --


@pytest.mark.parametrize("left", [ED25519, SM2])
def test_missing_algorithm_is_refused(left):
    one = FACTORY.ed25519 if left is ED25519 else FACTORY.sm2
    other = SM2.name if left is ED25519 else ED25519.name
    assert_refused(FACTORY.receipt(1, checkpoint=FACTORY.checkpoint(signers=[one])), f"No key of {other}")
    alone = FACTORY.trusting(FACTORY.log_key(one))
    head = FACTORY.checkpoint(signers=[one])
    assert judge(FACTORY.receipt(1, checkpoint=head, acknowledgement=False), alone)[0] == "verified"


def test_key_counts_from_its_first_moment_until_before_its_last():
    at = FACTORY.time
    tick = timedelta(microseconds=1)
    for times, outcome in (
        ({"valid_from": at}, "verified"),
        ({"valid_from": at + tick}, "refused"),
        ({"valid_until": at + tick}, "verified"),
        ({"valid_until": at}, "refused"),
    ):
        trust = FACTORY.trusting(FACTORY.log_key(FACTORY.ed25519, **times), FACTORY.log_key(FACTORY.sm2))
        # SM2 alone is asked for where no Ed25519 key is valid; without SM2 nobody is left who could vouch.
        alone = FACTORY.trusting(FACTORY.log_key(FACTORY.ed25519, **times))
        head = FACTORY.checkpoint(signers=[FACTORY.ed25519])
        assert judge(FACTORY.receipt(1, acknowledgement=False, checkpoint=head), alone)[0] == outcome
        assert judge(FACTORY.receipt(1, acknowledgement=False), trust)[0] == "verified"


def test_rotation_with_overlap_holds_with_either_key():
    new = FACTORY.key(ED25519)
    times = {"valid_until": FACTORY.time + HOUR}
    trust = FACTORY.trusting(
        FACTORY.log_key(FACTORY.ed25519, **times),
        FACTORY.log_key(new, valid_from=FACTORY.time - HOUR),
        FACTORY.log_key(FACTORY.sm2),
    )
    for signers in ([FACTORY.ed25519], [new], [FACTORY.ed25519, new]):
        head = FACTORY.checkpoint(signers=[*signers, FACTORY.sm2])
        assert judge(FACTORY.receipt(1, checkpoint=head), trust)[0] == "verified"
    after = FACTORY.time + 2 * HOUR
    for signers, outcome in (([FACTORY.ed25519], "refused"), ([new], "verified"), ([FACTORY.ed25519, new], "verified")):
        head = FACTORY.checkpoint(signers=[*signers, FACTORY.sm2], time=after)
        assert judge(FACTORY.receipt(1, checkpoint=head), trust)[0] == outcome


def test_stolen_key_counts_only_if_the_whole_quorum_saw_it_before():
    stolen_at = FACTORY.time + HOUR
    trust = FACTORY.trusting(FACTORY.log_key(FACTORY.ed25519, stolen_at=stolen_at), FACTORY.log_key(FACTORY.sm2))
    before, after = stolen_at - 2 * SECOND, stolen_at + 2 * SECOND
    for seen_at, outcome in (
        ([before] * 3, "verified"),
        ([before, before, after], "refused"),
        ([after] * 3, "refused"),
    ):
        head = FACTORY.checkpoint(seen_at=seen_at)
        assert judge(FACTORY.receipt(1, acknowledgement=False, checkpoint=head), trust)[0] == outcome
    # The thief writes an older time into the checkpoint: it does not help him.
    forged = FACTORY.checkpoint(time=FACTORY.time, seen_at=after)
    assert_refused(FACTORY.receipt(1, checkpoint=forged), NO_KEY, trust)
    two = FACTORY.checkpoint(witnesses=FACTORY.witnesses[:2])
    assert_refused(FACTORY.receipt(1, checkpoint=two), NO_KEY, trust)
    assert_refused(FACTORY.receipt(1), NO_KEY, replace(trust, quorum=0))


def test_key_that_the_trust_does_not_list_spoils():
    head = FACTORY.checkpoint(signers=[FACTORY.ed25519, FACTORY.sm2, FACTORY.key(ED25519)])
    assert_refused(FACTORY.receipt(1, checkpoint=head), NOT_LISTED)
    assert_refused(FACTORY.receipt(1, checkpoint=FACTORY.checkpoint(signers=[FACTORY.key(ED25519)])), NOT_LISTED)


# -- another log, another year, another leaf --


def test_receipt_of_another_log_is_refused():
    other = ReceiptFactory(seed=3, size=8, name="other.example/log")
    assert judge(other.receipt(1), other.trust)[0] == "verified"
    assert_refused(other.receipt(1), "is of the log")
    renamed = FACTORY.trusting(name="log.example/suyuan/2026")
    assert_refused(FACTORY.receipt(1), "is of the log", renamed)


@pytest.mark.parametrize(
    "origin", ["log.example/suyuan", "log.example/suyuan/26", "log.example/suyuan/２０２６", "/2026"]
)
def test_origin_that_is_no_shard_is_refused(origin):
    head = FACTORY.head.replace("log.example/suyuan/2026", origin)
    assert_refused(FACTORY.receipt(1, checkpoint=head), "is of the log")


def test_checkpoint_signed_for_another_year_is_refused():
    next_year = FACTORY.checkpoint(origin="log.example/suyuan/2027")
    assert judge(FACTORY.receipt(1, checkpoint=next_year))[0] == "verified", "the same key signs every year's shard"
    moved = next_year.replace("log.example/suyuan/2027\n", "log.example/suyuan/2026\n", 1)
    assert_refused(FACTORY.receipt(1, checkpoint=moved), "does not belong to this text")
    for_2026 = next_year.replace("log.example/suyuan/2027", "log.example/suyuan/2026")
    assert_refused(FACTORY.receipt(1, checkpoint=for_2026), "does not belong to this text")


def test_receipt_against_the_checkpoint_of_another_shard_is_refused():
    other = ReceiptFactory(seed=4, size=40, year=2027)
    other.ed25519, other.sm2, other.witnesses = FACTORY.ed25519, FACTORY.sm2, FACTORY.witnesses
    assert_refused(FACTORY.receipt(1, checkpoint=other.checkpoint()), "does not lead to the sha256 root")


@pytest.mark.parametrize("change", ["index", "record", "blind", "path_sm3", "sha256"])
def test_receipt_with_a_part_of_another_is_refused(change):
    mine, other = FACTORY.content(4), FACTORY.content(5)
    if change in ("index", "sha256"):
        mine_bytes = FACTORY.receipt(4)
        old, new = ("index 4\n", "index 5\n") if change == "index" else paths_of(4, 5)
        assert_refused(mine_bytes.replace(old.encode(), new.encode(), 1), "sha256 root")
    else:
        mixed = replace(mine, **{change: getattr(other, change)})
        reason = "sm3 root" if change == "path_sm3" else "sha256 root"
        assert_refused(FACTORY.wrap(4, mixed), reason)


def paths_of(*indexes: int) -> list[str]:
    heads = [FACTORY.receipt(one).decode().partition("\n\n")[0] for one in indexes]
    return [head.partition(f"index {one}\n")[2] for head, one in zip(heads, indexes, strict=True)]


def sealed_anew(fields: dict, *, index: int = 1) -> tuple[ReceiptFactory, bytes]:
    """Return a log that holds a record of any fields whatever, and its receipt: what an operator could sign."""
    factory = ReceiptFactory(seed=5, size=3)
    text = canonical.encode(fields)
    factory.leaves[index] = replace(factory.leaves[index], fields=fields, record=text)
    factory.tree = grow_twin([make_entry(one.record, blind=one.blind) for one in factory.leaves])
    factory.head = factory.checkpoint()
    content = Receipt(text.decode(), factory.leaves[index].blind, factory.tree.sm3.path(index))
    return factory, factory.wrap(index, content)


GOOD_ACT = {"type": "act", "acted_at": "2026-05-03T02:00:00.000000Z", "sealed_at": "2026-05-03T02:00:00.000000Z"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (GOOD_ACT, None),
        ({**GOOD_ACT, "type": "deed"}, "no known type"),
        ({**GOOD_ACT, "type": ["act"]}, "no known type"),
        ({**GOOD_ACT, "type": "submission"}, "does not say when"),
        ({**GOOD_ACT, "type": "log"}, "opens another log"),
        ({**GOOD_ACT, "type": "log", "origin": "log.example/suyuan/2025"}, "opens another log"),
        ({**GOOD_ACT, "type": "log", "origin": "log.example/suyuan/2026"}, None),
        ({**GOOD_ACT, "acted_at": 5}, "does not say when"),
        ({**GOOD_ACT, "acted_at": "2026-05-03T02:00:00.000001Z"}, "contradict"),
        ({**GOOD_ACT, "received_at": "2026-05-03T02:00:00.000001Z"}, None),
        ({**GOOD_ACT, "sealed_at": "2026-05-03T02:11:20.000000Z"}, "contradict"),
        ({"type": "act"}, "does not say when"),
    ],
)
def test_record_is_asked_for_type_and_times(fields, reason):
    factory, content = sealed_anew(fields)
    if reason is None:
        assert judge(content, factory.trust)[0] == "verified"
    else:
        assert_refused(content, reason, factory.trust)


# -- rows --


def test_row_of_another_submission_is_refused():
    content = FACTORY.content(4, row=0)
    other = FACTORY.row_proof(5, 0)
    assert_refused(FACTORY.wrap(4, replace(content, row=other)), "row does not lead")
    act = FACTORY.content(10)
    assert_refused(FACTORY.wrap(10, replace(act, row=other)), "has no rows")


def test_entry_is_no_row_and_row_is_no_entry():
    row = FACTORY.row_proof(4, 0)
    as_record = replace(FACTORY.content(4), record=row.record, path_sm3=row.path_sm3, acknowledgement=None)
    assert_refused(FACTORY.wrap(4, as_record), "sha256 root")
    as_row = replace(row, record=FACTORY.leaves[4].record.decode())
    assert_refused(FACTORY.wrap(4, replace(FACTORY.content(4), row=as_row)), "row does not lead")


def test_row_at_another_place_or_on_one_path_only_is_refused():
    index = next(at for at, leaf in enumerate(FACTORY.leaves) if len(leaf.rows) > 2)
    content = FACTORY.content(index, row=0)
    for wrong in (
        replace(content.row, index=1),
        replace(content.row, path_sm3=content.row.path_sha256),
        replace(content.row, path_sha256=content.row.path_sm3),
        replace(content.row, path_sm3=content.row.path_sm3[:-1]),
    ):
        assert_refused(FACTORY.wrap(index, replace(content, row=wrong)), "row does not lead")


def test_told_that_is_not_what_was_told_is_refused():
    index, row = FACTORY.find(outcome="rejected", has_told=True)
    content = FACTORY.content(index, row=row)
    for told in (b"", content.row.told + b"\n", content.row.told.replace(b"row", b"Row")):
        wrong = replace(content, row=replace(content.row, told=told))
        assert_refused(FACTORY.wrap(index, wrong), "was told is not")
    index, row = FACTORY.find(outcome="duplicate", has_told=False)
    content = FACTORY.content(index, row=row)
    wrong = replace(content, row=replace(content.row, told=b"{}"))
    assert_refused(FACTORY.wrap(index, wrong), "was told is not")
    assert_refused(FACTORY.wrap(4, replace(FACTORY.content(4), told=b"[]")), "was told is not")
    assert FACTORY.content(3).told is not None
    assert_refused(FACTORY.wrap(3, replace(FACTORY.content(3), told=b"[]")), "was told is not")


# -- acknowledgements --


def test_promise_that_was_kept_and_one_that_was_broken():
    assert PROMISE_KEPT in judge(FACTORY.receipt(6))[1]
    outcome, words = judge(FACTORY.receipt(7))
    assert (outcome, PROMISE_BROKEN in words) == ("verified", True)
    sealed_at = canonical.parse_moment(FACTORY.leaves[6].fields["sealed_at"])
    for late, expected in ((timedelta(), PROMISE_KEPT), (timedelta(microseconds=1), PROMISE_BROKEN)):
        given = FACTORY.acknowledgement(6, committed_at=sealed_at - 60 * SECOND - late)
        assert expected in judge(FACTORY.receipt(6, acknowledgement=given))[1]


def test_acknowledgement_of_another_submission_is_refused():
    assert_refused(FACTORY.receipt(6, acknowledgement=FACTORY.acknowledgement(5)), "another submission")
    assert_refused(FACTORY.receipt(10, acknowledgement=FACTORY.acknowledgement(6)), "another submission")


@pytest.mark.parametrize("name", ["accepted", "byte_count", "digest_sm3", "received_at", "submitter"])
def test_acknowledgement_that_says_other_things_is_refused(name):
    leaf = FACTORY.leaves[6]
    value = leaf.description[name]
    others = [value + 1, bool(value)] if type(value) is int else [value.replace("1", "2")]
    for other in others:
        text = "suyuan-acknowledgement/1\n" + promised({**leaf.description, name: other})
        assert_refused(FACTORY.receipt(6, acknowledgement=sign_both(text)), "another submission")


def promised(fields: dict, **others) -> str:
    whole = {**fields, "included_by": "2026-05-03T02:13:00.000000Z", "log": FACTORY.name, **others}
    return canonical.encode(whole).decode() + "\n"


def sign_both(text: str) -> str:
    return sign_note(text, [FACTORY.ed25519, FACTORY.sm2])


def test_acknowledgement_in_another_form_is_refused():
    fields = FACTORY.leaves[6].description
    label = "suyuan-acknowledgement/1\n"
    good = label + promised(fields)
    assert judge(FACTORY.receipt(6, acknowledgement=sign_both(good)))[0] == "verified"
    for wrong, reason in (
        (good.replace("/1\n", "/2\n"), "no acknowledgement"),
        (label + promised(fields, more=1), "no acknowledgement"),
        (label + promised({}), "no acknowledgement"),
        (label + promised(fields, included_by="soon"), "by when"),
        (label + promised(fields, log="other.example/log"), "of another log"),
        (good + "\n", "malformed"),
        (good.replace("{", "{ "), "malformed"),
        (good.replace(label, ""), "malformed"),
        (str(FACTORY.head.partition("\n\n")[0]) + "\n", "malformed"),
    ):
        assert_refused(FACTORY.receipt(6, acknowledgement=sign_both(wrong)), reason)


def test_acknowledgement_needs_every_algorithm_of_its_time():
    for signers in ([FACTORY.ed25519], [FACTORY.sm2]):
        given = FACTORY.acknowledgement(6, signers=signers)
        assert_refused(FACTORY.receipt(6, acknowledgement=given), "lacks a signature")
    stranger = FACTORY.acknowledgement(6, signers=[FACTORY.ed25519, FACTORY.sm2, FACTORY.key(ED25519)])
    assert_refused(FACTORY.receipt(6, acknowledgement=stranger), NOT_LISTED)
    shard = [FACTORY.ed25519.renamed(FACTORY.origin), FACTORY.sm2.renamed(FACTORY.origin)]
    assert_refused(FACTORY.receipt(6, acknowledgement=FACTORY.acknowledgement(6, signers=shard)), "None of the known")


def test_acknowledgement_may_be_signed_anew_by_a_later_key_and_not_by_an_earlier():
    committed_at = canonical.parse_moment(FACTORY.leaves[6].description["received_at"]) + SECOND
    new = FACTORY.key(ED25519)
    trust = FACTORY.trusting(
        FACTORY.log_key(FACTORY.ed25519), FACTORY.log_key(new, valid_from=FACTORY.time), FACTORY.log_key(FACTORY.sm2)
    )
    anew = FACTORY.acknowledgement(6, signers=[new, FACTORY.sm2])
    assert judge(FACTORY.receipt(6, acknowledgement=anew), trust)[0] == "verified"
    old = FACTORY.log_key(new, valid_until=committed_at)
    earlier = FACTORY.trusting(FACTORY.log_key(FACTORY.ed25519), old, FACTORY.log_key(FACTORY.sm2))
    assert_refused(FACTORY.receipt(6, acknowledgement=anew), "lacks a signature", earlier)


def test_promise_of_a_stolen_key_counts_for_nothing():
    stolen = FACTORY.log_key(FACTORY.ed25519, stolen_at=datetime(2026, 12, 1, tzinfo=UTC))
    trust = FACTORY.trusting(stolen, FACTORY.log_key(FACTORY.sm2))
    outcome, words = judge(FACTORY.receipt(7), trust)
    assert (outcome, "was stolen" in words, PROMISE_BROKEN in words) == ("verified", True, False)


# -- form --


def test_receipt_of_another_format_or_with_more_in_it_is_refused():
    content = FACTORY.content(6)
    fields = json.loads(content.encode())
    for name, value, reason in (
        ("format", "suyuan-receipt/2", "another format"),
        ("blind", "AB" * 32, "malformed"),
        ("record", {}, "no text"),
        ("path_sm3", "AAAA", "malformed"),
        ("path_sm3", ["AAAA"], "no hash"),
        ("acknowledgement", None, "no text"),
        ("row", None, "row is malformed"),
        ("row", {}, "lacks"),
        ("told", "AB", "base64"),
        ("told", 5, "no text"),
        ("more", 1, "do not belong"),
    ):
        changed = {**fields, name: value}
        assert_refused(FACTORY.wrap(6, Raw(changed)), reason)
    for name in ("format", "record", "blind", "path_sm3"):
        assert_refused(FACTORY.wrap(6, Raw({key: fields[key] for key in fields if key != name})), "lacks")


class Raw:
    """Extra content of any form."""

    def __init__(self, fields: dict) -> None:
        self.fields = fields

    def encode(self) -> bytes:
        return canonical.encode(self.fields)
