"""What is redacted is in no output, and everything else is there to the character."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus_records import Corpus, KnownName, Problem, ProblemKind
from fetch.errors import UserMistake
from pipeline.analysis_records import Account, Analysis
from pipeline.analyze import analyze, redacted_corpus
from pipeline.anchors import Anchor, anchor_of
from pipeline.curation.decisions import (
    Belongs,
    ConcernRef,
    Curation,
    Decision,
    HideConcern,
    HideQuote,
    New,
    Rename,
    StateDue,
    StateKind,
    StateOwner,
)
from pipeline.curation.redaction import redact_quote, redact_words, secret_spans, without_secrets, words_sha
from pipeline.segment import segment
from pipeline.segment_records import REDACTED, Kind, LineRole, Segment
from pipeline.serialization import to_json
from pipeline.settings import Settings
from pipeline.vectors import Vectors
from tests.support.analysis import analysis_of, stages
from tests.support.builders import corpus
from tests.support.reports import checked_report

NOW = "2026-05-04T12:00:00+00:00"
NAMED = "Zelda Quark"
PADS = {
    "Water": "# Tap\n* the tap is shut all winter\n* who pays for the pump?\n"
    "* Zelda Quark to call the council by Friday\n",
    "Soil": "Asked by Zelda Quark:\n* nobody knows who pays for repairs\n* zelda  quark, or Ana, has the key\n",
    "Kids": "* who pays for a new gate?\n* the gate was left open. Zelda Quark did it. We found the\ndog later.\n",
}


def embed(lines: Sequence[str]) -> Vectors:
    """Words thrown into 64 boxes: enough to put like lines together."""
    rows = np.zeros((len(lines), 64), dtype=np.float32)
    for row, line in zip(rows, lines, strict=True):
        for word in line.casefold().split():
            row[hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[0] % 64] += 1
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return rows


def outputs(one: Corpus, *decisions: Decision) -> tuple[Analysis, dict[str, str]]:
    """The analysis and all files of the report, which were proofread and whose ledger was checked."""
    curation = Curation(decisions=decisions)
    analysis = analysis_of(one, curation=curation, embed=embed)
    rendered = checked_report(analysis, redacted_corpus(one, curation))
    assert sum(analysis.ledger.counts.values()) == sum(pad.text.count("\n") + 1 for pad in one.pads)
    return analysis, {**rendered, "analysis.json": to_json(analysis).decode()}


def test_redacted_words_are_in_no_output_wherever_they_stood() -> None:
    analysis, files = outputs(corpus(PADS), redact_words(NAMED))
    for name, text in files.items():
        assert "zelda" not in text.casefold(), name
        assert "quark" not in text.casefold(), name
    assert "[redacted] to call the council by Friday" in files["report.html"]
    assert "has the key" in files["report.md"]
    assert analysis.curation.redacted == 4


def test_a_redacted_quote_is_accounted_for_as_redacted() -> None:
    one = corpus(PADS)
    segments = segment(one.pads, ()).segments
    quote = next(item for item in segments if item.text.startswith("who pays for the pump"))
    analysis, files = outputs(one, redact_quote(quote, segments))
    assert analysis.ledger.counts[Account.REDACTED] == 1
    assert [item.text for item in analysis.segments if item.role is LineRole.REDACTED] == [REDACTED]
    for name, text in files.items():
        assert "for the pump" not in text, name


def test_the_hash_of_a_redacted_pad_does_not_tell_whether_a_guess_is_right() -> None:
    one = corpus(PADS)
    _, files = outputs(one, redact_words(NAMED))
    assert not any(pad.sha256 in text for text in files.values() for pad in one.pads)


@pytest.mark.parametrize("decisions", ((), (redact_words(NAMED),)))
def test_models_begin_with_the_lines_as_they_may_read_them(decisions: tuple[Decision, ...]) -> None:
    begun: list[Segment] = []
    with_begin = replace(stages(embed=embed), begin=begun.extend)
    curation = Curation(decisions=decisions)
    analysis = analyze(corpus(PADS), Settings(), with_begin, now=NOW, log=lambda _: None, curation=curation)
    assert [one.text for one in begun] == [one.text for one in analysis.segments]
    assert any(NAMED in one.text for one in begun) == (not decisions)


def test_pads_without_redacted_words_stay_to_the_byte() -> None:
    one = corpus({**PADS, "Bees": "* the hives are fine\n"})
    assert redacted_corpus(one, Curation(decisions=(redact_words(NAMED),))).pads[-1] == one.pads[-1]
    assert redacted_corpus(one, Curation(decisions=(New(name="x"),))) == one


def test_redacted_words_do_not_name_concerns_that_others_are_said_to_be() -> None:
    one = corpus(PADS)
    _, files = outputs(one, New(name=f"What {NAMED} did"), redact_words(NAMED))
    assert "What [redacted] did" in files["analysis.json"]


def test_a_quote_that_was_decided_about_is_found_though_words_of_it_were_redacted_since() -> None:
    one = corpus(PADS)
    segments = segment(one.pads, ()).segments
    calls = next(item for item in segments if "council" in item.text)
    belongs = New(name="Calls", quotes=(anchor_of(calls, segments),))
    analysis, _ = outputs(one, belongs, redact_words(NAMED))
    assert not analysis.curation.orphans
    assert not analysis.curation.followed
    (concern,) = (concern for concern in analysis.concerns if concern.label == "Calls")
    assert set(concern.segment_ids) - set(concern.suggested_ids) == {calls.id}


def test_a_decision_about_an_already_redacted_quote_is_found() -> None:
    one = corpus(PADS)
    first, _ = outputs(one, redact_words(NAMED))
    calls = next(item for item in first.segments if "council" in item.text)
    belongs = New(name="Calls", quotes=(anchor_of(calls, first.segments),))
    assert outputs(one, redact_words(NAMED), belongs)[0].curation.followed == ()


def test_words_in_the_name_of_a_group_must_be_changed_in_event_toml() -> None:
    with pytest.raises(UserMistake, match=r"event\.toml"):
        outputs(corpus({"Zelda Quark table": "* a\n"}), redact_words(NAMED))


@pytest.mark.parametrize(("name", "group"), ((NAMED, "Hall"), ("hall", f"Table of {NAMED}")))
def test_words_in_the_name_of_a_pad_that_could_not_be_read_must_be_changed_too(name: str, group: str) -> None:
    problem = Problem(kind=ProblemKind.UNREADABLE, name=name, group=group, sentence="")
    one = corpus(PADS)
    for incomplete in (replace(one, problems=(problem,)), replace(one, withheld=(problem,))):
        with pytest.raises(UserMistake, match=r"event\.toml"):
            outputs(incomplete, redact_words(NAMED))


def test_words_in_a_name_that_no_pad_has_must_be_changed_too() -> None:
    one = corpus(PADS)
    with pytest.raises(UserMistake, match=r"event\.toml"):
        outputs(replace(one, event=replace(one.event, patterns=(f"{NAMED} *",))), redact_words(NAMED))


def test_words_that_the_facilitator_wrote_must_be_changed_there() -> None:
    one = corpus(PADS)
    introduced = replace(one.event, introduction=f"By {NAMED}.")
    for event, place in ((introduced, "introduction.md"), (replace(one.event, place=NAMED), "the event's place")):
        with pytest.raises(UserMistake, match=f"part of {place}, so they would be in the report"):
            outputs(replace(one, event=event), redact_words(NAMED))


def test_a_known_name_that_holds_redacted_words_names_nothing() -> None:
    one = corpus(PADS)
    known = KnownName(name=NAMED, label="PERSON", also=("Ana",))
    named = Corpus(event=type(one.event)(id="fair", title="Fair", names=(known,)), pads=one.pads)
    assert "Zelda" not in outputs(named, redact_words(NAMED))[1]["analysis.json"]


def test_redacting_words_that_are_in_no_pad_is_an_orphan() -> None:
    analysis, files = outputs(corpus(PADS), redact_words("Nobody Here"))
    assert [orphan.decision.number for orphan in analysis.curation.orphans] == [1]
    assert "could not be applied" in files["report.html"]


def test_redacted_words_in_the_name_of_a_pad_that_is_gone_are_not_repeated() -> None:
    gone = Anchor(pad="Zelda Quark", text="smoke", sha="0" * 16)
    analysis, files = outputs(corpus(PADS), HideQuote(quote=gone), redact_words(NAMED))
    (orphan,) = analysis.curation.orphans
    assert (orphan.decision.pad, orphan.value) == (REDACTED, REDACTED)
    for name, text in files.items():
        assert "zelda" not in text.casefold(), name


def test_a_word_inside_another_is_not_meant() -> None:
    sha, count = words_sha("Ana")
    assert without_secrets("banana, Ana's and ANA", [(sha, count)]) == "banana, [redacted]'s and [redacted]"


def test_in_scripts_without_spaces_words_are_found_by_their_signs() -> None:
    assert without_secrets("誰が払うのか", [words_sha("払う")]) == "誰が[redacted]のか"


@given(
    st.text(max_size=40), st.text(max_size=40), st.text(st.characters(categories=("L", "N")), min_size=1, max_size=9)
)
def test_words_are_found_between_any_others(before: str, after: str, word: str) -> None:
    secret = words_sha(word)
    assert secret_spans(f"{before} {word} {after}", [secret])
    masked = without_secrets(f"{before} {word} {after}", [secret])
    assert not secret_spans(masked.replace(REDACTED, " "), [secret])


def test_hidden_quotes_are_in_no_report_but_the_ledger_counts_them() -> None:
    one = corpus(PADS)
    segments = segment(one.pads, ()).segments
    hidden = [item for item in segments if "council" in item.text or "did it" in item.text]
    analysis, files = outputs(one, *(HideQuote(quote=anchor_of(item, segments)) for item in hidden))
    analysis_json = files.pop("analysis.json")
    for item in hidden:
        assert item.text in analysis_json
        for name, text in files.items():
            assert item.text not in text, name
    assert analysis.ledger.counts[Account.HIDDEN] == 1
    for name in ("report.html", "report.wiki", "report.md"):
        assert "2 quotes are hidden." in files[name]
    assert files["report.html"].count("<em>[hidden]</em>") == 2
    assert "the gate was left open" in files["report.html"]


def test_the_report_says_what_became_of_decisions_and_marks_what_the_facilitator_named() -> None:
    one = corpus(PADS)
    segments = segment(one.pads, ()).segments
    pays = tuple(anchor_of(item, segments) for item in segments if "pays" in item.text)
    _, files = outputs(one, New(name="Who pays", quotes=pays), HideConcern(concern=ConcernRef(name="No such")))
    for name in ("report.html", "report.md", "report.wiki"):
        assert "This report applies 1 decision of the facilitator." in files[name]
        assert "1 decision could not be applied" in files[name]
        assert "no concern is called" in files[name]
        assert "Named by the facilitator" in files[name]
    assert "named" in files["concerns.csv"]


ONE = corpus(PADS)
SEGMENTS = segment(ONE.pads, ()).segments
anchors = st.sampled_from([anchor_of(item, SEGMENTS) for item in SEGMENTS])
refs = st.sampled_from([ConcernRef(name="Ours"), ConcernRef(name="Theirs")])
choices: st.SearchStrategy[Decision] = st.one_of(
    st.builds(New, name=st.sampled_from(["Ours", "Theirs"]), quotes=st.lists(anchors, max_size=3).map(tuple)),
    st.builds(Belongs, quote=anchors, concern=refs),
    st.builds(Rename, concern=refs, name=st.sampled_from(["Zelda Quark's", "Mine"])),
    st.builds(HideQuote, quote=anchors),
    st.builds(StateKind, quote=anchors, kind=st.sampled_from(Kind)),
    st.builds(StateOwner, quote=anchors, owner=st.sampled_from(["Zelda Quark", "Quark", "Ana", ""])),
    st.builds(StateDue, quote=anchors, due=st.sampled_from(["Quark to call the council by Friday", "by Friday", ""])),
    st.builds(HideConcern, concern=refs),
    st.sampled_from([redact_quote(item, SEGMENTS) for item in SEGMENTS]),
)


@given(st.lists(choices, max_size=5))
@settings(max_examples=25)
def test_whatever_is_decided_redacted_words_are_nowhere_and_all_else_is_proofread(made: list[Decision]) -> None:
    _, files = outputs(ONE, *made, redact_words(NAMED))
    for name, text in files.items():
        assert "zelda" not in text.casefold(), name
        assert "quark" not in text.casefold(), name
