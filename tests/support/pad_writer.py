"""Writes pads as Etherpad does: every edit a revision by an author, kept unit by unit and without any cleverness.

It is what `fetch.etherpad_export` is tested against, and what fills the local server of `make etherpad`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

Attributes = tuple[tuple[str, str], ...]
Record = dict[str, object]

START = 1_778_000_000_000
"""Milliseconds: in May 2026."""

ITEM = re.compile(r"(\t+)(\* |[0-9.]+ )(.*)", re.DOTALL)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def utf16(text: str) -> list[str]:
    """The UTF-16 units of a text, as JavaScript sees them: half a pair is a lone surrogate."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(raw), 2)]


def joined(units: Sequence[str]) -> str:
    return "".join(units).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@dataclass
class PadWriter:
    """A pad being written; `units` are its UTF-16 units with their attributes, the last being a newline."""

    units: list[tuple[str, Attributes]] = field(default_factory=lambda: [("\n", ())])
    revisions: list[Record | None] = field(default_factory=list)
    pool: dict[tuple[str, str], int] = field(default_factory=dict)
    authors: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return joined([unit for unit, _ in self.units])

    def edit(self, author: str, start: int, removed: int, text: str, attributes: Attributes = ()) -> None:
        """Put `text` in place of `removed` units from unit `start` on."""
        mine = tuple(sorted((*attributes, ("author", author)))) if author else attributes
        new = utf16(text)
        kept, gone = self.units[:start], self.units[start : start + removed]
        ops = self._op("=", [unit for unit, _ in kept]) + self._op("-", [unit for unit, _ in gone])
        ops += self._op("+", new, mine)
        old = len(self.units)
        self.units[start : start + removed] = [(unit, mine) for unit in new]
        self._commit(author, old, ops, joined(new))

    def mark(self, author: str, start: int, end: int, key: str, value: str) -> None:
        """Give the units from `start` to `end` an attribute, as when somebody strikes words out."""
        before = [unit for unit, _ in self.units[:start]]
        inside = [unit for unit, _ in self.units[start:end]]
        ops = self._op("=", before) + self._op("=", inside, ((key, value),))
        old = len(self.units)
        for at in range(start, end):
            unit, attributes = self.units[at]
            others = tuple(pair for pair in attributes if pair[0] != key)
            self.units[at] = (unit, tuple(sorted((*others, (key, value)))))
        self._commit(author, old, ops, "")

    def line(self, author: str, text: str, attributes: Attributes = (), marker: Attributes = ()) -> None:
        """Write a line at the end; `marker` are the attributes of the `*` that stands for a list item or heading."""
        if len(self.units) > 1:
            self.edit(author, len(self.units) - 1, 0, "\n")
        if marker:
            self.edit(author, len(self.units) - 1, 0, "*", (*marker, ("insertorder", "first"), ("lmkr", "1")))
        if text:
            self.edit(author, len(self.units) - 1, 0, text, attributes)

    def records(self, name: str, key: str | None = None) -> dict[str, object]:
        """The database records of the pad, which are those of its export as well."""
        place = f"pad:{name}"
        return {
            place: {
                "atext": self._atext(),
                "pool": self._pool(),
                "head": len(self.revisions) - 1,
                "chatHead": -1,
                "publicStatus": False,
                "savedRevisions": [],
            },
            **{f"{place}:revs:{number}": record for number, record in enumerate(self.revisions)},
            **{f"globalAuthor:{one}": _author(one, key or name) for one in sorted(self.authors)},
        }

    def export(self, name: str = "pad") -> bytes:
        return json.dumps(self.records(name)).encode("utf-8", "surrogatepass")

    def _op(self, kind: str, units: Sequence[str], attributes: Attributes = ()) -> str:
        """An operation on `units`; its part up to the last newline is separate, as Etherpad wants it."""
        whole = len(units) - next((n for n, unit in enumerate(reversed(units)) if unit == "\n"), len(units))
        marks = "".join(f"*{base36(self.pool.setdefault(pair, len(self.pool)))}" for pair in attributes)
        lines = sum(unit == "\n" for unit in units[:whole])
        ops = f"{marks}|{base36(lines)}{kind}{base36(whole)}" if whole else ""
        return ops + (f"{marks}{kind}{base36(len(units) - whole)}" if len(units) > whole else "")

    def _atext(self) -> Record:
        runs = ((attributes, [unit for unit, _ in run]) for attributes, run in groupby(self.units, key=lambda u: u[1]))
        return {"text": self.text, "attribs": "".join(self._op("+", units, attributes) for attributes, units in runs)}

    def _pool(self) -> Record:
        return {"numToAttrib": {str(n): list(pair) for pair, n in self.pool.items()}, "nextNum": len(self.pool)}

    def _commit(self, author: str, old: int, ops: str, bank: str) -> None:
        self.authors |= {author} - {""}
        change = len(self.units) - old
        header = f"Z:{base36(old)}{'>' if change >= 0 else '<'}{base36(abs(change))}"
        meta: Record = {"author": author, "timestamp": START + 60_000 * len(self.revisions)}
        if len(self.revisions) % 100 == 0:
            meta |= {"pool": self._pool(), "atext": self._atext()}
        self.revisions.append({"changeset": f"{header}{ops}${bank}", "meta": meta})


def _author(one: str, name: str) -> Record:
    return {"colorId": 7, "name": f"Somebody {one[-1]}", "timestamp": START, "padIDs": {name: 1}}


def written(text: str, authors: Sequence[str] = ("a.one", "a.two", "a.three")) -> PadWriter:
    """A pad whose text export is `text`: its lines written one by one, by the authors in turn.

    `text` ends in a newline, and its first line is not empty. Lines that begin with tabs and a bullet or number become
    list items, those that begin with `*` headings.
    """
    pad = PadWriter()
    pad.edit("", 0, 0, "")
    for number, line in enumerate(text.removesuffix("\n").split("\n")):
        pad.line(authors[number % len(authors)], *_parts(line))
    return pad


def _parts(line: str) -> tuple[str, Attributes, Attributes]:
    item = ITEM.fullmatch(line)
    if item:
        kind = "bullet" if item[2] == "* " else "number"
        return item[3], (), (("list", f"{kind}{len(item[1])}"), *((("start", "1"),) if kind == "number" else ()))
    if line.startswith("*") and line[1:2] not in {"", "*", " "}:
        return line[1:], (), (("heading", "h2"),)
    return line, (), ()


def database(pads: dict[str, PadWriter]) -> Iterator[str]:
    """The lines of Etherpad's `dirty` database that holds these pads."""
    for name, pad in pads.items():
        for key, value in pad.records(name).items():
            yield json.dumps({"key": key, "val": value}) + "\n"
