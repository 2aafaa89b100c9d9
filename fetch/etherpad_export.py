"""Etherpad's full export (`/export/etherpad`): the text of a pad, exactly as `/export/txt` gives it, and its structure.

Only the newest text with its attributes, its revision and that revision's time are read. The export contains far more:
names and colours of authors, chat, and all earlier text.

Attributes are a string of operations that cover the text in UTF-16 units (Etherpad's doc/easysync); rendering follows
ExportTxt.js and ExportHelper.js of Etherpad 1.8.14, and the tests compare it with a running server.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from fetch.corpus_records import FetchedPad, LineStructure, remarks_on_characters
from fetch.errors import PadFailure
from fetch.files import count_lone_surrogates, without_surrogates

OPERATION = re.compile(r"((?:\*[0-9a-z]+)*)(?:\|[0-9a-z]+)?\+([0-9a-z]+)")
"""Attributes as numbers in base 36, the number of newlines, and the length in UTF-16 units."""

LIST = re.compile(r"([a-z]+)([0-9]+)")
HEADING = re.compile(r"h([1-6])")
PAD_KEY = re.compile(r"pad:[^:]+")

NO_EXPORT = "it is not an export as Etherpad writes it, or it is damaged; export the pad again, or as plain text"

MAX_HEADING = 6
MAX_LEVEL = 99
"""List levels; Etherpad's editor stops at 16, and a hostile export must not ask for a billion tabs."""

Pool = Mapping[int, tuple[str, str]]
"""The key and value of each attribute, by its number."""


Run = tuple[str, Mapping[str, str]]
"""A part of one line whose characters have the same attributes, and these attributes."""


def read_export(data: bytes, etag: str | None = None) -> FetchedPad:
    """Return the pad in the bytes of an export, at its newest revision; raises PadFailure, with a clause."""
    try:
        records = json.loads(data)
        (key,) = (key for key in records if PAD_KEY.fullmatch(key))
        head, attributed = records[key]["head"], records[key]["atext"]
        if not isinstance(head, int) or head < 0:
            raise ValueError("no revision")  # noqa: TRY301 - refused as any other mistake is
        text, lines = render(attributed["text"], attributed["attribs"], _pool(records[key]["pool"]["numToAttrib"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise PadFailure(NO_EXPORT) from error
    return FetchedPad(
        text=text,
        form="etherpad",
        etag=etag,
        revision=head,
        edited_at=_time_of(records.get(f"{key}:revs:{head}")),
        structure=lines,
        raw=data,
        text_remarks=remarks_on_characters(text, count_lone_surrogates(attributed["text"])),
    )


def iso_time(milliseconds: float) -> str | None:
    """Return Etherpad's time (milliseconds since 1970) as UTC in ISO 8601, None if it is outside of the calendar."""
    try:
        return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return None


def _time_of(revision: object) -> str | None:
    meta = revision.get("meta") if isinstance(revision, dict) else None
    timestamp = meta.get("timestamp") if isinstance(meta, dict) else None
    return iso_time(timestamp) if isinstance(timestamp, int | float) else None


def _pool(pairs: Mapping[str, tuple[str, object]]) -> Pool:
    """Return the attributes of an export's pool; JSON's true is "true", as Etherpad compares it."""
    numbers = ((int(number), key, value) for number, (key, value) in pairs.items() if number.isdecimal())
    return {
        number: (key, str(value).lower() if isinstance(value, bool) else str(value)) for number, key, value in numbers
    }


def render(text: str, attributes: str, pool: Pool) -> tuple[str, tuple[LineStructure, ...]]:
    r"""Return the text as `/export/txt` gives it, and a LineStructure for each of its lines (split at `\n`).

    Raises ValueError if `attributes` do not fit `text`.
    """
    numbering = _Numbering()
    lines = [_render_line(runs, numbering) for runs in _lines(text, attributes, pool)]
    return "".join(f"{line}\n" for line, _ in lines), (*(structure for _, structure in lines), LineStructure())


def _lines(text: str, attributes: str, pool: Pool) -> Iterator[list[Run]]:
    r"""Yield the runs of each line, without its `\n`; Etherpad's texts always end in one."""
    units = text.encode("utf-16-le", "surrogatepass")
    position = start = 0
    line: list[Run] = []
    while position < len(attributes):
        operation = OPERATION.match(attributes, position)
        if operation is None:
            raise ValueError(f"no attributes at {attributes[position : position + 10]!r}")
        position = operation.end()
        numbers = (int(number, 36) for number in operation[1].split("*")[1:])
        values = dict(pool[number] for number in numbers if number in pool)
        end = start + 2 * int(operation[2], 36)
        *ended, rest = units[start:end].decode("utf-16-le", "surrogatepass").split("\n")
        start = end
        for part in ended:
            yield [*line, (part, values)]
            line = []
        if rest:
            line.append((rest, values))
    if line or start != len(units):
        raise ValueError("attributes for a text of another length")


class _Numbering:
    """Counts the items of numbered lists as ExportTxt.js does, with its oddities after a change of level."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._previous_level = 0

    def markup(self, kind: str, level: int) -> str:
        """Return what precedes a line's own text: tabs, then a bullet or a number."""
        if kind != "number":
            self._counts.clear()
            return "\t" * level + ("* " if kind == "bullet" else "")
        if level == 0:
            return ""
        if level < self._previous_level:
            self._counts.pop(self._previous_level, None)
        self._previous_level = level
        self._counts[level] = self._counts.get(level, 0) + 1
        path = ".".join(str(self._counts.setdefault(depth, 0)) for depth in range(1, level + 1))
        return "\t" * level + f"{path}. "


def _render_line(runs: Sequence[Run], numbering: _Numbering) -> tuple[str, LineStructure]:
    """Return the text and structure of a line; the attributes of its first character say what kind of line it is."""
    first = runs[0][1]
    item = LIST.search(first.get("list", ""))
    kind, level = (item[1], int(item[2][:9])) if item else ("", 0)
    if level > MAX_LEVEL:
        raise ValueError("a list that is too deep")
    markup = numbering.markup(kind, level)
    written = [(text, attributes.get("strikethrough") == "true") for text, attributes in runs]
    if first.get("list"):
        written[0] = (written[0][0][1:], written[0][1])  # without the `*` that stands for the list item
    leaked = not first.get("list") and first.get("lmkr") == "1" and written[0][0].startswith("*")
    heading = HEADING.fullmatch(first.get("heading", ""))
    structure = LineStructure(
        prefix=len(markup) + leaked,
        level=level,
        bullet=kind == "bullet",
        ordered=kind == "number",
        heading=int(heading[1]) if heading else 0,
        struck=struck_spans(written, len(markup)),
    )
    return markup + without_surrogates("".join(text for text, _ in written)), structure


def struck_spans(runs: Iterable[tuple[str, bool]], start: int) -> tuple[tuple[int, int], ...]:
    """Return the spans of struck-out text in a line, in code points, adjacent ones joined.

    `runs` are pieces of text with whether they are struck out; `start` is where the first begins in the line. A
    surrogate pair that two pieces share belongs to the first.
    """
    spans: list[tuple[int, int]] = []
    previous = ""
    for text, struck in runs:
        shared = "\ud800" <= previous <= "\udbff" and "\udc00" <= text[:1] <= "\udfff"
        end = start + len(without_surrogates(text)) - shared
        if struck and end > start:
            begin = spans.pop()[0] if spans and spans[-1][1] == start else start
            spans.append((begin, end))
        start, previous = end, text[-1:]
    return tuple(spans)
