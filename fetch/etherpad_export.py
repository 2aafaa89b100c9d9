"""An Etherpad's own export (`/export/etherpad`) becomes text and structure.

A pad's attributed text becomes the very text that Etherpad's `/export/txt` gives, with what that loses beside it.

Plain text and export then never disagree, whichever of them a server was able to give. Written after ExportTxt.js and
ExportHelper.js of Etherpad 1.8.14; the tests compare with a running server.

The file that `/export/etherpad` gives: a pad with every revision, and more about its authors than anybody needs.

Read here are the text now, its attributes and the revisions' times; names, colours, chat and old texts are passed by.
"""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from fetch.changesets import NEVER, Malformed, Revision, Units, last_edits, operations, units
from fetch.corpus_records import LineStructure, Structure
from fetch.files import without_surrogates

LIST = re.compile(r"([a-z]+)([0-9]+)")
HEADING = re.compile(r"h([1-6])")

DEEPEST = 99
"""List levels; Etherpad's editor stops at 16, and a hostile export must not ask for a billion tabs."""

Pool = Mapping[int, tuple[str, str]]
"""What an attribute's number stands for: its key and value."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one line with the same attributes; the newline after a line's end has a run, too."""

    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as `/export/txt` gives it, its structure, and the id of the author who wrote most of it."""

    text: str
    structure: LineStructure
    author: str | None


def render(text: str, attributes: str, pool: Pool) -> tuple[str, tuple[LineStructure, ...]]:
    r"""The pad's text as `/export/txt` gives it, and a LineStructure for each of its lines (split at `\n`).

    Raises Malformed where `attributes` do not fit `text`.
    """
    numbering = _Numbering()
    lines = [_line(runs, numbering) for runs in _lines(text, attributes, pool)]
    numbers: dict[str, int] = {}
    for line in lines:
        if line.author:
            numbers.setdefault(line.author, len(numbers) + 1)
    structures = (replace(line.structure, author=numbers.get(line.author or "")) for line in lines)
    return "".join(f"{line.text}\n" for line in lines), (*structures, LineStructure())


def _lines(text: str, attributes: str, pool: Pool) -> Iterator[list[_Run]]:
    r"""The runs of each line, up to its `\n`; Etherpad's texts always end in one."""
    whole, at = Units(text), 0
    line: list[_Run] = []
    for op in operations(attributes):
        if op.kind != "+":
            raise Malformed("attributes that keep or delete")
        meaning = dict(pool[number] for number in op.attributes if number in pool)
        *ended, rest = whole.cut(at, at + op.units).split("\n")
        at += op.units
        for piece in ended:
            yield [*line, _Run(piece, meaning)]
            line = []
        if rest:
            line.append(_Run(rest, meaning))
    if line or at != units(text):
        raise Malformed("attributes for a text of another length")


class _Numbering:
    """Counts the items of numbered lists as ExportTxt.js does, its oddities after a change of level included."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._previous = 0

    def markup(self, kind: str, level: int) -> str:
        """What stands before a line's own text: tabs, then a bullet or a number."""
        if kind != "number":
            self._counts.clear()
            return "\t" * level + ("* " if kind == "bullet" else "")
        if level == 0:
            return ""
        if level < self._previous:
            self._counts.pop(self._previous, None)
        self._previous = level
        self._counts[level] = self._counts.get(level, 0) + 1
        path = ".".join(str(self._counts.setdefault(each, 0)) for each in range(1, level + 1))
        return "\t" * level + f"{path}. "


def _line(runs: Sequence[_Run], numbering: _Numbering) -> _Line:
    """One line; its first unit's attributes tell what kind of line it is."""
    first = runs[0].attributes
    listed = LIST.search(first.get("list", ""))
    kind, level = (listed[1], int(listed[2][:9])) if listed else ("", 0)
    if level > DEEPEST:
        raise Malformed("a list that is too deep")
    markup = numbering.markup(kind, level)
    own = _whole_pairs(runs)
    if first.get("list"):
        own[0] = replace(own[0], text=own[0].text[1:])
    leaked = not first.get("list") and first.get("lmkr") == "1" and own[0].text.startswith("*")
    heading = HEADING.fullmatch(first.get("heading", ""))
    structure = LineStructure(
        prefix=len(markup) + leaked,
        level=level,
        bullet=kind == "bullet",
        ordered=kind == "number",
        heading=int(heading[1]) if heading else 0,
        struck=tuple(_struck(own, len(markup))),
    )
    return _Line(markup + "".join(run.text for run in own), structure, _author(own))


def _whole_pairs(runs: Sequence[_Run]) -> list[_Run]:
    """The runs with no surrogate pair cut in two, and U+FFFD for surrogates that are alone."""
    whole: list[_Run] = []
    for run in runs:
        if whole and run.text[:1] > "\udbff" and run.text[:1] < "\ue000" and "\ud800" <= whole[-1].text[-1:] < "\udc00":
            whole[-1] = replace(whole[-1], text=whole[-1].text + run.text[0])
            whole.append(replace(run, text=run.text[1:]))
        else:
            whole.append(run)
    return [replace(run, text=without_surrogates(run.text)) for run in whole]


def _struck(runs: Sequence[_Run], start: int) -> Iterator[tuple[int, int]]:
    """Spans of struck-out text, touching ones joined; `start` is where the runs begin in the line."""
    begun: int | None = None
    for run in runs:
        struck = run.attributes.get("strikethrough") == "true" and bool(run.text)
        if struck and begun is None:
            begun = start
        if not struck and run.text and begun is not None:
            yield begun, start
            begun = None
        start += len(run.text)
    if begun is not None:
        yield begun, start


def _author(runs: Sequence[_Run]) -> str | None:
    """Who wrote most of a line, the first of them where it is even."""
    written: Counter[str] = Counter()
    for run in runs:
        written[run.attributes.get("author", "")] += len(run.text)
    del written[""]
    return written.most_common(1)[0][0] if written else None


PAD_KEY = re.compile(r"pad:[^:]+")

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A pad at its newest revision; `text` is what `/export/txt` would give, `edited_at` is UTC in ISO 8601."""

    text: str
    revision: int
    edited_at: str | None
    structure: Structure


def read_export(data: bytes) -> Export:
    """The pad in an export's bytes; raises Malformed where they are none."""
    try:
        records = _record(json.loads(data))
        keys = [key for key in records if PAD_KEY.fullmatch(key)]
        if len(keys) != 1:
            raise Malformed(f"{len(keys)} pads in one export")
        return _export(records, keys[0])
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error) or type(error).__name__) from error


def _export(records: Record, key: str) -> Export:
    pad = _record(records[key])
    atext = _record(pad.get("atext"))
    head = _number(pad.get("head"))
    body = _text(atext.get("text"))
    text, lines = render(body, _text(atext.get("attribs")), _pool(pad.get("pool")))
    revisions = dict(_revisions(records, key, head))
    times = {number: moment for number in revisions if (moment := _moment(records[f"{key}:revs:{number}"]))}
    edits = last_edits(revisions, head, body.removesuffix("\n").split("\n"))
    dated = (replace(line, edited_at=times.get(edit)) for line, edit in zip(lines, (*edits, NEVER), strict=True))
    first = revisions.get(0)
    return Export(
        text=text.replace("\0", "\ufffd"),
        revision=head,
        edited_at=times.get(head),
        structure=Structure(lines=tuple(dated), edited=first is None or first.text != body),
    )


def _revisions(records: Record, key: str, head: int) -> Iterator[tuple[int, Revision]]:
    """The revisions that are there and whole; Etherpad's database loses some."""
    for number in range(min(head, len(records)) + 1):
        record = records.get(f"{key}:revs:{number}")
        if isinstance(record, dict) and isinstance(record.get("changeset"), str):
            yield number, Revision(number=number, changeset=record["changeset"], text=_key_text(record.get("meta")))


def _key_text(meta: object) -> str | None:
    """The whole text that every hundredth revision holds."""
    atext = meta.get("atext") if isinstance(meta, dict) else None
    text = atext.get("text") if isinstance(atext, dict) else None
    return text if isinstance(text, str) else None


def _moment(revision: object) -> str | None:
    meta = revision.get("meta") if isinstance(revision, dict) else None
    stamp = meta.get("timestamp") if isinstance(meta, dict) else None
    return iso(stamp) if isinstance(stamp, int | float) else None


def iso(milliseconds: float) -> str | None:
    """A time as Etherpad counts it (milliseconds since 1970) in ISO 8601, UTC; None where no calendar has it."""
    try:
        return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):
        return None


def _pool(value: object) -> Pool:
    entries = _record(_record(value).get("numToAttrib"))
    return {int(number): _pair(pair) for number, pair in entries.items() if number.isdecimal()}


def _pair(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 - a pair
        raise Malformed("an attribute that is no pair")
    key, held = value
    return str(key), str(held).lower() if isinstance(held, bool) else str(held)


def _record(value: object) -> Record:
    if isinstance(value, dict):
        return value
    raise Malformed("a record is missing")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Malformed("a text is missing")


def _number(value: object) -> int:
    if isinstance(value, int) and value >= 0:
        return value
    raise Malformed("a number is missing")
