"""What the report and changes.json say of what changed, and that neither says more than today's pads do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from pipeline.analysis_records import Changes, ConcernChange, PadChanges, Trend
from pipeline.changes import compare
from pipeline.report import check_outputs
from pipeline.report.change_views import changes_view
from pipeline.report.concern_views import concern_views
from pipeline.report.formats.changes_json import changes_schema
from pipeline.report.quote_sources import find_sources
from pipeline.report.report_records import ChangesView
from pipeline.report.verbatim_gate import VerbatimError, check_analysis
from pipeline.segment_records import LineRole, SegmentId
from pipeline.serialization import from_json, to_json
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, read
from tests.support.changed_event import EARLIER_EDIT, NOT_YET_WRITTEN, TAKEN_BACK, changed_allotments
from tests.support.hostile import HOSTILE, event_of
from tests.support.reports import checked_report, encoded

ANALYSIS, CORPUS = changed_allotments()
OUTPUTS = checked_report(ANALYSIS, CORPUS)
PAGES = ("report.html", "report.wiki", "report.md")
assert ANALYSIS.changes
CHANGES = ANALYSIS.changes
[WATER] = CHANGES.pads


def section(page: str) -> str:
    """Return what a page has from the heading on what changed to the one after it."""
    return OUTPUTS[page].rpartition("What changed since 3 May 2026, 12:00 UTC")[2].partition("Who raised what")[0]


def view(*concerns: ConcernChange, pads: tuple[PadChanges, ...] = ()) -> ChangesView:
    """Return the view, in English, of these changes."""
    sources = find_sources(ANALYSIS, CORPUS.pads, translation(), None)
    changes = Changes(since=CHANGES.since, pads=pads, concerns=concerns)
    return changes_view(changes, concern_views(ANALYSIS, sources), sources)


def concern_change(trend: Trend, before: tuple[int, int], now: tuple[int, int], **values: object) -> ConcernChange:
    change = ConcernChange(
        trend=trend,
        concern_id=ANALYSIS.concerns[0].id,
        label="repairs",
        groups_before=before[0],
        groups_now=now[0],
        quotes_before=before[1],
        quotes_now=now[1],
    )
    return replace(change, **values)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize("page", PAGES)
def test_new_and_edited_lines_are_quoted_and_what_was_withdrawn_is_counted(page: str) -> None:
    text = section(page)
    for words in (
        NOT_YET_WRITTEN,
        EARLIER_EDIT[0],
        "Ana to ask the council",
        "Water: 1 note",
        "new, raised by 3 groups",
    ):
        assert words in text, words


@pytest.mark.parametrize("name", OUTPUTS)
def test_no_file_repeats_what_was_withdrawn_or_how_a_line_was_before(name: str) -> None:
    assert TAKEN_BACK not in OUTPUTS[name]
    assert EARLIER_EDIT[1] not in OUTPUTS[name]


def test_the_first_analysis_says_nothing_of_changes() -> None:
    first = checked_report(*read(ALLOTMENTS))
    assert "changes.json" not in first
    assert [page for page in PAGES if "What changed" in first[page]] == []


def test_a_report_in_which_nothing_changed_says_so() -> None:
    same = replace(ANALYSIS, changes=replace(CHANGES, pads=(), concerns=(), regrouped=0))
    outputs = checked_report(same, CORPUS)
    assert [page for page in PAGES if "No note and no concern of several groups changed." not in outputs[page]] == []


def test_changes_json_keeps_to_its_schema() -> None:
    written = json.loads(OUTPUTS["changes.json"])
    jsonschema.validate(written, json.loads(changes_schema()))
    assert [line["text"] for line in written["pads"][0]["new"]] == [NOT_YET_WRITTEN]


def test_the_published_schema_is_current(root: Path) -> None:
    published = (root / "docs" / "changes.schema.json").read_text(encoding="utf-8")
    assert published == changes_schema(), (
        "renew it with: python -m pipeline schema --changes > docs/changes.schema.json"
    )


def test_changed_lines_that_try_to_be_markup_are_read_back_as_they_were_written() -> None:
    analysis, corpus = event_of(HOSTILE)
    nothing = replace(analysis, pads=(), segments=(), concerns=())
    changed = replace(analysis, changes=compare(nothing, analysis, corpus.pads))
    assert changed.changes
    assert sum(len(pad.new) for pad in changed.changes.pads) > 80
    assert "changes.json" in checked_report(changed, corpus)


def test_the_changes_are_in_analysis_json() -> None:
    assert from_json(to_json(ANALYSIS)) == ANALYSIS


def test_what_happened_to_a_concern_is_said_in_groups_or_else_in_quotes() -> None:
    changed = view(
        concern_change(Trend.GREW, (2, 4), (3, 5), joined=("Soil",)),
        concern_change(Trend.SHRANK, (3, 9), (2, 9), left=("Soil", "Water")),
        concern_change(Trend.GREW, (2, 4), (2, 5)),
        concern_change(Trend.WENT, (2, 4), (0, 0), concern_id=None, label=""),
    )
    assert [(one.label, one.how) for one in changed.concerns] == [
        ("repairs", "3 groups, 2 before; now also raised by Soil"),
        ("repairs", "2 groups, 3 before; no longer raised by Soil and Water"),
        ("repairs", "5 quotes, 4 before"),
        ("A concern with words that the pads no longer have", "no longer found; 2 groups had raised it"),
    ]


def test_concerns_that_changed_for_no_change_of_a_line_are_counted_in_a_sentence() -> None:
    outputs = checked_report(replace(ANALYSIS, changes=replace(CHANGES, pads=(), concerns=(), regrouped=2)), CORPUS)
    sentence = "2 concerns changed only because the program grouped the same lines differently."
    assert [page for page in PAGES if sentence not in outputs[page]] == []


def test_withdrawn_lines_name_the_group_and_how_many_were_steps() -> None:
    gone = PadChanges(pad_id=None, group="", withdrawn=2)
    changed = view(pads=(replace(WATER, withdrawn=3, steps_gone=1), gone))
    assert changed.withdrawn == (
        "Water: 3 notes (next steps among them: 1)",
        "A pad that is no longer part of the event: 2 notes",
    )


WRONG: dict[str, Callable[[], PadChanges]] = {
    "a line that does not exist": lambda: replace(WATER, new=(SegmentId("nowhere"),)),
    "a line that is both new and edited": lambda: replace(WATER, edited=WATER.new),
}


@pytest.mark.parametrize("fault", WRONG)
def test_the_gate_stops_a_change_of(fault: str) -> None:
    changed = replace(ANALYSIS, changes=replace(CHANGES, pads=(WRONG[fault](),)))
    with pytest.raises(VerbatimError, match="A line of Water"):
        check_analysis(changed, CORPUS.pads)


def test_the_gate_stops_a_change_of_a_concern_that_does_not_exist() -> None:
    changes = replace(CHANGES, concerns=(concern_change(Trend.GREW, (2, 4), (3, 5), concern_id="nowhere"),))
    with pytest.raises(VerbatimError, match="A concern that is said to have changed does not exist"):
        check_analysis(replace(ANALYSIS, changes=changes), CORPUS.pads)


def test_the_gate_stops_a_change_of_a_hidden_line() -> None:
    hidden = tuple(replace(one, role=LineRole.HIDDEN) if one.id in WATER.new else one for one in ANALYSIS.segments)
    with pytest.raises(VerbatimError, match="that is said to have changed is not shown"):
        check_analysis(replace(ANALYSIS, segments=hidden), CORPUS.pads)


@pytest.mark.parametrize(
    ("right", "wrong"),
    (
        (NOT_YET_WRITTEN, "rain barrels are full of LEAVES"),
        ('"line": 10', '"line": 11'),
        (f'"text": "{NOT_YET_WRITTEN}"', '"text": "rain"'),
        ('"schema": 1', '"schema": 2'),
    ),
)
def test_the_gate_stops_a_changes_json_that_quotes_another_word_or_line(right: str, wrong: str) -> None:
    broken = OUTPUTS["changes.json"].replace(right, wrong)
    assert broken != OUTPUTS["changes.json"]
    with pytest.raises(VerbatimError, match=r"changes\.json"):
        check_outputs(encoded({**OUTPUTS, "changes.json": broken}), ANALYSIS, CORPUS)
