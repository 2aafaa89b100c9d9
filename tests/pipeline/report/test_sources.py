"""Quotes say where they stand and lead there: the line in the report, the revision on the server."""

from dataclasses import replace

import pytest

from fetch.corpus_records import PadId
from pipeline.analysis_records import PadInfo
from pipeline.report.quote_sources import language_tag, sources, timeslider
from tests.support.annotated import ALLOTMENTS, read

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
def test_only_other_languages_that_are_known_are_tagged(language: str, tag: str | None) -> None:
    assert language_tag(language) == tag


def test_a_quote_says_its_line_and_of_which_pad_where_a_group_has_several() -> None:
    analysis, corpus = read(ALLOTMENTS)
    known = sources(analysis, corpus.pads, None)
    quote = known.quote(analysis.segments[1])
    assert (quote.where, quote.anchor, quote.at) == ("line 5", "pad-water-l5", "1:59-129")
    joined = replace(analysis, pads=tuple(replace(pad, group="All") for pad in analysis.pads))
    known = sources(joined, corpus.pads, None)
    assert [group.name for group in known.groups] == ["All"]
    assert known.quote(replace(analysis.segments[1], group="All")).where == "line 5 of water"
