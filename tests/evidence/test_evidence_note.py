"""Signed notes, keys, cosignatures, checkpoints and proofs: the specifications' examples, and what must be refused."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.evidence.checkpoint import Checkpoint, CheckpointError, parse_checkpoint, parse_head
from suyuan.evidence.keys import (
    COSIGNATURE,
    ED25519,
    SM2,
    KeyTextError,
    VerifierKey,
    make_signer_key,
    parse_signer_key,
    parse_verifier_key,
)
from suyuan.evidence.note import NoteError, open_note, open_strictly, sign_line, sign_note, split_note
from suyuan.evidence.proof import Proof, ProofError, decode_receipt, parse_proof
from suyuan.evidence.record import commit_personal, make_entry

# The key and the note of the Go implementation, golang.org/x/mod/sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
NOTE = TEXT + "\n" + LINE

# The examples of c2sp.org/signed-note and c2sp.org/tlog-cosignature; their keys are not given.
SALVATORE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

KEYS = {one: make_signer_key("log.example/a", algorithm=one, private=bytes(range(1, 33))) for one in (ED25519, SM2)}
WITNESS = make_signer_key("w.example/1", algorithm=COSIGNATURE, private=bytes(range(2, 34)))


def test_key_and_note_of_the_go_implementation():
    signer = parse_signer_key(SKEY)
    assert str(signer) == SKEY
    assert str(signer.verifier) == str(parse_verifier_key(VKEY)) == VKEY
    assert sign_note(TEXT, [signer]) == NOTE
    assert open_note(NOTE, [VKEY]).text == TEXT
    assert open_note(NOTE.encode(), [signer.verifier]).unknown == ()
    with pytest.raises(NoteError, match="does not belong"):
        open_note(NOTE.replace("cryptography", "cryptographY"), [VKEY])


def test_no_part_and_no_change_of_a_key_is_a_key():
    for start in range(len(VKEY)):
        for end in range(start, len(VKEY) + 1):
            if (start, end) != (0, len(VKEY)):
                with pytest.raises(KeyTextError):
                    parse_verifier_key(VKEY[start:end])
    for at, character in enumerate(VKEY):
        with pytest.raises(KeyTextError):
            parse_verifier_key(VKEY[:at] + chr(ord(character) + 1) + VKEY[at + 1 :])


def test_examples_of_the_specifications_are_read():
    text, (signature,) = split_note(SALVATORE)
    assert text.endswith("\n\ned è subito sera.\n")
    assert (signature.name, len(signature.signature)) == ("quasimodo.example/salvatore", 64)
    text, (_, cosignature) = split_note(SOFA)
    assert parse_head(text).size == 20_852_163
    assert cosignature.time == 1_679_315_147
    assert cosignature.line in SOFA
    with pytest.raises(NoteError, match="None of the known"):
        open_note(SOFA, [VKEY])


def test_key_ids_are_those_of_the_page():
    for key, kind in ((KEYS[ED25519], b"\1"), (KEYS[SM2], b"\xffsuyuan-sm2-sm3/1"), (WITNESS, b"\4")):
        expected = hashlib.sha256(key.name.encode() + b"\n" + kind + key.verifier.public).digest()[:4]
        assert key.verifier.key_id == expected
        assert parse_verifier_key(str(key.verifier)) == key.verifier
        assert str(parse_signer_key(str(key))) == str(key)


# golang.org/x/mod/sumdb/note refuses the like.
MALFORMED = {
    "no signatures": TEXT,
    "no line after the blank one": TEXT + "\n",
    "no newline at the end": NOTE[:-1],
    "no blank line": TEXT + LINE,
    "a blank line at the end": NOTE + "\n",
    "text after the signatures": NOTE + "more\n",
    "a hyphen for the dash": NOTE.replace("— ", "- "),
    "no name": NOTE.replace("— PeterNeumann", "— "),
    "a plus in the name": NOTE.replace("— Peter", "— Peter+"),
    "two spaces": NOTE.replace("— PeterNeumann ", "— PeterNeumann  "),
    "a no-break space in the name": NOTE.replace("— Peter", "— Peter\u00a0"),
    "base64 without its padding": NOTE.replace("JnAM=\n", "JnAM\n"),
    "base64 in another spelling": NOTE.replace("JnAM=\n", "JnAN=\n"),
    "only a key ID": TEXT + "\n— PeterNeumann x08gow==\n",
    "a carriage return": NOTE.replace("\n", "\r\n"),
    "a tab": NOTE.replace("If you", "If\tyou"),
    "a zero byte": NOTE.replace("If you", "If\0you"),
    "half a character": NOTE.replace("If you", "If\ud800you"),
    "too many signatures": TEXT + "\n" + LINE * 101,
    "too long": "x" * 1_000_001 + NOTE,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_note_is_refused(text):
    with pytest.raises(NoteError):
        open_note(text, [VKEY])


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(NoteError, match="UTF-8"):
        open_note(NOTE.encode().replace(b"If", b"\xff\xfe"), [VKEY])


def test_lines_of_unknown_keys_are_left_aside_or_refused():
    both = NOTE + "— 见证.example xFhgo/ZJkuBS9UG/\n" + LINE.replace("— PeterNeumann", "— Someone")
    note = open_note(both, [VKEY])
    assert [one.name for one in note.unknown] == ["见证.example", "Someone"]
    with pytest.raises(NoteError, match="trust file does not list"):
        open_strictly(both, [VKEY])
    # Name and key ID together are the key: with one of them right the line is still of somebody else.
    other_id = "x08gpP" + LINE.split(" ")[2][6:]
    assert len(open_note(NOTE + f"— PeterNeumann {other_id}", [VKEY]).unknown) == 1


def test_known_key_signs_once_and_its_bad_line_spoils_the_note():
    with pytest.raises(NoteError, match="two signatures"):
        open_note(NOTE + LINE, [VKEY])
    log = KEYS[ED25519]
    bad = sign_line("another text\n", log)
    with pytest.raises(NoteError, match="does not belong"):
        open_note(NOTE + bad, [VKEY, log.verifier])
    with pytest.raises(NoteError, match="None of the known"):
        open_note(NOTE, [])
    assert open_note(NOTE, [VKEY, VKEY]).text == TEXT, "the same key given twice is one key"


def test_two_keys_of_one_name_and_one_id_are_refused():
    key = KEYS[ED25519].verifier
    twin = make_signer_key("log.example/a", algorithm=ED25519, private=bytes(range(3, 35))).verifier
    object.__setattr__(twin, "key_id", key.key_id)
    with pytest.raises(NoteError, match="share a name"):
        open_note(sign_note("t\n", [KEYS[ED25519]]), [key, twin])


def test_key_signs_for_its_name_only():
    note = sign_note("t\n", [KEYS[ED25519].renamed("log.example/a/2026")])
    with pytest.raises(NoteError, match="None of the known"):
        open_note(note, [KEYS[ED25519].verifier.renamed("log.example/a/2027")])
    assert open_note(note, [KEYS[ED25519].verifier.renamed("log.example/a/2026")]).text == "t\n"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "日志.example", "a\u200bb", "a\u00a0b", "a\x7f"])
def test_name_of_a_key_is_printable_ascii(name):
    with pytest.raises(KeyTextError, match="key name"):
        VerifierKey(name, ED25519, KEYS[ED25519].verifier.public)


def test_text_that_cannot_be_a_note_is_not_signed():
    for text in ("no newline", "a\ttab\n", ""):
        with pytest.raises(NoteError, match="ends with a newline"):
            sign_note(text, [KEYS[ED25519]])


def test_witness_signs_a_text_with_a_time_and_no_other():
    text = "log.example/a\n1\n" + "A" * 43 + "=\n"
    note = sign_note(text, [KEYS[ED25519]]) + sign_line(text, WITNESS, time=1_700_000_000)
    opened = open_note(note, [WITNESS.verifier])
    assert [one.time for _, one in opened.signatures] == [1_700_000_000]
    (_, (_, cosignature)) = split_note(note)
    later = replace(cosignature, signature=(1_700_000_001).to_bytes(8, "big") + cosignature.signature[8:])
    with pytest.raises(NoteError, match="does not belong"):
        open_note(text + "\n" + later.line, [WITNESS.verifier])
    beyond = replace(cosignature, signature=b"\xff" * 8 + cosignature.signature[8:])
    with pytest.raises(NoteError, match="does not belong"):
        open_note(text + "\n" + beyond.line, [WITNESS.verifier])
    # A witness's key is no log's: without its time its signature is none of the text.
    as_log = VerifierKey(WITNESS.name, ED25519, WITNESS.verifier.public)
    assert not as_log.verify(text.encode(), cosignature.signature[8:])
    with pytest.raises(KeyTextError):
        WITNESS.sign(text.encode())
    with pytest.raises(KeyTextError):
        KEYS[ED25519].cosign(text.encode(), time=1)
    with pytest.raises(KeyTextError):
        WITNESS.cosign(text.encode(), time=2**63)


@given(st.sampled_from([ED25519, SM2]), st.data())
def test_any_change_of_a_signed_note_is_refused(algorithm, draw):
    note = sign_note("log.example/a\n一\n", [KEYS[algorithm]]).encode()
    at = draw.draw(st.integers(0, len(note) - 1))
    put = draw.draw(st.binary(max_size=2))
    changed = note[:at] + put + note[at + draw.draw(st.integers(0, 2)) :]
    if changed != note:
        with pytest.raises(NoteError):
            open_note(changed, [KEYS[algorithm].verifier])


# -- checkpoints --

HEAD = Checkpoint("log.example/a/2026", 5, bytes(range(32)), bytes(range(1, 33)), datetime(2026, 5, 3, tzinfo=UTC))


def test_checkpoint_is_read_as_it_was_written():
    assert parse_checkpoint(str(HEAD)) == HEAD
    assert str(HEAD).split("\n")[3:5] == [
        "sm3 AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
        "time 2026-05-03T00:00:00.000000Z",
    ]
    assert parse_head(str(HEAD)).root == HEAD.root
    assert parse_checkpoint(str(replace(HEAD, size=2**63 - 1))).size == 2**63 - 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n+5\n"),
        ("\n5\n", "\n-5\n"),
        ("\n5\n", "\n５\n"),
        ("\n5\n", "\n9223372036854775808\n"),
        ("\n5\n", "\n5 \n"),
        ("sm3 ", ""),
        ("sm3 ", "sm3  "),
        ("time ", ""),
        ("time ", "Time "),
        (".000000Z", "Z"),
        ("log.example/a/2026", ""),
        ("HyA=\n", "HyB=\n"),
        ("Z\n", "Z\nmore\n"),
        ("Z\n", "Z"),
        ("Z\n", "Z\n\n"),
    ],
)
def test_checkpoint_in_any_other_form_is_refused(old, new):
    assert old in str(HEAD)
    with pytest.raises(CheckpointError):
        parse_checkpoint(str(HEAD).replace(old, new))


@pytest.mark.parametrize(
    "text", ["", "a\n", "a\n5\n", "a\n5\nAAAA\n", "\n5\n" + "A" * 43 + "=\n", "a\n05\n" + "A" * 43 + "=\n"]
)
def test_head_of_no_log_is_refused(text):
    with pytest.raises(CheckpointError):
        parse_head(text)


# -- proofs --

PATH = (
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n"
)
FANCY = "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n"
# The example of c2sp.org/tlog-proof, with base64 where it shortens.
EXAMPLE = f"c2sp.org/tlog-proof@v1\nextra YWdl\nindex 73894\n{PATH}\n{FANCY}\n— example.com/fancylog hI2DJw==\n"


def test_example_of_the_specification_is_read():
    proof = parse_proof(EXAMPLE.encode())
    assert (proof.index, proof.extra, len(proof.path)) == (73_894, b"age", 5)
    assert proof.checkpoint.startswith(FANCY)
    assert str(proof) == EXAMPLE
    assert str(parse_proof(EXAMPLE.replace("extra YWdl\n", "").encode())) == EXAMPLE.replace("extra YWdl\n", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("extra YWdl", "extra "),
        ("extra YWdl", "extra YWdm="),
        ("extra YWdl\n", "extra YWdl\nextra YWdl\n"),
        ("index 73894", "index 073894"),
        ("index 73894", "index -1"),
        ("index 73894", "index 1" + "0" * 19),
        ("index 73894\n", ""),
        ("extra YWdl\nindex 73894\n", "index 73894\nextra YWdl\n"),
        ("XmA=", "XmB="),
        ("\n\n", "\n"),
        ("c2sp", "\nc2sp"),
    ],
)
def test_proof_in_any_other_form_is_refused(old, new):
    with pytest.raises(ProofError):
        parse_proof(EXAMPLE.replace(old, new).encode())


def test_proof_that_is_too_long_is_refused():
    with pytest.raises(ProofError, match="path"):
        parse_proof(EXAMPLE.replace(PATH, PATH * 13).encode())
    with pytest.raises(ProofError, match="bytes"):
        parse_proof(EXAMPLE.encode() + bytes(8_000_000))


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_reading_anything_raises_nothing_else(content):
    for read in (parse_proof, decode_receipt):
        with pytest.raises(ProofError):
            read(content)
    with pytest.raises(NoteError):
        open_note(content, [VKEY])


@given(st.integers(0, 10**18), st.integers(0, 63), st.binary(max_size=60))
def test_proof_is_read_as_it_was_written(index, height, extra):
    source = random.Random(index)
    proof = Proof(index, tuple(source.randbytes(32) for _ in range(height)), NOTE, extra)
    assert parse_proof(str(proof).encode()) == proof


# -- entries and personal fields --


def test_entry_is_what_the_page_says():
    preimage = b"suyuan-entry/1\0" + bytes(range(32)) + b'{"a":1}'
    expected = b"\1" + hashlib.sha256(preimage).digest() + hashlib.new("sm3", preimage).digest()
    assert make_entry(b'{"a":1}', blind=bytes(range(32))) == expected
    for length in (0, 31, 33):
        with pytest.raises(ValueError, match="32 bytes"):
            make_entry(b"{}", blind=bytes(length))


def test_personal_value_is_committed_to_as_the_page_says():
    expected = hashlib.sha256(b"suyuan-pd/1\0" + bytes(32) + b"owner_name\0" + "王".encode()).hexdigest()
    assert commit_personal("owner_name", "王", salt=bytes(32)) == f"pd1:{expected}"
    # A zero byte in the field would move the border between field and value.
    with pytest.raises(ValueError, match="no key of a record"):
        commit_personal("owner\0name", "x", salt=bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        commit_personal("owner_name", "x", salt=b"")
