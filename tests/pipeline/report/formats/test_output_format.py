"""What holds for every output format: escapes that can be inverted, declared files, and what each file says."""

import datetime as dt
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given

from fetch.corpus_records import TextRemark, TextRemarkKind
from pipeline.analysis_records import DateConflict, DateSource, MissingVoice, VoiceGap
from pipeline.report.formats import FORMATS, calendar_file, csv, html, markdown, wikitext
from pipeline.report.formats.output_format import (
    ReadQuote,
    restore_controls,
    spell_out_controls,
    to_references,
)
from pipeline.report.quote_sources import page_path
from pipeline.segment_records import LineRole, Spelling, SpellingReason
from tests.support.annotated import ALLOTMENTS, build, read
from tests.support.changed_event import changed_allotments
from tests.support.hostile import ANY_TEXT, HOSTILE
from tests.support.read_event import read_allotments
from tests.support.reports import checked_report

OUTPUTS = checked_report(*read(ALLOTMENTS))
ESCAPES: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "html": (html.escape, html.unescape),
    "wikitext": (wikitext.escape, wikitext.unescape),
    "wikitext between quotation marks": (wikitext.escape_quote, wikitext.unescape),
    "markdown": (markdown.escape, markdown.unescape),
    "csv": (csv.escape, csv.unescape),
    "calendar": (calendar_file.escape, calendar_file.unescape),
}
PAGES = ("report.html", "report.wiki", "report.md")


@pytest.mark.parametrize("name", ESCAPES)
@given(text=ANY_TEXT)
def test_escaped_text_is_unescaped_to_the_character(name: str, text: str) -> None:
    escape, invert = ESCAPES[name]
    assert invert(escape(text)) == text


@pytest.mark.parametrize("name", ESCAPES)
@given(text=ANY_TEXT)
def test_escaped_text_can_be_encoded_and_reorders_nothing(name: str, text: str) -> None:
    written = ESCAPES[name][0](text)
    written.encode()
    assert not re.search("[\0\r\u2028\u2029\u202a-\u202e\u2066-\u2069]", written)


@pytest.mark.parametrize("name", ESCAPES)
@pytest.mark.parametrize("unit", (" ", "a ", "'", "1", "[", "RFC ", "⟦", "\t\n", "&", "\\", "http:"))
def test_100_kb_of_anything_is_escaped_at_once(name: str, unit: str) -> None:
    text = "x" + unit * (100_000 // len(unit)) + "x"
    escape, invert = ESCAPES[name]
    assert invert(escape(text)) == text


def test_control_characters_are_spelled_out_and_so_is_the_bracket_that_begins_a_spelling() -> None:
    assert spell_out_controls("a\0b") == "a⟦U+0000⟧b"
    assert spell_out_controls("\U0001fffe") == "⟦U+1FFFE⟧"
    assert spell_out_controls("⟦U+0000⟧") == "⟦U+27E6⟧U+0000⟧"
    harmless = "tab\tnewline\nzero width \u200b, joined 👩🏽‍🌾"
    assert spell_out_controls(harmless) == harmless


@given(ANY_TEXT)
def test_spelling_out_is_inverted_to_the_character(text: str) -> None:
    assert restore_controls(spell_out_controls(text)) == text


@given(ANY_TEXT)
def test_references_hold_no_character_of_the_text_and_are_decoded_to_it(text: str) -> None:
    written = to_references(spell_out_controls(text))
    assert not set(written) - set("&#0123456789ltgamp;")
    assert restore_controls(unescape(written)) == text


def test_the_hostile_cases_are_read_as_their_file_says() -> None:
    assert len(HOSTILE) > 80
    assert "trailing  \nspaces  " in HOSTILE
    assert "back\\slash \\* \\<b>" in HOSTILE
    assert "# heading" in HOSTILE


def test_every_file_is_declared_by_one_format_which_gives_a_reason_if_it_quotes_nothing() -> None:
    analysis, corpus = changed_allotments()
    declared = [name for known in FORMATS for name in (*known.quotes, *known.quotes_nothing)]
    endings = [ending for known in FORMATS for ending in known.group_pages]
    declared += [f"{page_path(group)}{ending}" for group in {pad.group for pad in analysis.pads} for ending in endings]
    assert Counter(declared) == Counter(checked_report(analysis, corpus).keys())
    assert all(known.read_back for known in FORMATS if known.quotes or known.group_pages)
    assert all(reason for known in FORMATS for reason in known.quotes_nothing.values())


def test_a_place_is_parsed_into_pad_and_characters() -> None:
    assert ReadQuote.at("2:120-180", "a", "line 3") == ReadQuote(2, 120, 180, "a", "line 3")
    for place in ("", "2", "2:120", "2:x-180", "2:1-2-3"):
        with pytest.raises(ValueError, match=r"unpack|int\(\)"):
            ReadQuote.at(place, "", "")


def test_every_page_names_every_concern_and_says_what_became_of_empty_pads() -> None:
    for name in PAGES:
        for words in ("who pays for repairs", "wheelbarrows", "This pad was empty.", "held the template only"):
            assert words in OUTPUTS[name], (name, words)


def test_the_html_report_has_every_line_and_the_other_pages_every_statement() -> None:
    analysis, corpus = read(ALLOTMENTS)
    shown = {quote.text for quote in html.read_back(OUTPUTS["report.html"])}
    assert {line for pad in corpus.pads for line in pad.text.split("\n")} <= shown
    statements = {segment.text for segment in analysis.segments if segment.role is LineRole.CONTENT}
    assert len(statements) > 10
    assert statements <= {quote.text for quote in wikitext.read_back(OUTPUTS["report.wiki"])}
    assert statements <= {quote.text for quote in markdown.read_back(OUTPUTS["report.md"])}
    assert statements <= {quote.text for quote in csv.read_back(OUTPUTS["quotes.csv"])}


def test_every_page_says_why_two_spellings_of_a_name_are_one() -> None:
    analysis, corpus = build({"1 Water": "* ask Ana Lund ‖ PERSON=Ana_Lund\n* ask Ana ‖ PERSON=Ana"})
    full, short = analysis.entities
    also = (Spelling(written="Ana", like="Ana Lund", why=SpellingReason.FIRST_NAME),)
    joined = replace(full, mentions=full.mentions + short.mentions, also=also)
    outputs = checked_report(replace(analysis, entities=(joined,)), corpus)
    reason = "“Ana” is taken for “Ana Lund”: one is the first name in the other and in no other full name here"
    assert reason in outputs["report.wiki"]
    assert reason in outputs["report.md"]
    assert reason in re.sub(r"</?bdi>", "", outputs["report.html"])


READ = checked_report(*read_allotments())
ECHOES = {"report.html": 'id="echoes"', "report.wiki": "\n== Lines that echo", "report.md": "\n## Lines that echo"}
NEXT_PART = {"report.html": 'id="one-group"', "report.wiki": "\n== Concerns of", "report.md": "\n## Concerns of"}


@pytest.mark.parametrize("name", PAGES)
def test_what_a_model_wrote_stands_under_its_mark_with_the_places_that_it_cites(name: str) -> None:
    text = re.sub("<[^>]*>", "", READ[name]) if name == "report.html" else unescape(READ[name].replace("\\", ""))
    for words in ("Money for repairs worries all.", "Nobody knows who pays when the pump breaks."):
        parts = text.split(words)
        assert len(parts) > 1
        for before, after in pairwise(parts):
            mark = before.rpartition("Summary by a language model")[2]
            assert len(mark) < 200
            assert "Water, " in after[:40]
            assert "line 6" in after[:140]
    assert "Found and named by a language model." in text
    assert "A language model (small-model:7b at localhost:11434) read 20 notes" in text
    assert "placed by likeness after the reading" in text.split("write down who pays for what")[1][:200]


@pytest.mark.parametrize("name", PAGES)
def test_lines_that_echo_each_other_are_all_there_without_a_grade(name: str) -> None:
    part = READ[name].split(ECHOES[name])[1].split(NEXT_PART[name])[0]
    assert "Nobody has checked whether they are about one matter." in part
    assert "a rota would help" in part
    for words in ("we need a rota for emptying them", "will draw up a rota", "a rota for opening the gate"):
        assert words in part
    assert not re.search(r"\d+(</b>)? of \d", part)
    assert "echo each other" not in OUTPUTS[name]


@pytest.mark.parametrize("name", PAGES)
def test_an_answer_by_another_group_names_the_group(name: str) -> None:
    part = READ[name].split("Questions with notes that may answer them")[1]
    answer = part[part.index("might") :].split("\n")[0]
    assert "Children & gate" in unescape(answer)


def test_every_page_says_at_the_top_which_voices_are_missing() -> None:
    analysis, corpus = read(ALLOTMENTS)
    gap = MissingVoice(why=VoiceGap.UNREADABLE, pad="pad weeds", group="Weeds")
    outputs = checked_report(replace(analysis, missing_voices=(gap,)), corpus)
    for name in PAGES:
        top = outputs[name].split("This is a first draft")[0]
        assert "Could not be read: Weeds (pad weeds)." in top, name
        assert "pad weeds" not in OUTPUTS[name]


def test_every_page_says_of_which_pads_the_text_is_not_what_was_written() -> None:
    analysis, corpus = read(ALLOTMENTS)
    first, *others = analysis.pads
    remark = TextRemark(kind=TextRemarkKind.GUESSED_ENCODING, encoding="cp1252")
    outputs = checked_report(replace(analysis, pads=(replace(first, text_remarks=(remark,)), *others)), corpus)
    for name in PAGES:
        part = unescape(outputs[name].split("Texts are kept to the character")[1])
        assert re.search(rf"letters with accents may be wrong: {first.group} .*cp1252\)\.", part), name
        assert "Texts are kept to the character" not in OUTPUTS[name]


def test_every_page_says_that_the_event_has_no_date_or_one_that_cannot_be_right() -> None:
    analysis, corpus = read(ALLOTMENTS)
    conflict = DateConflict(
        source=DateSource.WRITTEN, count=2, known=2, first=dt.date(2015, 5, 3), last=dt.date(2015, 6, 12)
    )
    events = {
        "The event’s date is not known": replace(analysis.event, date=None),
        "every date with a year in the pads is more than a month away from it: 3 May–12 Jun 2015": replace(
            analysis.event, date_conflicts=(conflict,)
        ),
    }
    for sentence, event in events.items():
        outputs = checked_report(replace(analysis, event=event), corpus)
        for name in PAGES:
            assert sentence in outputs[name], name
            assert sentence not in OUTPUTS[name]


def test_every_page_says_whom_to_tell_about_mistakes() -> None:
    analysis, corpus = read(ALLOTMENTS)
    contact = "notes+2026@example.org"
    outputs = checked_report(analysis, replace(corpus, event=replace(corpus.event, contact=contact)))
    mail = f'href="mailto:notes%2B2026@example.org?subject={quote(analysis.event.title)}"'
    for name in (*PAGES, *(name for name in outputs if name.startswith("groups/"))):
        assert contact in unescape(outputs[name].replace("\\", "")), name
        assert contact not in OUTPUTS[name]
        assert outputs[name].count(mail) == name.endswith(".html")


def test_whom_to_tell_may_be_a_page() -> None:
    analysis, corpus = read(ALLOTMENTS)
    outputs = checked_report(
        analysis, replace(corpus, event=replace(corpus.event, contact="https://example.org/us?a&b"))
    )
    assert (
        '<a href="https://example.org/us?a&amp;b" rel="noreferrer">https://example.org/us?a&amp;b</a>'
        in (outputs["report.html"])
    )


def test_the_same_analysis_gives_the_same_bytes_whatever_the_hash_seed_and_working_directory(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from tests.support.annotated import ALLOTMENTS, read\n"
        "from tests.support.reports import checked_report\n"
        "sys.stdout.buffer.write(''.join(checked_report(*read(ALLOTMENTS)).values()).encode())\n"
    )
    root = str(Path(__file__).parents[4])
    for seed in ("1", "2"):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program, root],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert done.stdout == "".join(OUTPUTS.values()).encode()
