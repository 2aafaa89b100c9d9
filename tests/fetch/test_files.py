"""Files: any bytes become text or one plain sentence, and a file is replaced whole or not at all."""

import errno
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import TextRemark, TextRemarkKind
from fetch.errors import PadFailure
from fetch.files import Decoded, decode, decode_file, describe_os_error, read_bytes, replace_file, without_surrogates

FRENCH = "Café au lait, déjà vu, très bien, à bientôt.\n"
RUSSIAN = "Кто берёт на себя организацию встречи? Мы не успели обсудить бюджет.\n"
POLISH = "Kto weźmie na siebie organizację spotkania? Musimy omówić budżet, część druga.\n"


def test_utf_8_is_taken_to_the_character() -> None:
    text = "\tnested\x0b\x0c\x85 line\u2028same line\r end \u200f\u05e2\u05d1\n\n"
    assert decode_file(text.encode()) == decode(text.encode()) == Decoded(text)


@pytest.mark.parametrize("encoding", ("utf-8-sig", "utf-16"))
def test_a_byte_order_mark_tells_the_encoding_and_is_no_text(encoding: str) -> None:
    decoded = decode_file(FRENCH.encode(encoding))
    assert decoded.text == FRENCH
    assert decoded.remarks


@pytest.mark.parametrize(
    ("text", "encoding"), ((FRENCH, "cp1252"), (RUSSIAN, "cp1251"), (POLISH, "cp1250"), ("It’s “fine”\n", "cp1252"))
)
def test_an_older_encoding_is_guessed_and_the_guess_is_reported(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.text_remarks == (TextRemark(kind=TextRemarkKind.GUESSED_ENCODING, encoding=encoding),)


@pytest.mark.parametrize(
    ("charset", "text"),
    (
        ("ISO-8859-1", "NEL \x85 é here"),
        ("windows-1251", "NEL … й here"),
        ("utf-8", "NEL … é here"),
        ("no-such-thing", "NEL … é here"),
        ("unicode_escape", "NEL … é here"),
        ("hex", "NEL … é here"),
    ),
)
def test_a_declared_encoding_is_taken_if_it_is_one_of_text(charset: str, text: str) -> None:
    decoded = decode(b"NEL \x85 \xe9 here", charset)
    assert (charset, decoded.text) == (charset, text)
    assert decoded.text_remarks or decoded.remarks


def test_utf_16_needs_no_mark_where_it_is_declared() -> None:
    assert decode(FRENCH.encode("utf-16-le"), "UTF-16LE").text == FRENCH


def test_one_odd_byte_does_not_spoil_the_rest() -> None:
    decoded = decode("é è ".encode() + b"\xff" + " ê".encode())
    assert decoded.text == "é è \ufffd ê"
    assert [str(remark) for remark in decoded.text_remarks] == ["bytes that are not UTF-8 became \ufffd (1 of them)"]


def test_replacement_characters_that_were_written_are_not_counted_as_broken() -> None:
    (remark,) = decode("é è \ufffd ".encode() + b"\xff" + " ê".encode()).text_remarks
    assert remark.count == 1


@pytest.mark.parametrize(
    ("data", "text", "remark"),
    (
        (b"a\0b and \0\n", "a\0b and \0\n", TextRemark(kind=TextRemarkKind.NUL, count=2)),
        (b"a \xed\xa0\xbd b", "a \ufffd b", TextRemark(kind=TextRemarkKind.LONE_SURROGATE, count=1)),
        ("a\0b café\n".encode("utf-16"), "a\0b café\n", TextRemark(kind=TextRemarkKind.NUL, count=1)),
    ),
)
def test_odd_characters_are_kept_or_replaced_and_counted(data: bytes, text: str, remark: TextRemark) -> None:
    decoded = decode_file(data)
    assert decoded.text.removeprefix("\ufeff") == text
    assert decoded.text_remarks == (remark,)


def test_pairs_of_surrogates_are_joined() -> None:
    assert decode(b"\xed\xa0\xbd\xed\xb8\x80") == Decoded("😀", (), ("its surrogate pairs (CESU-8) were joined",))


@pytest.mark.parametrize(
    ("data", "text"), ((b"a\r\nb\r\n", "a\nb\n"), (b"a\rb\r", "a\nb\n"), (b"a\rb\n", "a\rb\n"), (b"a\n", "a\n"))
)
def test_line_ends_of_other_systems_become_plain_and_a_return_inside_a_line_stays(data: bytes, text: str) -> None:
    decoded = decode_file(data)
    assert decoded.text == text
    assert bool(decoded.remarks) == (data.decode() != text)


@pytest.mark.parametrize(
    "data",
    (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\x00\x08",
        bytes(range(256)),
        b"\xff\xfe\x00",
        b"\0",
        "UTF-16 without its mark".encode("utf-16-le"),
        b"caf\xe9 au lait\0",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9,
    ),
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(PadFailure, match=r"holds binary data|begins like"):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_become_text_that_utf_8_can_hold_or_a_sentence(data: bytes) -> None:
    with suppress(PadFailure):
        text = decode_file(data).text
        assert decode_file(text.encode()).text in {text, text.removeprefix("\ufeff")}


@given(st.text(st.characters(exclude_categories=[])))
def test_no_lone_surrogate_survives(text: str) -> None:
    safe = without_surrogates(text)
    assert safe.encode().decode() == safe
    assert safe == text or any("\ud800" <= c <= "\udfff" for c in text)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_replaced_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "notes.txt"
    replace_file(path, b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("mask", "file", "folder"), ((0o022, 0o644, 0o755), (0o077, 0o600, 0o700), (0o002, 0o664, 0o775))
)
def test_who_may_read_a_file_is_the_umasks_to_say(
    tmp_path: Path, umask: Callable[[int], int], mask: int, file: int, folder: int
) -> None:
    umask(mask)
    path = tmp_path / "new" / "notes.txt"
    for content in (b"old", b"new"):
        replace_file(path, content)
        assert (mode(path), mode(path.parent)) == (file, folder)


def test_a_file_that_its_owner_closed_to_others_stays_closed(tmp_path: Path, umask: Callable[[int], int]) -> None:
    path = tmp_path / "notes.txt"
    replace_file(path, b"old")
    path.chmod(0o600)
    replace_file(path, b"new")
    assert mode(path) == 0o600
    path.chmod(0o666)
    umask(0o027)
    replace_file(path, b"newer")
    assert mode(path) == 0o640


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "notes.txt"
    path.write_bytes(b"old")
    monkeypatch.setattr("fetch.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left") as error:
        replace_file(path, b"new")
    assert describe_os_error(error.value) == "the disk is full; free some space and run this again"
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"x" * 11)
    assert read_bytes(tmp_path / "notes.txt", 11) == b"x" * 11
    with pytest.raises(PadFailure, match="split it or leave it out"):
        read_bytes(tmp_path / "notes.txt", 10)
