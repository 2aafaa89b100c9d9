"""Where quotes come from: links to the line and the revision, unique anchors, and initials that tell groups apart."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.corpus_records import PadId
from pipeline.analysis_records import PadInfo
from pipeline.report.quote_sources import anchor, find_sources, group_marks, line_anchor, timeslider
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, read
from tests.support.hostile import ANY_TEXT

ANALYSIS, CORPUS = read(ALLOTMENTS)

SERVER = "https://pads.example.org"
PAD = PadInfo(pad_id=PadId("water"), group="Water", revision=12, sha256="", source="water.txt")


def test_a_pad_of_the_events_server_is_linked_to_at_the_revision_that_was_read() -> None:
    assert timeslider(PAD, SERVER) == "https://pads.example.org/p/water/timeslider#12"
    assert timeslider(PAD, SERVER + "/etherpad/") == "https://pads.example.org/etherpad/p/water/timeslider#12"


def test_a_pad_that_came_from_a_url_is_on_that_server() -> None:
    elsewhere = replace(PAD, source="http://other.example.net:9001/p/water")
    assert timeslider(elsewhere, SERVER) == "http://other.example.net:9001/p/water/timeslider#12"
    assert timeslider(elsewhere, None) == "http://other.example.net:9001/p/water/timeslider#12"


@pytest.mark.parametrize(
    ("name", "written"),
    (
        ("a b", "a%20b"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ('"><script>', "%22%3E%3Cscript%3E"),
        ("g.1234$notes", "g.1234%24notes"),
        ("%41", "%2541"),
        ("emoji😀", "emoji%F0%9F%98%80"),
        ("~~~~__NOTOC__", "%7E%7E%7E%7E%5F%5FNOTOC%5F%5F"),
        ("x]' y", "x%5D%27%20y"),
    ),
)
def test_the_pads_name_is_percent_encoded(name: str, written: str) -> None:
    assert timeslider(replace(PAD, pad_id=PadId(name)), SERVER) == f"{SERVER}/p/{written}/timeslider#12"


@pytest.mark.parametrize(
    "server",
    (
        None,
        "",
        "pads.example.org",
        "javascript:alert(1)//",
        "data:text/html,x",
        "ftp://pads.example.org",
        "https://user:secret@pads.example.org",
        "https://pads.example.org/ onclick=x",
        'https://pads.example.org/"x',
        "https://pads.example.org/__NOTOC__",
        "https://",
        "http://[::1",
    ),
)
def test_no_link_is_made_to_what_is_no_plain_web_address(server: str | None) -> None:
    assert timeslider(PAD, server) is None


def test_no_link_is_made_where_the_revision_is_not_known_or_the_name_is_a_step_up() -> None:
    assert timeslider(replace(PAD, revision=None), SERVER) is None
    assert timeslider(replace(PAD, pad_id=PadId("..")), SERVER) is None


@pytest.mark.parametrize(
    ("language", "tag"),
    (("de", "de"), ("zh-Hant", "zh-Hant"), ("en", None), ("und", None), ("", None), ('de" x="', None), ("de\n", None)),
)
def test_only_known_languages_other_than_that_of_the_report_are_tagged(language: str, tag: str | None) -> None:
    assert find_sources(ANALYSIS, CORPUS.pads, translation(), None).language_tag(language) == tag


def test_english_is_tagged_in_a_spanish_report_and_spanish_is_not() -> None:
    sources = find_sources(ANALYSIS, CORPUS.pads, translation("es"), None)
    assert (sources.language_tag("en"), sources.language_tag("es")) == ("en", None)


def test_a_quote_names_its_line_and_its_pad_if_the_group_has_several() -> None:
    sources = find_sources(ANALYSIS, CORPUS.pads, translation(), None)
    quote = sources.quote(ANALYSIS.segments[1])
    assert (quote.where, quote.anchor, quote.at) == ("line 5", "pad-water-l5", "1:59-129")
    joined = replace(ANALYSIS, pads=tuple(replace(pad, group="All") for pad in ANALYSIS.pads))
    for language, where in (("en", "line 5 of water"), ("es", "línea 5 de water")):
        sources = find_sources(joined, CORPUS.pads, translation(language), None)
        assert [group.name for group in sources.groups] == ["All"]
        assert sources.quote(replace(ANALYSIS.segments[1], group="All")).where == where


NAMES = st.lists(st.one_of(ANY_TEXT, st.sampled_from(["Water", "water", "Wa", "1", "Working group 1"])), unique=True)


def initials(*names: str) -> list[str]:
    return [mark.initials for mark in group_marks(names)]


def test_initials_remind_of_the_name() -> None:
    assert initials("Partnerships", "Capacity building", "Bees") == ["Pa", "CB", "Be"]


def test_link_words_do_not_count_as_words() -> None:
    assert initials("Children & the gate", "The group of elders") == ["CG", "El"]


def test_numbered_groups_bear_their_number() -> None:
    assert initials("Table 1", "Table 12", "Vision 2030") == ["T1", "T12", "Vi"]
    assert initials("ES2002", "ES2003") == ["Es", "E03"]


def test_names_that_begin_alike_get_other_letters_and_names_without_letters_a_number() -> None:
    assert initials("Water", "Wagons", "Walls", "???", "") == ["Wa", "Wg", "Wl", "4", "5"]


def test_initials_are_taken_from_any_script() -> None:
    assert initials("Почва", "水の管理", "قهوة") == ["По", "水の", "قه"]


WEB = re.compile(r"https?://[^\s\"'<>\[\]{}|@\\]+")


@given(ANY_TEXT, st.sampled_from(["", "https://", "http://x.example", "javascript:"]), ANY_TEXT, ANY_TEXT | st.none())
def test_whatever_a_manifest_names_as_source_a_link_is_a_web_address_without_a_login(
    name: str, begins: str, source: str, server: str | None
) -> None:
    link = timeslider(replace(PAD, pad_id=PadId(name), source=f"{begins}{source}/p/{name}"), server)
    assert link is None or WEB.fullmatch(link)


@given(NAMES)
def test_no_two_groups_share_initials_or_anchor(names: list[str]) -> None:
    marks = group_marks(names)
    assert len({mark.initials.casefold() for mark in marks}) == len(names)
    assert len({mark.anchor for mark in marks}) == len(names)


@given(st.lists(st.tuples(ANY_TEXT, st.integers(1, 3000)), unique=True))
def test_no_two_lines_share_an_anchor_and_none_holds_what_a_link_or_selector_would_act_on(
    lines: list[tuple[str, int]],
) -> None:
    anchors = {line_anchor(PadId(pad), number) for pad, number in lines}
    assert len(anchors) == len(lines)
    assert all(re.fullmatch(r"pad-[A-Za-z0-9_-]*-l[0-9]+", anchor) for anchor in anchors)


def test_plain_names_stay_readable_in_anchors() -> None:
    assert line_anchor(PadId("water-2"), 7) == "pad-water-2-l7"
    assert line_anchor(PadId("a/b c"), 1) == "pad-a_2Fb_20c-l1"
    assert anchor("concern", "c-1f3a") == "concern-c-1f3a"
