"""Decisions in words: one wording for the report, the command line and the curation page, in every language."""

from dataclasses import replace

import pytest

from pipeline.analysis_records import CurationOutcome, DecisionKind, DecisionRef, Followed, Orphan, OrphanReason
from pipeline.decision_text import DecisionDetails, curation_log, curation_summary, decision_text, orphan_texts
from pipeline.segment_records import Kind
from pipeline.translation import translation
from tests.support.curation_bench import Bench

ENGLISH, SPANISH = translation(), translation("es")
NAMES = ("Water", "Soil")
BENCH = Bench()
NEAR = BENCH.segments[3]


def ref(kind: DecisionKind, *, pad: str | None = "water") -> DecisionRef:
    return DecisionRef(number=7, kind=kind, names=NAMES, pad=pad, line=4)


@pytest.mark.parametrize(
    ("kind", "english", "spanish"),
    (
        (DecisionKind.RENAME, "Rename a concern to “Water”", "Cambiar el nombre de una inquietud a «Water»"),
        (DecisionKind.MERGE, "Merge concerns into “Water”", "Unir inquietudes en «Water»"),
        (
            DecisionKind.HIDE_QUOTE,
            "Hide the quote on line 4 of pad water",
            "Ocultar la cita de la línea 4 del pad water",
        ),
        (
            DecisionKind.REDACT,
            "Redact the quote on line 4 of pad water",
            "Suprimir la cita de la línea 4 del pad water",
        ),
        (
            DecisionKind.KIND,
            "Say what the quote on line 4 of pad water is",
            "Decir qué es la cita de la línea 4 del pad water",
        ),
        (DecisionKind.SAME, "Treat “Water” and “Soil” as the same", "Tratar «Water» y «Soil» como lo mismo"),
    ),
)
def test_the_report_names_a_decision_by_its_names_and_place(kind: DecisionKind, english: str, spanish: str) -> None:
    assert decision_text(ref(kind), ENGLISH) == english
    assert decision_text(ref(kind), SPANISH) == spanish


@pytest.mark.parametrize(
    ("details", "text"),
    (
        (
            DecisionDetails(number=1, kind=DecisionKind.RENAME, names=("Water",), concerns=("Tap",)),
            "Rename “Tap” to “Water”",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.SPLIT, names=("Dogs",), concerns=("Tap",), quotes=2),
            "Split 2 quotes off “Tap” as “Dogs”",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.BELONGS, concerns=("Tap",), excerpt="x" * 80, also=True),
            f"Put “{'x' * 69}…” in “Tap” as well",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.NOT_HERE, excerpt="a dog"),
            "Keep “a dog” out of all concerns",
        ),
        (DecisionDetails(number=1, kind=DecisionKind.REDACT, words=2), "Redact 2 words in all outputs"),
        (
            DecisionDetails(number=1, kind=DecisionKind.REDACT, pad="water", line=4),
            "Redact the quote on line 4 of pad water",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.KIND, excerpt="a dog", of_kind=Kind.OTHER),
            "Take “a dog” for a line that says nothing",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.OWNER, excerpt="a dog", said="a"),
            "Say that “a” takes on “a dog”",
        ),
        (
            DecisionDetails(number=1, kind=DecisionKind.OWNER, excerpt="a dog", said=""),
            "Say that nobody has taken on “a dog”",
        ),
        (DecisionDetails(number=1, kind=DecisionKind.OWNER, excerpt="a dog"), "Say who takes on “a dog”"),
        (
            DecisionDetails(number=1, kind=DecisionKind.DUE, excerpt="a dog", said="in May"),
            "Say that “a dog” is due “in May”",
        ),
        (DecisionDetails(number=1, kind=DecisionKind.DUE, excerpt="a dog", said=""), "Say that “a dog” has no date"),
    ),
)
def test_the_page_adds_the_quote_and_the_concerns(details: DecisionDetails, text: str) -> None:
    assert decision_text(details, ENGLISH) == text


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("language", ("en", "es"))
def test_every_kind_of_decision_has_a_text_without_gaps(kind: DecisionKind, language: str) -> None:
    for pad in ("water", None):
        text = decision_text(ref(kind, pad=pad), translation(language))
        assert text == " ".join(text.split())
        assert "“”" not in text
        assert "«»" not in text


OTHER = replace(ref(DecisionKind.NOT_A_CONCERN), number=8)
OUTCOME = CurationOutcome(
    decisions=4,
    applied=2,
    hidden_concerns=1,
    hidden_quotes=3,
    redacted=1,
    followed=(Followed(decision=ref(DecisionKind.BELONGS), segment_id=NEAR.id),),
    orphans=(
        Orphan(decision=ref(DecisionKind.HIDE_QUOTE), why=OrphanReason.QUOTE_GONE, near=(NEAR.id,)),
        Orphan(decision=OTHER, why=OrphanReason.UNKNOWN_CONCERN, value="Tab", similar="Tap"),
    ),
)


def test_the_summary_counts_what_became_of_decisions() -> None:
    assert curation_summary(OUTCOME, ENGLISH) == (
        "This report applies 2 decisions of the facilitator. 1 concern is hidden. 3 quotes are hidden. "
        "Words are redacted in 1 place. 1 quote was edited after the decision about it. "
        "2 decisions could not be applied:"
    )
    assert curation_summary(OUTCOME, SPANISH).endswith("No se pudieron aplicar 2 decisiones:")
    assert curation_summary(CurationOutcome(), ENGLISH) == ""


def test_a_decision_that_fails_for_two_reasons_is_counted_once() -> None:
    orphans = [Orphan(decision=OTHER, why=OrphanReason.UNKNOWN_NAME, value=name) for name in ("Ana", "Eva")]
    outcome = CurationOutcome(decisions=1, orphans=tuple(orphans))
    assert curation_summary(outcome, ENGLISH).endswith(" 1 decision could not be applied:")
    assert curation_summary(outcome, SPANISH).endswith(" No se pudo aplicar 1 decisión:")
    assert len(orphan_texts(outcome, (), ENGLISH)) == 2


def test_each_orphan_has_a_sentence_with_the_reason_and_the_nearest_place() -> None:
    first, second = orphan_texts(OUTCOME, BENCH.segments, ENGLISH)
    assert first == (
        "Decision 7 (Hide the quote on line 4 of pad water): no pad contains this quote. "
        "The nearest text is on line 4 of pad water."
    )
    assert second == "Decision 8 (Dissolve a concern): no concern is called “Tab” (there is “Tap”)."


def test_the_command_line_shows_the_quotes_as_they_are_now() -> None:
    assert list(curation_log(OUTCOME, BENCH.segments)) == [
        "curation: 2 of 4 decisions applied",
        (
            "  decision 7 (Put the quote on line 4 of pad water in a concern): the quote has been edited; "
            f"it is now on line 4 of pad water: “{NEAR.text}”"
        ),
        (
            "  decision 7 (Hide the quote on line 4 of pad water) could not be applied: no pad contains this quote\n"
            f"    near: line 4 of pad water: “{NEAR.text}”"
        ),
        "  decision 8 (Dissolve a concern) could not be applied: no concern is called “Tab” (there is “Tap”)",
    ]
    assert list(curation_log(CurationOutcome(), ())) == []
