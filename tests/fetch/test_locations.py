"""Where pads are: names and addresses on servers, ids in an event, and file names that are safe on every system."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetch.corpus_records import Event, ManifestEntry, PadId, PadRef
from fetch.locations import Place, new_file, pad_ids, place_in

ANY_CHARACTER = st.characters(exclude_categories=[])
IDS = st.text(ANY_CHARACTER, min_size=1, max_size=300).map(PadId)


def stem_of(pad_id: str) -> str:
    return new_file(PadId(pad_id), "txt").removeprefix("pads/").removesuffix(".txt")


def as_a_case_insensitive_file_system_sees(name: str) -> str:
    """APFS, NTFS and casefolding ext4 fold case and normalisation, none further than this."""
    decomposed = unicodedata.normalize("NFD", name)
    return unicodedata.normalize("NFD", decomposed.casefold())


@pytest.mark.parametrize("pad_id", ("partnerships", "wmcon18-partnerships", "group_2", "console", "x" * 100))
def test_a_plain_id_is_the_name_of_its_file(pad_id: str) -> None:
    assert stem_of(pad_id) == pad_id


@pytest.mark.parametrize(
    ("pad_id", "readable"),
    (
        ("Simple", "Simple"),
        ("Community Health", "Community_Health"),
        ("für alle", "für_alle"),
        ("会议记录", "会议记录"),
        ("emoji😀", "emoji"),
        ("..", "pad"),
        ("-rf", "rf"),
        ("a/../b", "a_b"),
        ("a\\b", "a_b"),
        ("con", "con"),
        ("nul.notes", "nul_notes"),
        ("g.s8oes9dhwrvt0zif$test", "g_s8oes9dhwrvt0zif_test"),
        ("simple~dc32f7c98d2a1db5", "simple_dc32f7c98d2a1db5"),
        ("会" * 60, "会" * 33),
    ),
)
def test_any_other_name_stays_readable_and_gets_a_hash(pad_id: str, readable: str) -> None:
    name, _, digits = stem_of(pad_id).partition("~")
    assert name == readable
    assert len(digits) == 16


def test_the_name_of_a_file_does_not_change_between_versions(root: Path) -> None:
    guide = (root / "docs" / "fetch.md").read_text(encoding="utf-8")
    assert f"`Simple` becomes `{stem_of('Simple')}`" in " ".join(guide.split())


@given(IDS, IDS)
@example(PadId("Simple"), PadId("simple"))
@example(PadId("é"), PadId("e\u0301"))
@example(PadId("ß"), PadId("ss"))
@example(PadId("\u212a"), PadId("k"))
@example(PadId("\u212a"), PadId("K"))
@example(PadId("x" * 300), PadId("x" * 301))
def test_unlike_pads_have_unlike_names_where_case_does_not_count(first: PadId, second: PadId) -> None:
    seen = {as_a_case_insensitive_file_system_sees(stem_of(pad_id)) for pad_id in (first, second)}
    assert len(seen) == len({first, second})


@given(st.text(ANY_CHARACTER, min_size=1, max_size=20))
def test_a_pad_and_its_changes_of_case_and_normalisation_stay_apart(pad_id: str) -> None:
    variants = {pad_id, pad_id.upper(), pad_id.lower(), pad_id.casefold(), pad_id.swapcase()}
    for variant in sorted(variants):
        variants |= {unicodedata.normalize(form, variant) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    seen = {as_a_case_insensitive_file_system_sees(stem_of(variant)) for variant in variants}
    assert len(seen) == len(variants)


@given(IDS)
@example(PadId("\ud800"))
def test_no_name_leaves_its_folder_or_offends_a_file_system(pad_id: PadId) -> None:
    stem = stem_of(pad_id)
    assert not set(stem) & set('/\\:*?"<>|\0.')
    assert stem.isprintable()
    assert stem[0] not in {"-", " ", "~"}
    assert len(stem.encode()) <= 120
    assert stem.casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


def entry(pad_id: str, file: str) -> ManifestEntry:
    return ManifestEntry(pad_id=PadId(pad_id), file=file, source="", sha256="", size=0, fetched_at="")


def test_the_manifest_says_which_pad_a_file_is() -> None:
    files = ("pads/Simple~1.txt", new_file(PadId("Two words"), "txt"), "pads/Put here.txt")
    event = Event(id="camp", title="", pads=tuple(PadRef(group="", file=file) for file in files))
    entries = {PadId("Simple"): entry("Simple", "pads/Simple~1.txt"), PadId("Two words"): entry("Two words", "")}
    assert pad_ids(event, entries) == ("Simple", "Two words", "Put here")


def test_a_withheld_file_of_an_earlier_version_is_known_by_its_name() -> None:
    files = ("pads/Simple~1.txt", "pads/a.b.txt", "pads/%2ddash.txt", "pads/other.txt")
    event = Event(id="camp", title="", pads=tuple(PadRef(group="", file=file) for file in files))
    entries = {PadId(pad_id): entry(pad_id, "") for pad_id in ("Simple", "a.b", "-dash")}
    assert pad_ids(event, entries) == ("Simple", "a.b", "-dash", "other")


def test_pads_of_one_name_on_two_servers_have_two_ids() -> None:
    refs = (PadRef(group="", pad="notes"), PadRef(group="", url="https://two.example.org/p/notes"))
    event = Event(id="camp", title="", server="https://one.example.org", pads=refs)
    assert pad_ids(event, {}) == ("notes", "notes@two.example.org")


@pytest.mark.parametrize(
    ("url", "place"),
    (
        ("https://pads.example.org/p/a", Place(server="https://pads.example.org", name="a", etherpad=True)),
        ("https://x.org/pad/p/a%2Fb?x#y", Place(server="https://x.org/pad", name="a/b", etherpad=True)),
        ("https://x.org/p/a%20%20b::c", Place(server="https://x.org", name="a_b_c", etherpad=True)),
        ("https://md.x.org/abc?both", Place(server="https://md.x.org", name="abc", etherpad=False)),
        ("https://x.org/md/s/abc", Place(server="https://x.org/md/s", name="abc", etherpad=False)),
        ("http://127.0.0.1:9001/p/g.1$b", Place(server="http://127.0.0.1:9001", name="g.1$b", etherpad=True)),
    ),
)
def test_a_link_gives_the_server_and_the_name(url: str, place: Place) -> None:
    assert place_in(url) == place


@pytest.mark.parametrize(
    ("name", "path"),
    (("..", "%2E%2E"), (".", "%2E"), ("a.b", "a.b"), ("%41", "%2541"), ("a/b", "a%2Fb"), ("g.x$y", "g.x%24y")),
)
def test_a_name_is_quoted_so_that_nothing_on_the_way_changes_it(name: str, path: str) -> None:
    assert Place(server="https://x.org", name=name, etherpad=True).page == f"https://x.org/p/{path}"
