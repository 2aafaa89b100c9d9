"""The whole analysis, from a corpus to its report, on input small, odd and large."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from fetch.add import add_files
from fetch.corpus import read_corpus
from fetch.corpus_records import Corpus, Outcome, Problem, ProblemKind, TextRemarkKind
from pipeline.analysis_records import Account, Analysis
from pipeline.analyze import digest
from pipeline.anchors import Anchor
from pipeline.curation.decisions import Curation, HideQuote, New, StateKind
from pipeline.segment_records import Kind, LineRole
from pipeline.serialization import schema, to_json
from pipeline.settings import Settings
from tests.support.analysis import analysis_of
from tests.support.builders import corpus
from tests.support.reports import checked_report

NOW = "2026-05-04T12:00:00+00:00"

GARDENS = {
    "Water": "* the tap is shut all winter\n* who pays when the pump breaks?\n* Ana to call the council by Friday\n",
    "Soil": "* compost bins are always full\n* nobody knows who pays for repairs\n* we need a rota for the bins\n",
    "Kids": "* the gate must be locked\n* a rota for opening the gate would help\n* who pays for repairs?\n",
}

ODD: Mapping[str, Mapping[str, str]] = {
    "no pads": {},
    "one pad": {"Water": GARDENS["Water"]},
    "one line": {"Water": "* the tap is shut"},
    "one word": {"Water": "tap"},
    "all empty": {"Water": "", "Soil": "\n\n\n", "Kids": "  \t \n"},
    "only the template": dict.fromkeys(("Water", "Soil", "Kids"), "What is the issue?\n\nWho should be involved?\n"),
    "the same text in each": dict.fromkeys(("Water", "Soil", "Kids"), GARDENS["Water"]),
    "no letters": {"Water": "1 2 3\n---\n???\n", "Soil": "…\n+1\n"},
    "not English": {"Agua": "* el grifo está cerrado\n", "Почва": "* компост всегда полон\n", "水": "* 誰が払うのか\n"},
    "one endless line": {"Water": "the tap is shut and " * 5000, "Soil": "x" * 100_000},
    "hostile": {
        "<script>alert(1)</script>": "* </script><img src=x onerror=alert(1)>\n* {{subst:x}} [[File:x]] | =1+1\n",
        "odd characters": "\x00\x85\u2028\u202e\ufeff\r",
    },
}


ANSWERS = (
    *("the last tram leaves before we close", "an hour at the stop after eight", "fares went up twice this year"),
    *("no night service since March", "trains are full by the time they get here", "tickets cost more than the film"),
    *(
        "swings without chains",
        "toddlers have nowhere to dig",
        "broken glass in the sandpit",
        "no shade for children",
    ),
    *("the slide has sharp edges", "families drive to the next town to play"),
    *(
        "closed on Saturdays of all days",
        "the novels are from another century",
        "nobody picks up the phone",
    ),
    *("too loud to read", "borrowing ends at five", "the catalogue lists what was sold long ago"),
    *("streetlights off at ten", "the path along the canal is dark", "I do not walk home alone"),
)

AS_SHIPPED = Settings()


def run(one: Corpus, settings: Settings = AS_SHIPPED) -> Analysis:
    return analysis_of(one, settings)


def test_what_is_to_be_said_of_the_texts_of_files_reaches_the_report(tmp_path: Path) -> None:
    files = {
        "water.txt": b"* the tap\0 is shut\n",
        "soil.txt": "* Aimée l’a déjà vu, à bientôt\n".encode("cp1252"),
        "gate.html": b"<ul><li>the gate  is open</ul>",
    }
    paths = [tmp_path / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    folder = tmp_path / "corpus" / "fair"
    assert {result.outcome for result in add_files(folder, paths, dt.datetime.fromisoformat(NOW))} == {Outcome.NEW}
    analysis = run(read_corpus(folder))
    assert {pad.group: [remark.kind for remark in pad.text_remarks] for pad in analysis.pads} == {
        "water": [TextRemarkKind.NUL],
        "soil": [TextRemarkKind.GUESSED_ENCODING],
        "gate": [TextRemarkKind.FROM_HTML],
    }
    outputs = checked_report(analysis, read_corpus(folder))
    for name in ("report.html", "report.wiki", "report.md"):
        for remark in ("exact spaces: gate.", "accents may be wrong: soil (cp1252).", "in this report: water (1)."):
            assert remark in outputs[name], name
    assert "the tap⟦U+0000⟧ is shut" in outputs["quotes.csv"]


@pytest.mark.parametrize("name", ODD)
def test_odd_input_ends_in_a_report_and_a_closed_ledger(name: str) -> None:
    one = corpus(ODD[name])
    analysis = run(one)
    outputs = checked_report(analysis, one)
    assert "report.html" in outputs
    assert (
        analysis.ledger.total
        == sum(pad.text.count("\n") + 1 for pad in one.pads)
        == sum(analysis.ledger.counts.values())
    )


def test_many_and_long_pads_end_in_a_report() -> None:
    long = "\n".join(f"* point {n} on compost, taps and rota number {n % 17}" for n in range(1000))
    thirty = {f"Group {n}": f"{GARDENS['Water']}* bed {n} needs {n} bags of soil\n" for n in range(30)}
    for one in (corpus({"Long": long, "Soil": GARDENS["Soil"]}), corpus(thirty)):
        assert "report.html" in checked_report(run(one), one)


def test_answers_to_one_question_are_joined_more_readily_than_notes() -> None:
    one = corpus({f"Member {number}": f"* {answer}\n" for number, answer in enumerate(ANSWERS)})
    as_notes = Settings(answer_similarity=Settings().similarity)
    answers, notes = (sum(len(found.segment_ids) for found in run(one, how).concerns) for how in (AS_SHIPPED, as_notes))
    assert answers > notes


def test_every_segment_is_verbatim() -> None:
    one = corpus(GARDENS)
    texts = {pad.pad_id: pad.text for pad in one.pads}
    analysis = run(one)
    assert analysis.segments
    for segment in analysis.segments:
        assert texts[segment.pad_id][segment.start : segment.end] == segment.text


def test_set_aside_and_contentless_segments_are_in_no_concern() -> None:
    one = corpus({group: f"What is the issue?\n\n{text}" for group, text in GARDENS.items()})
    analysis = run(one)
    by_id = {segment.id: segment for segment in analysis.segments}
    for concern in analysis.concerns:
        for member in concern.segment_ids:
            assert by_id[member].role is LineRole.CONTENT
            assert by_id[member].kind is not Kind.OTHER
    assert analysis.ledger.counts[Account.PROMPT] == 3


def test_the_analysis_keeps_to_its_published_schema() -> None:
    analysis = run(corpus(GARDENS))
    jsonschema.validate(json.loads(to_json(analysis)), schema())


def test_the_analysis_is_the_same_whatever_the_language_of_the_report() -> None:
    english = corpus(GARDENS)
    spanish = replace(english, event=replace(english.event, language="es"))
    lost = Curation(decisions=(HideQuote(quote=Anchor(text="the moon is made of cheese")), New(name="Who pays")))
    contents = {to_json(analysis_of(event, curation=lost)) for event in (english, spanish)}
    assert len(contents) == 1


@pytest.mark.parametrize(
    "decisions",
    (
        (),
        (
            New(
                name="Winter",
                quotes=(Anchor(text="the tap is shut all winter"), Anchor(text="the gate must be locked")),
            ),
        ),
    ),
)
def test_the_front_comes_first_whatever_was_decided(decisions: tuple[New, ...]) -> None:
    concerns = analysis_of(corpus(GARDENS), curation=Curation(decisions=decisions)).concerns
    fronts = [concern.front for concern in concerns]
    assert fronts == sorted(fronts, reverse=True)
    assert fronts[0]
    assert [concern.label for concern in concerns[: len(decisions)]] == [decision.name for decision in decisions]


def test_the_digest_changes_with_any_pad_and_not_with_their_order() -> None:
    one, other = corpus(GARDENS), corpus({**GARDENS, "Kids": "* nothing"})
    assert digest(one.pads) != digest(other.pads)
    assert digest(one.pads) == digest(tuple(reversed(one.pads)))


def test_the_report_says_that_a_pad_was_withheld() -> None:
    withheld = Problem(kind=ProblemKind.WITHHELD, name="pad water", group="Water", sentence="")
    one = replace(corpus(GARDENS), withheld=(withheld,))
    for name in ("report.html", "report.md", "report.wiki"):
        assert "Withheld at their authors’ request: Water (pad water)." in checked_report(run(one), one)[name]


ASKED_TWICE = {
    "Water": "* the tap is shut all winter\n* who pays for the new pump?\n",
    "Soil": "* compost bins are always full\n* Who will pay for a new pump?\n",
    "Kids": "* the gate must be locked\n* who opens the gate on Sundays?\n",
}


def test_a_question_of_two_groups_is_known_to_be_the_same_and_by_decision_no_question_any_more() -> None:
    asked = analysis_of(corpus(ASKED_TWICE))
    texts = {one.id: one.text for one in asked.segments}
    [same] = asked.same_questions
    assert {texts[one] for one in same} == {"who pays for the new pump?", "Who will pay for a new pump?"}
    anchored = Anchor(text="who pays for the new pump?")
    decided = Curation(decisions=(StateKind(quote=anchored, kind=Kind.STATEMENT),))
    assert analysis_of(corpus(ASKED_TWICE), curation=decided).same_questions == ()
