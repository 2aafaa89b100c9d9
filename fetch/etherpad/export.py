"""The file that `/export/etherpad` gives: a pad with every revision, and more about its authors than anybody needs.

Read here are the text now, its attributes and the revisions' times; names, colours, chat and old texts are passed by.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from fetch.etherpad.changeset import Malformed
from fetch.etherpad.render import Pool, render
from fetch.etherpad.replay import NEVER, Revision, last_edits
from fetch.records import Structure

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
