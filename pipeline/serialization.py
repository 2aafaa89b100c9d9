"""analysis.json: from `Analysis` records to bytes and back, and the JSON Schema that is published."""

import json
import re
from dataclasses import replace
from typing import cast

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from pipeline.analysis_records import Analysis

ANALYSIS_FILE = "analysis.json"
CHANGES_FILE = "changes.json"
GROUPS_FOLDER = "groups"
"""The folder in the outputs' that holds the pages which are sent to the groups (docs/group-pages.md)."""

_ANALYSIS = TypeAdapter(Analysis)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATES_THAT_WOULD_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of analysis.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_ANALYSIS.json_schema(mode="serialization"),
        "title": "Padharvest analysis, schema 1",
    }


def to_json(analysis: Analysis) -> bytes:
    r"""Return the bytes of analysis.json: UTF-8, keys in the records' order, settings by name, a newline at the end.

    A lone surrogate, which UTF-8 cannot hold, is written as the JSON escape `\udXXX`. Raises ValueError for a
    high surrogate right before a low one: JSON reads these two characters as one, and every offset would shift.
    """
    settings = dict(sorted(analysis.settings.items()))
    json.dumps(settings, allow_nan=False)  # raises ValueError; pydantic would write null
    ordered = replace(analysis, settings=settings)
    try:
        return _ANALYSIS.dump_json(ordered, indent=1) + b"\n"
    except PydanticSerializationError:  # its encoder, far faster than json's, refuses surrogates
        return json_text(cast("dict[str, object]", _ANALYSIS.dump_python(ordered, mode="json"))).encode()


def json_text(plain: dict[str, object]) -> str:
    """Return plain values as JSON, as `to_json` does; raises ValueError as it does."""
    text = _dumps(plain)
    if _SURROGATES_THAT_WOULD_PAIR.search(text):
        raise ValueError("A text holds a pair of surrogates in place of one character, which JSON cannot express.")
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def schema_json() -> str:
    """Return the text of docs/analysis.schema.json."""
    return _dumps(schema())


def from_json(data: bytes) -> Analysis:
    """Return the `Analysis` in the bytes of an analysis.json; unknown keys are ignored.

    Raises ValueError (pydantic's ValidationError is one) if the bytes are not one.
    """
    try:
        return _ANALYSIS.validate_python(json.loads(data))
    except RecursionError as error:
        raise ValueError("brackets are nested too deeply") from error


def _dumps(plain: dict[str, object]) -> str:
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
