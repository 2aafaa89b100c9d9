"""A pad's id is a file's name and back: readable, distinct everywhere, never outside its folder."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetch.corpus_records import PadId
from fetch.locations import LONGEST, pad_id_of, stem_of

ANY_CHARACTER = st.characters(exclude_categories=[])
IDS = st.text(ANY_CHARACTER, min_size=1, max_size=60).map(PadId)
ETHERPAD_IDS = st.text(ANY_CHARACTER, min_size=1, max_size=50).map(PadId)


def as_a_case_insensitive_file_system_sees(name: str) -> str:
    """APFS, NTFS and casefolding ext4 fold case and normalisation, none further than this."""
    decomposed = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFD", decomposed.casefold())


@pytest.mark.parametrize(
    ("pad_id", "stem"),
    (
        ("partnerships", "partnerships"),
        ("wmcon18-partnerships", "wmcon18-partnerships"),
        ("pad.txt", "pad.txt"),
        ("Simple", "Simple~1"),
        ("simple", "simple"),
        ("Community Health", "Community Health~401"),
        ("emoji😀", "emoji😀"),
        ("für alle", "für alle"),
        ("会议记录", "会议记录"),
        ("..", "%2e."),
        (".hidden", "%2ehidden"),
        ("-rf", "%2drf"),
        ("a\\b", "a%5cb"),
        ("a/../b", "a%2f..%2fb"),
        ("%41", "%2541"),
        ("A", "A~1"),
        ("~1", "%7e1"),
        ("con", "%63on"),
        ("CON", "%43ON~18"),
        ("nul.notes", "%6eul.notes"),
        ("console", "console"),
        ("g.s8oes9dhwrvt0zif$test", "g.s8oes9dhwrvt0zif$test"),
        ("😀" * 50, "😀" * 50),
    ),
)
def test_names_stay_readable(pad_id: str, stem: str) -> None:
    assert stem_of(PadId(pad_id)) == stem
    assert pad_id_of(stem) == pad_id


@given(IDS)
@example(PadId("\ud800"))
@example(PadId("e\u0301"))
def test_a_name_leads_back_to_its_pad(pad_id: PadId) -> None:
    stem = stem_of(pad_id)
    assert pad_id_of(stem) == pad_id or "~~" in stem


@given(IDS, IDS)
@example(PadId("Simple"), PadId("simple"))
@example(PadId("é"), PadId("e\u0301"))
@example(PadId("ß"), PadId("ss"))
@example(PadId("\u212a"), PadId("k"))
@example(PadId("\u212a"), PadId("K"))
@example(PadId("x" * 300), PadId("x" * 301))
def test_unlike_pads_have_unlike_names_where_case_does_not_count(one: PadId, other: PadId) -> None:
    seen = {as_a_case_insensitive_file_system_sees(stem_of(each)) for each in (one, other)}
    assert len(seen) == len({one, other})


@given(st.text(ANY_CHARACTER, min_size=1, max_size=20).map(PadId))
def test_a_pad_and_its_changes_of_case_and_normalisation_stay_apart(pad_id: PadId) -> None:
    kin = {pad_id, pad_id.upper(), pad_id.lower(), pad_id.casefold(), pad_id.swapcase()}
    kin |= {unicodedata.normalize(form, one) for form in ("NFC", "NFD", "NFKC", "NFKD") for one in sorted(kin)}
    assert len({as_a_case_insensitive_file_system_sees(stem_of(PadId(one))) for one in kin}) == len(kin)


@given(IDS)
def test_no_name_leaves_its_folder_or_offends_a_file_system(pad_id: PadId) -> None:
    stem = stem_of(pad_id)
    assert not set(stem) & set('/\\:*?"<>|\0')
    assert stem.isprintable()
    assert stem[0] not in {".", "-", " "}
    assert len(stem.encode()) <= LONGEST


@given(ETHERPAD_IDS)
def test_an_id_that_etherpad_allows_fits_or_is_cut_to_a_name_of_its_own(pad_id: PadId) -> None:
    assert len(f"{stem_of(pad_id)}.structure.json".encode()) <= 255


@pytest.mark.parametrize("stem", ("Simple", "simple~1x", "%4", "%zz", "a~0", "a~", "%61", "a~~" + "0" * 64, ""))
def test_a_name_that_was_not_made_from_a_pad_is_known_as_such(stem: str) -> None:
    assert pad_id_of(stem) is None
