"""Proofreading finds one wrong character, one lost line, in any file."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ledger import LedgerError
from pipeline.report import render_report
from pipeline.report.proofreading import proofread, read_html
from pipeline.verbatim import VerbatimError
from tests.support.annotated import ALLOTMENTS, read
from tests.support.hostile import ANY_TEXT, HOSTILE, event_of

ANALYSIS, CORPUS = read(ALLOTMENTS)
OUTPUTS = render_report(ANALYSIS, CORPUS)
QUOTED = sorted({"report.html", "report.wiki", "report.md", "quotes.csv", "entities.csv"})


def proofread_with(name: str, text: str) -> None:
    proofread({**OUTPUTS, name: text}, ANALYSIS, CORPUS.pads)


@pytest.mark.parametrize("name", ("report.html", "report.wiki", "report.md", "quotes.csv"))
@pytest.mark.parametrize(
    "change",
    (
        lambda text: text.replace("out of his own pocket", "out of his pocket"),
        lambda text: text.replace("out of his own pocket", "out of his own pocket "),
        lambda text: text.replace("the pump breaks", "The pump breaks"),
        lambda text: text.replace("a rota for emptying them", "a rota for emptying them."),
    ),
)
def test_a_changed_quote_is_refused(name: str, change: Callable[[str], str]) -> None:
    assert change(OUTPUTS[name]) != OUTPUTS[name]
    with pytest.raises(VerbatimError, match=rf"{name}: the quote at \d:\d+-\d+ is not what the pad says"):
        proofread_with(name, change(OUTPUTS[name]))


LOST: dict[str, str] = {
    "report.html": r'<li id="pad-water-l10".*?</li>',
    "report.wiki": r"\* “<bdi[^>]*>rain barrels.*\n",
    "report.md": r"- “rain barrels.*\n",
    "quotes.csv": r"water-10,.*\r\n",
    "entities.csv": r"e2,.*\r\n",
}


@pytest.mark.parametrize("name", QUOTED)
def test_a_lost_line_is_refused(name: str) -> None:
    without = re.sub(LOST[name], "", OUTPUTS[name], count=1)
    assert without != OUTPUTS[name]
    with pytest.raises(VerbatimError, match=f"{name}: the words at .* are missing"):
        proofread_with(name, without)


@pytest.mark.parametrize("name", QUOTED)
def test_a_quote_that_claims_another_place_is_refused(name: str) -> None:
    moved = OUTPUTS[name].replace("1:203-246", "1:204-247").replace("7,203,246", "7,204,247").replace("220,223", "0,3")
    with pytest.raises(VerbatimError, match=name):
        proofread_with(name, moved)


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=3))
@settings(max_examples=60)
def test_whatever_people_write_every_file_quotes_it_to_the_character(texts: list[str]) -> None:
    outputs = render_report(*event_of(texts))
    for text in outputs.values():
        text.encode()


def test_all_hostile_cases_at_once_are_quoted_to_the_character() -> None:
    analysis, corpus = event_of(HOSTILE)
    outputs = render_report(analysis, corpus)
    found = dict(read_html(outputs["report.html"]))
    for number, segment in enumerate(analysis.segments, start=1):
        assert any(words == segment.text for words in found.values()), (number, segment.text)


def test_nothing_is_rendered_of_a_pad_that_changed_or_a_ledger_that_does_not_close() -> None:
    water, *others = CORPUS.pads
    changed = replace(water, sha256="0" * 64)
    with pytest.raises(VerbatimError, match="Pad water has changed"):
        render_report(ANALYSIS, replace(CORPUS, pads=(changed, *others)))
    longer = replace(water, text=water.text + "\none more line")
    with pytest.raises(LedgerError, match="Pad water: it has 18 lines"):
        render_report(ANALYSIS, replace(CORPUS, pads=(longer, *others)))
