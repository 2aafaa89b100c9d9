"""The report across events as files: what they quote, where they lead, and what they never show."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.across.across_files import across_schema, check_across
from pipeline.analysis_records import Analysis
from pipeline.curation.redaction import words_sha
from pipeline.report.quote_sources import page_path
from pipeline.report.verbatim_gate import VerbatimError
from pipeline.segment_records import LineRole
from tests.support.annotated import build
from tests.support.compared_events import DAY_1, DAY_2, DAY_3, across_report, compared, three_days
from tests.support.hostile import ANY_TEXT, HOSTILE, event_of
from tests.support.reports import checked_report

QUOTING = ("report.html", "report.md", "report.wiki", "quotes.csv", "across.json")
KEY = "Ana asks the council for a key"


@pytest.fixture(scope="module")
def outputs() -> dict[str, str]:
    return across_report(three_days())


def hidden(analysis: Analysis, text: str) -> Analysis:
    """Return an analysis in which the facilitator hid the lines with this text."""
    return replace(
        analysis,
        segments=tuple(replace(one, role=LineRole.HIDDEN) if one.text == text else one for one in analysis.segments),
    )


def test_every_format_says_what_came_back_and_what_did_not(outputs: dict[str, str]) -> None:
    assert set(outputs) == {*QUOTING, "concerns.csv"}
    for name in ("report.html", "report.md", "report.wiki"):
        for words in ("What came back", "What was not found again", "not found in Sunday", "No later event raises it."):
            assert words in outputs[name], (name, words)


def test_nothing_is_called_resolved(outputs: dict[str, str]) -> None:
    for name in ("report.html", "report.md", "report.wiki"):
        said = re.findall(r"[^.]*\bresolved\b[^.]*", outputs[name])
        assert all("does not mean" in one or "Nothing here is called" in one for one in said)


def test_links_lead_to_lines_and_concerns_of_the_reports_of_the_events(outputs: dict[str, str]) -> None:
    pages = {}
    for analysis, pads in zip(three_days(), (DAY_1, DAY_2, DAY_3), strict=True):
        _, corpus = build(pads)
        pages[f"../{analysis.event.id}/report.html"] = checked_report(analysis, corpus)["report.html"]
    ids = {page: set(re.findall(r' id="([^"]+)"', text)) for page, text in pages.items()}
    links = re.findall(r'href="(\.\./[^"#]+)(?:#([^"]+))?"', outputs["report.html"])
    assert len(links) > 20
    for page, target in links:
        assert not target or unquote(target) in ids[unquote(page)], (page, target)


def test_a_large_event_is_linked_on_the_pages_of_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.across.event_series.MOST_SEGMENTS", 1)
    files, line = across_report(three_days()), f"../day1/{page_path('Water')}.html#pad-water-l1"
    assert f'href="{line}"' in files["report.html"]
    assert line in files["quotes.csv"]


@pytest.mark.parametrize("name", QUOTING)
def test_a_quote_that_differs_by_a_character_is_refused(outputs: dict[str, str], name: str) -> None:
    changed = {**outputs, name: outputs[name].replace(KEY, KEY.replace("key", "kee"))}
    with pytest.raises(VerbatimError, match=f"{name}: .* is not what its analysis says"):
        check_across(changed, compared(three_days()), three_days())


def test_a_quote_that_is_missing_is_refused(outputs: dict[str, str]) -> None:
    rows = outputs["quotes.csv"].splitlines(keepends=True)
    with pytest.raises(VerbatimError, match=r"quotes.csv: a quote of .* is missing"):
        check_across({**outputs, "quotes.csv": "".join(rows[:-1])}, compared(three_days()), three_days())


def test_a_quote_that_is_attributed_to_another_line_is_refused(outputs: dict[str, str]) -> None:
    changed = outputs["report.md"].replace("[Water, line 3]", "[Water, line 4]")
    with pytest.raises(VerbatimError, match="is attributed to"):
        check_across({**outputs, "report.md": changed}, compared(three_days()), three_days())


def test_a_quote_that_was_hidden_meanwhile_is_refused(outputs: dict[str, str]) -> None:
    first, *others = three_days()
    with pytest.raises(VerbatimError, match="is hidden or set aside"):
        check_across(outputs, compared(three_days()), (hidden(first, KEY), *others))


def test_what_one_event_hides_is_not_shown_of_another() -> None:
    first, *others = three_days()
    files = across_report((hidden(first, KEY), *others))
    assert all(KEY not in text for text in files.values())
    assert "hides or redacts" in files["report.html"]


def test_what_one_event_redacts_is_not_shown_of_another() -> None:
    files = across_report(three_days(), secrets=(words_sha("the Council"),))
    assert all("council" not in text for text in files.values())


def test_hostile_notes_do_nothing_and_are_quoted_to_the_character() -> None:
    analysis, _ = event_of(HOSTILE)
    files = across_report((analysis, replace(analysis, event=replace(analysis.event, id="again"))))
    assert "<script>" not in files["report.html"]


@given(earlier=st.lists(ANY_TEXT, min_size=1, max_size=3), later=st.lists(ANY_TEXT, min_size=1, max_size=3))
@settings(max_examples=20, deadline=None)  # a machine may be busy
def test_whatever_people_wrote_at_both_events_every_file_quotes_it_to_the_character(
    earlier: list[str], later: list[str]
) -> None:
    first, second = event_of([*earlier, *later])[0], event_of(later)[0]
    across_report((first, replace(second, event=replace(second.event, id="later"))))


def test_across_json_is_as_its_schema_says_and_the_schema_is_published(outputs: dict[str, str], root: Path) -> None:
    assert (root / "docs" / "across.schema.json").read_text(encoding="utf-8") == across_schema()
    Draft202012Validator(json.loads(across_schema())).validate(json.loads(outputs["across.json"]))


def test_concerns_csv_has_a_row_for_each_concern_and_event(outputs: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(outputs["concerns.csv"].removeprefix("\ufeff"), newline="")))
    assert [(row["rank"], row["event"], row["label_there"], row["came_back"]) for row in rows] == [
        ("1", "day1", "tap", "yes"),
        ("1", "day2", "water", "yes"),
        ("2", "day2", "steep path", "yes"),
        ("2", "day3", "path", "yes"),
        ("", "day1", "newcomers", "no"),
    ]


def test_the_report_is_there_in_spanish() -> None:
    files = across_report(three_days(), "es")
    assert '<html lang="es"' in files["report.html"]
    assert "What came back" not in files["report.html"]


def test_events_without_a_date_are_named_because_the_order_depends_on_it() -> None:
    first, second, _ = three_days()
    files = across_report((first, replace(second, event=replace(second.event, date=None))))
    assert "Saturday has no date" in files["report.html"]


def test_groups_of_one_name_have_the_same_mark_in_all_events(outputs: dict[str, str]) -> None:
    marks = set(
        re.findall(r'<i class="chip (t\d+)" aria-hidden="true">(\w+)</i> <bdi>Soil</bdi>', outputs["report.html"])
    )
    assert len(marks) == 1
