"""reading.json: from a `Reading` to its file and back, and the JSON Schema that is published.

A mistake in the file is a UserMistake of one sentence: file, key, what was expected.
"""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter, ValidationError

from fetch.errors import FetchError, UserMistake, validation_sentence
from fetch.files import describe_os_error, read_plain, replace_file
from pipeline.reading.reading_records import Reading

READING_FILE = "reading.json"

_READING = TypeAdapter(Reading)


def read_reading(path: Path) -> Reading | None:
    """Return the reading in the file at `path`, None if there is no file; raises UserMistake."""
    try:
        data = read_plain(path, inside=path.parent)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserMistake(f"{path}: cannot be read: {describe_os_error(error)}.") from error
    try:
        reading = _READING.validate_python(json.loads(data))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            known = {"": [field.name for field in fields(Reading)]}
            raise UserMistake(validation_sentence(error, f"{path}: ", known)) from error
        raise UserMistake(f"{path}: is not JSON; delete it and run `make read` again.") from error
    return _consistent(reading, path)


def write_reading(path: Path, reading: Reading) -> None:
    """Replace the file in one step; raises FetchError if that is impossible."""
    try:
        replace_file(path, _to_json(reading) + b"\n")
    except OSError as error:
        raise FetchError(f"{path}: cannot be written: {describe_os_error(error)}.") from error


def _to_json(reading: Reading) -> bytes:
    """Return a reading as JSON; half a character, which a broken export may hold, becomes `?`."""
    try:
        return _READING.dump_json(reading, indent=1, exclude_defaults=True)
    except ValueError:  # pydantic's encoder is ten times as fast as json's, and refuses surrogates
        plain = _READING.dump_python(reading, exclude_defaults=True)
        text = json.dumps(plain, ensure_ascii=False, indent=1, default=str)
        return text.encode("utf-8", "replace")


def reading_schema() -> str:
    """Return the text of docs/reading.schema.json (JSON Schema 2020-12)."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **cast("dict[str, object]", _READING.json_schema()),
        "title": "Padharvest reading, schema 1",
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _consistent(reading: Reading, path: Path) -> Reading:
    """Return `reading` if it refers only to lines and concerns that it has; raises UserMistake."""
    known = {code.id for code in reading.codebook}
    cited = [index for summary in reading.summaries for one in summary.sentences for index in (*one.lines, *summary.of)]
    cited += [index for one in reading.paragraph for index in one.lines]
    cited += [line.facts.answer for line in reading.lines if line.facts and line.facts.answer is not None]
    if any(index >= len(reading.lines) for index in cited):
        raise UserMistake(f"{path}: cites a line that it does not have; delete it and run `make read` again.")
    used = {code for line in reading.lines for code in (*line.first, *(line.codes or ()))}
    used |= {one.code for one in reading.summaries}
    if not used <= known:
        raise UserMistake(
            f"{path}: has no concern {min(used - known)} in its codebook; delete it and run `make read` again."
        )
    return replace(reading, unanswered=tuple(one for one in reading.unanswered if (one.line or 0) < len(reading.lines)))
