"""The report says which pads were read by wording only."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from fetch.corpus_records import Corpus, PadId
from pipeline.report import render_report
from pipeline.report.report_view import build
from pipeline.settings import Settings
from tests.support.analysis import analysis_of
from tests.support.builders import corpus
from tests.support.concerns_said import Note, notes

NOW = "2026-05-04T12:00:00+00:00"


def pad(*said: Note) -> str:
    return "".join(f"* {note.text}\n" for note in said)


ENGLISH, SPANISH, FRENCH = notes("en"), notes("es"), notes("fr")
MIXED = {"Soil": pad(*ENGLISH[:12]), "Agua": pad(*SPANISH), "Gate": pad(*ENGLISH[12:], *FRENCH[:2])}


def told(one: Corpus, encoder: str = "") -> list[tuple[str, str]]:
    analysis = analysis_of(one, Settings(encoder=encoder))
    return [(pad.group.name, pad.words) for pad in build(analysis, one.pads).wording_only]


def test_a_pad_in_another_language_is_named_with_it_and_a_few_notes_with_their_number() -> None:
    assert told(corpus(MIXED)) == [("Agua", "Spanish"), ("Gate", "2 notes in French")]


def test_of_a_group_with_several_pads_the_pad_is_named() -> None:
    one = corpus({"Soil": pad(*ENGLISH), "Agua": pad(*SPANISH[:12]), "Fuente": pad(*SPANISH[12:])})
    soil, agua, fuente = one.pads
    twice = replace(one, pads=(soil, agua, replace(fuente, group="Agua", pad_id=PadId("fuente"))))
    assert told(twice) == [("Agua", "agua: Spanish"), ("Agua", "fuente: Spanish")]


@pytest.mark.parametrize("texts", ({"Soil": MIXED["Soil"]}, {"Soil": MIXED["Soil"] + pad(FRENCH[0])}, {}))
def test_an_english_event_needs_no_such_words_nor_does_a_single_foreign_note(texts: Mapping[str, str]) -> None:
    assert told(corpus(texts)) == []


def test_an_encoder_of_the_users_own_reads_every_language() -> None:
    assert told(corpus(MIXED), encoder="a-multilingual-model") == []


@pytest.mark.parametrize("name", ("report.html", "report.md", "report.wiki"))
def test_every_format_says_it(name: str) -> None:
    one = corpus(MIXED)
    text = render_report(analysis_of(one), one)[name]
    assert "Read by wording only" in text
    assert "2 notes in French" in text
