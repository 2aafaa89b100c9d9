"""What is sent to each group: its own part of the report, and of other groups only what is in a shared concern."""

import re
from dataclasses import replace

import pytest

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis, MissingVoice, VoiceGap
from pipeline.report.formats import html, wikitext
from pipeline.report.group_pages import MOST_OF_OTHERS
from pipeline.report.quote_sources import page_path
from pipeline.report.report_view import build
from pipeline.report.whole_pages import GroupPageView
from pipeline.segment_records import LineRole, SegmentId
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, read
from tests.support.annotated import build as event
from tests.support.hostile import HOSTILE, event_of
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

ANALYSIS, CORPUS = read(ALLOTMENTS)
OUTPUTS = checked_report(ANALYSIS, CORPUS)


def pages_of(analysis: Analysis, corpus: Corpus, language: str = "en") -> dict[str, GroupPageView]:
    view = build(analysis, corpus, translation(language))
    return {page.group.name: page for page in view.group_pages}


PAGES = pages_of(ANALYSIS, CORPUS)


def test_every_group_has_a_page_also_one_that_wrote_nothing() -> None:
    assert list(PAGES) == ["Water", "Soil", "Children & gate", "Bees", "Paths"]
    for group in PAGES:
        for ending in (".html", ".wiki"):
            assert f"{page_path(group)}{ending}" in OUTPUTS


def test_a_page_has_the_groups_own_part_of_the_report() -> None:
    water, soil = PAGES["Water"], PAGES["Soil"]
    assert [step.quote.line for step in water.next_steps] == [13, 14]
    assert (water.next_steps[0].owner, water.next_steps[0].due) == ("Ana", "by Friday")
    assert [quote.line for own in water.decisions for quote in own.items] == [17]
    assert [question.quote.line for question in water.answered_questions] == [8]
    assert [quote.line for own in soil.open_questions for quote in own.items] == [5]
    assert [concern.label for own in soil.one_group for concern in own.items] == ["wheelbarrows"]
    assert [quote.line for own in water.other_notes for quote in own.items] == [5, 10]


def test_what_others_wrote_on_the_same_is_apart_from_what_the_group_wrote() -> None:
    [pays, rota] = PAGES["Soil"].recurring
    assert [quote.line for quote in pays.own.items] == [5]
    assert [(quote.group.name, quote.line) for quote in pays.best] == [("Water", 6), ("Children & gate", 6)]
    assert [(own.group.name, [quote.line for quote in own.items]) for own in pays.others] == [("Water", [7, 14])]
    assert [quote.group.name for quote in rota.best] == ["Children & gate"]


def test_a_page_has_what_other_groups_say_about_the_group_and_nothing_that_they_say_about_others() -> None:
    said = {group: [(own.group.name, own.items[0].line) for own in page.said_of] for group, page in PAGES.items()}
    assert said["Children & gate"] == [("Water", 5), ("Soil", 5)]
    assert said["Bees"] == []


def test_of_a_very_broad_concern_the_page_says_how_many_quotes_the_report_has_beyond_those_shown() -> None:
    note = "* the tap drips ‖ concern=tap"
    outputs = checked_report(*event({"1 Water": note, "2 Soil": "\n".join([note] * (MOST_OF_OTHERS + 5))}))
    for ending, reader in ((".html", html.read_back), (".wiki", wikitext.read_back)):
        page = outputs[f"{page_path('Water')}{ending}"]
        assert sum(quote.pad == 2 for quote in reader(page)) == MOST_OF_OTHERS
        assert "5 more quotes in the report" in page


@pytest.mark.parametrize("event_name", ("allotments", "hostile"))
def test_other_groups_are_quoted_in_shared_concerns_and_where_they_speak_of_the_group_only(event_name: str) -> None:
    analysis, corpus = (ANALYSIS, CORPUS) if event_name == "allotments" else event_of(HOSTILE)
    outputs = OUTPUTS if event_name == "allotments" else checked_report(analysis, corpus)
    for group in {info.group for info in analysis.pads}:
        together = {member for one in analysis.concerns if group in one.groups for member in one.segment_ids}
        allowed = {one.text for one in analysis.segments if one.id in together or one.about_group == group}
        numbers = {number for number, info in enumerate(analysis.pads, start=1) if info.group == group}
        for reader, ending in ((html.read_back, ".html"), (wikitext.read_back, ".wiki")):
            quotes = reader(outputs[f"{page_path(group)}{ending}"])
            assert {quote.text for quote in quotes if quote.pad not in numbers} <= allowed


def test_of_an_answer_by_a_group_that_shares_no_concern_only_the_place_is_named() -> None:
    analysis, corpus = read_allotments()
    [answered] = [one for one in analysis.segments if one.answer and one.group == "Soil"]
    [answer] = [one for one in analysis.segments if one.id == answered.answer]
    assert answer.group != "Soil"
    outputs = checked_report(analysis, corpus)
    for ending in (".html", ".wiki"):
        page = outputs[f"{page_path('Soil')}{ending}"]
        assert answer.text[-12:] not in page
        assert "Children & gate" in page.split("Questions with notes that may answer them")[1].replace("&amp;", "&")


def test_all_lines_of_all_pads_of_a_group_are_on_its_page_in_order() -> None:
    analysis, corpus = event({"1 Water": "* the tap drips\n\n* who pays?", "2 Soil": "* full bins"})
    infos = tuple(replace(info, group="Garden") for info in analysis.pads)
    pads = tuple(replace(pad, group="Garden") for pad in corpus.pads)
    segments = tuple(replace(segment, group="Garden") for segment in analysis.segments)
    analysis = replace(analysis, pads=infos, segments=segments)
    outputs = checked_report(analysis, replace(corpus, pads=pads))
    lines = re.findall(r'<li id="pad-(\S+)-l(\d)"', outputs[f"{page_path('Garden')}.html"])
    assert lines == [("water", "1"), ("water", "2"), ("water", "3"), ("soil", "1")]
    page = pages_of(analysis, replace(corpus, pads=pads))["Garden"]
    assert "What the program could not place (line 1 of water, line 3 of water and line 1 of soil)" in str(page.reply)


def test_the_answer_names_the_group_and_asks_with_the_numbers_of_lines() -> None:
    assert PAGES["Water"].reply == (
        "Water, Allotments, an invented event",
        *("", "Is this what you said?", ""),
        *("", "What is wrong, and in which line?", ""),
        *("", "What is missing?", ""),
        *("", "Next steps (lines 13 and 14): who does what, and by when?", ""),
        *("", "Decisions (line 17): is this what you decided?", ""),
        *("", "What the program could not place (lines 5 and 10): what does it belong to?", ""),
    )
    assert "¿Es esto lo que dijeron?" in pages_of(ANALYSIS, CORPUS, "es")["Water"].reply


@pytest.mark.parametrize("ending", (".html", ".wiki"))
def test_the_answer_can_be_copied_as_it_stands(ending: str) -> None:
    page = OUTPUTS[f"{page_path('Children & gate')}{ending}"]
    if ending == ".html":
        [text] = re.findall(r"<pre[^>]*>\n(.*?)</pre>", page, re.DOTALL)
        lines = html.unescape(text).splitlines()
    else:
        lines = [line.removeprefix(" ") for line in page.splitlines() if line.startswith(" ")]
    assert lines == list(PAGES["Children & gate"].reply)


def test_lines_of_a_pad_without_a_server_link_to_the_pad_where_the_page_has_it() -> None:
    notes = {"1 Water": "* who pays for the tap? ‖ question concern=pays", "2 Soil": "* and the bins? ‖ concern=pays"}
    analysis, corpus = event(notes)
    outputs = checked_report(
        replace(analysis, pads=tuple(replace(one, revision=None) for one in analysis.pads)), corpus
    )
    page = outputs[f"{page_path('Water')}.wiki"]
    assert "“who pays for the tap?” — Water, [[#pad-water|line 1]]" in page
    assert '=== <span id="pad-water"></span>Pad water' in page
    assert "“and the bins?” — Soil, line 1\n" in page
    assert "[[#pad-" not in outputs["report.wiki"]
    for name, text in outputs.items():
        if name.endswith(".wiki"):
            linked = set(re.findall(r"\[\[#([^|]*)\|", text))
            assert linked <= set(re.findall(r'<span id="([^"]*)"></span>', text))


def test_what_is_hidden_stays_hidden_and_its_line_is_still_accounted_for() -> None:
    segments = tuple(
        replace(segment, role=LineRole.HIDDEN) if segment.id == SegmentId("water-10") else segment
        for segment in ANALYSIS.segments
    )
    outputs = checked_report(replace(ANALYSIS, segments=segments), CORPUS)
    for ending, line in ((".html", 'id="pad-water-l10"'), (".wiki", "— line 10: ")):
        page = outputs[f"{page_path('Water')}{ending}"]
        assert "rain barrels are full" not in page
        assert "[hidden]" in html.unescape(page)
        assert line in page


def test_a_page_says_which_voices_of_the_group_are_missing_and_of_no_other() -> None:
    gaps = tuple(
        MissingVoice(why=VoiceGap.WITHHELD, pad=f"secret-{group.lower()}", group=group) for group in ("Water", "Soil")
    )
    outputs = checked_report(replace(ANALYSIS, missing_voices=gaps), CORPUS)
    for ending in (".html", ".wiki"):
        page = outputs[f"{page_path('Water')}{ending}"]
        assert "Withheld at their authors’ request: Water (secret-water)." in page
        assert "secret-soil" not in page


NAMES = (
    "../../etc/passwd",
    "a/b",
    "..",
    "CON",
    "Water",
    "water",
    "WATER",
    "x" * 300,
    "x" * 301,
    "!",
    "?",
    "é",
    "e\u0301",
)
"""Names that would leave the folder, or meet where a file system ignores case, normalises Unicode or cuts names."""


def test_hostile_names_of_groups_give_each_a_file_of_its_own_in_the_folder() -> None:
    analysis, corpus = event({f"{number} Group {number}": "* the tap drips" for number in range(len(NAMES))})
    called = dict(zip((info.group for info in analysis.pads), NAMES, strict=True))
    analysis = replace(
        analysis,
        pads=tuple(replace(info, group=called[info.group]) for info in analysis.pads),
        segments=tuple(replace(segment, group=called[segment.group]) for segment in analysis.segments),
        missing_voices=(),
    )
    pads = tuple(replace(pad, group=called[pad.group]) for pad in corpus.pads)
    files = [name for name in checked_report(analysis, replace(corpus, pads=pads)) if name.startswith("groups/")]
    assert all(re.fullmatch(r"groups/[\w~-]{1,120}\.(html|wiki)", name) for name in files)
    assert len({name.casefold() for name in files}) == 2 * len(NAMES)
