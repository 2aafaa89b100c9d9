"""The errors that Padharvest raises on purpose, the sentences that users read, and how a command ends on an error.

A message names the thing, what is wrong with it and, where that is not obvious, what to do.
"""

import difflib
import sys
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pydantic takes long to import, and `--help` needs none of it
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

LOG = Path("build") / "padharvest.log"
"""Tracebacks of unexpected errors, relative to the directory in which the user runs the program."""

UNEXPECTED = 70
"""Exit code for an error in Padharvest itself (EX_SOFTWARE in sysexits.h)."""

EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": 'expected text in quotes, like "…"',
        "string_too_short": "must not be empty",
        "string_pattern_mismatch": 'expected an address, like "https://pads.example.org"',
        "int_type": "expected a whole number",
        "float_type": "expected a number",
        "bool_type": "expected true or false",
        "tuple_type": 'expected a list, like ["…", "…"]',
        "dict_type": "expected a table",
        "model_type": "expected a table",
        "dataclass_type": "expected a table",
        "date_type": "expected a date like 2018-04-22, without quotes",
        "date_from_datetime_parsing": "expected a date like 2018-04-22, without quotes",
        "date_from_datetime_inexact": "expected a date like 2018-04-22, without quotes and time",
    }
)
"""What pydantic's types of error mean to somebody who writes TOML."""

UNKNOWN_KEY = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
WHOLE_MESSAGE = frozenset({"value_error", "json_invalid"})
"""Types of error whose message says everything."""

MAX_SHOWN = 60
"""Characters of a wrong value that a sentence repeats."""


def printable(text: str) -> str:
    """Return `text` on one line, without characters that would act on a terminal: names come from anybody."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text)


class PadharvestError(Exception):
    """Base of every error raised on purpose; its text is one plain sentence for the user, on one line."""

    exit_code = 2

    def __init__(self, sentence: str = "") -> None:
        super().__init__(printable(sentence))


class UserMistake(PadharvestError):
    """What was asked for cannot be done as asked: a wrong path, key or value."""


class FetchError(PadharvestError):
    """An event as a whole cannot be fetched or written."""

    exit_code = 1


class PadFailure(FetchError):
    """One pad could not be fetched or read; the others go on."""


def run_command(command: Callable[[], None]) -> None:
    """Run a command line; print a PadharvestError as one line, log the traceback of any other error, and exit."""
    try:
        command()
    except PadharvestError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command line's own message
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last resort: the traceback is logged and the user learns where
        print(log_unexpected(error), file=sys.stderr)  # noqa: T201 - as above
        sys.exit(UNEXPECTED)


def log_unexpected(error: Exception) -> str:
    """Append the traceback of `error` to the log and return a sentence that names the log; raises OSError."""
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return f"Something went wrong inside Padharvest; the details are at the end of {LOG}."


def validation_sentence(
    error: "ValidationError",
    prefix: str,
    known_keys: Mapping[str, Collection[str]] = MappingProxyType({}),
    *,
    expected: Mapping[str, str] = MappingProxyType({}),
    tables: Collection[str] = (),
) -> str:
    """Return a sentence on the first error that pydantic found in a file: where, what was expected, what is there.

    `prefix` begins the sentence and names the file, such as "corpus/spring/event.toml: ". `known_keys` maps each key
    that holds a table ("" for the outermost) to the keys in it, for "did you mean". `expected` has clauses that replace
    those of EXPECTED. `tables` are keys that the file writes in brackets, as [key] or [[key]].
    """
    errors = error.errors()
    first = next((found for found in errors if found["type"] in UNKNOWN_KEY), errors[0])  # may explain a missing key
    where = _location(first["loc"], tables)
    if first["type"] == "tuple_type" and len(first["loc"]) == 1 and where in tables:
        expected = {"tuple_type": f"expected tables that begin with [[{where}]], in double brackets"}
    sentence = f"{prefix}{where}{_complaint(first, where, known_keys, {**EXPECTED, **expected})}"
    return sentence if sentence.endswith("?") else f"{sentence}."


def _complaint(
    error: "ErrorDetails", where: str, known_keys: Mapping[str, Collection[str]], expected: Mapping[str, str]
) -> str:
    kind, location = error["type"], error["loc"]
    if kind in UNKNOWN_KEY:
        table = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "")
        return f" is not a known key{_did_you_mean(str(location[-1]), known_keys.get(table, ()))}"
    if kind.startswith("missing"):
        return " is missing"
    colon = ": " if where else ""
    if kind in WHOLE_MESSAGE:
        return colon + error["msg"].removeprefix("Value error, ")
    clause = expected.get(kind, error["msg"])
    if kind in {"enum", "literal_error"}:
        clause = f"expected {error['ctx']['expected']}".replace("'", '"')
    return f"{colon}{clause}, not {shown(error['input'])}"


def _location(location: tuple[int | str, ...], tables: Collection[str]) -> str:
    """Return where an error is, counting from 1: `[[pad]] 3: group` for ("pad", 2, "group")."""
    if location and location[0] in tables and len(location) > 1:
        if isinstance(location[1], int):
            return ": ".join(filter(None, (f"[[{location[0]}]] {location[1] + 1}", _location(location[2:], ()))))
        return f"[{location[0]}] {_location(location[1:], ())}"
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in location)


def _did_you_mean(key: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known keys are {', '.join(sorted(known))}" if known else ""


def shown(value: object) -> str:
    """Return a wrong value as a sentence repeats it: shortened, and not if it looks like a login in a link."""
    try:
        text = repr(value) if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets in brackets
        return "this value, which is too long to repeat"
    if "@" in text and ":" in text:
        return "this value, which may contain a password"
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
