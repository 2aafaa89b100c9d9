"""analysis.json: the contract that others read."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetch.corpus_records import ProblemKind
from fetch.errors import PadharvestError
from pipeline.analysis_records import PadProblem
from pipeline.changes import comparable, compare
from pipeline.serialization import from_json, schema, schema_json, to_json
from tests.support.annotated import ALLOTMENTS, read
from tests.support.damaged import as_json, assert_plain, damaged
from tests.support.reports import checked_report

ANALYSIS, CORPUS = read(ALLOTMENTS)


def test_what_is_written_is_read_back_equal() -> None:
    assert from_json(to_json(ANALYSIS)) == ANALYSIS


def test_what_is_written_keeps_to_the_schema_and_names_the_keys_of_the_contract() -> None:
    written = json.loads(to_json(ANALYSIS))
    jsonschema.validate(written, schema())
    assert written["schema"] == 1
    assert set(written["segments"][0]) >= {
        *("id", "pad_id", "group", "line", "start", "end", "text", "kind"),
        *("prompt", "headings", "language", "owner", "due", "due_date", "due_from", "due_precision"),
    }


def test_the_schema_refuses_what_is_not_an_analysis() -> None:
    written = json.loads(to_json(ANALYSIS))
    written["segments"][0]["kind"] = "rant"
    with pytest.raises(jsonschema.ValidationError, match="rant"):
        jsonschema.validate(written, schema())


def test_the_published_schema_is_current(root: Path) -> None:
    published = (root / "docs" / "analysis.schema.json").read_text(encoding="utf-8")
    assert published == schema_json(), "renew it with: python -m pipeline schema > docs/analysis.schema.json"
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def test_keys_it_does_not_know_are_passed_over() -> None:
    written = json.loads(to_json(ANALYSIS))
    written["weather"] = "fine"
    assert from_json(json.dumps(written).encode()) == ANALYSIS


@pytest.mark.parametrize("data", (b"", b"[]", b"{}", b"\xff", b'{"schema": 2}', b"[" * 100_000))
def test_what_is_no_analysis_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(data)


def test_the_bytes_are_utf_8_with_settings_by_name_and_a_newline_at_the_end() -> None:
    changed = replace(ANALYSIS, settings={"b": 1, "a": "é"})
    data = to_json(changed)
    assert data.endswith(b"}\n")
    assert '"a": "é",\n  "b": 1'.encode() in data
    assert data == to_json(replace(changed, settings={"a": "é", "b": 1}))


def _problem(name: str) -> PadProblem:
    return PadProblem(kind=ProblemKind.UNREADABLE, name=name, group="Water")


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_comes_back_to_the_character_or_is_refused(text: str) -> None:
    changed = replace(ANALYSIS, problems=(_problem(text),))
    try:
        data = to_json(changed)
    except ValueError:
        assert text != text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    else:
        assert from_json(data) == changed


def test_a_lone_surrogate_is_kept_and_a_pair_of_them_refused() -> None:
    assert from_json(to_json(replace(ANALYSIS, problems=(_problem("\ud83d!"),)))).problems == (_problem("\ud83d!"),)
    with pytest.raises(ValueError, match="pair of surrogates"):
        to_json(replace(ANALYSIS, problems=(_problem("\ud83d\ude00"),)))


@given(damaged(json.loads(to_json(ANALYSIS))))
@settings(max_examples=settings().max_examples // 5)  # some are rendered
def test_whatever_is_changed_in_an_analysis_it_is_refused_or_can_be_compared_and_is_rendered_without_a_misquote(
    content: object,
) -> None:
    try:
        earlier = from_json(as_json(content))
    except ValueError:
        return
    compare(comparable(earlier), ANALYSIS, CORPUS.pads)
    try:
        checked_report(earlier, CORPUS)
    except PadharvestError as refusal:
        assert_plain(refusal)
