"""Etherpad's attribute strings and changesets (its doc/easysync), read in UTF-16 units as they count.

When each line of a pad was last edited, from its revisions.

Times live in the revisions only, so all of them are replayed; but line by line, each line being its length and its
last revision: 3,000 revisions take a twentieth of a second that way, and twelve seconds character by character.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

OP = re.compile(r"((?:\*[0-9a-z]+)*)(?:\|([0-9a-z]+))?([-+=])([0-9a-z]+)")
HEADER = re.compile(r"Z:([0-9a-z]+)([><])([0-9a-z]+)")
BMP_END = "\uffff"


class Malformed(ValueError):
    """An export is not what Etherpad writes."""


@dataclass(frozen=True, slots=True)
class Op:
    """Keep, insert or delete `units` UTF-16 units that hold `lines` newlines; `attributes` are numbers in the pool."""

    kind: str
    units: int
    lines: int
    attributes: tuple[int, ...]


def operations(ops: str) -> Iterator[Op]:
    """The operations in a string of them; raises Malformed where it is none."""
    at = 0
    while at < len(ops):
        found = OP.match(ops, at)
        if found is None:
            raise Malformed(f"no operation at {ops[at : at + 10]!r}")
        attributes, lines, kind, units = found.groups()
        yield Op(
            kind,
            int(units, 36),
            int(lines, 36) if lines else 0,
            tuple(int(one, 36) for one in attributes.split("*")[1:]),
        )
        at = found.end()


def unpack(changeset: str) -> tuple[int, int, str, str]:
    """A changeset's length before and after, its operations and the bank of inserted text; raises Malformed."""
    header = HEADER.match(changeset)
    ops, dollar, bank = changeset[header.end() if header else 0 :].partition("$")
    if header is None or not dollar:
        raise Malformed(f"no changeset: {changeset[:20]!r}")
    before, change = int(header[1], 36), int(header[3], 36)
    return before, before + (change if header[2] == ">" else -change), ops, bank


def units(text: str) -> int:
    """The length of `text` as JavaScript counts: a character beyond U+FFFF counts 2."""
    return len(text) + sum(c > BMP_END for c in text) if text and max(text) > BMP_END else len(text)


class Units:
    """A text cut at UTF-16 units, as Etherpad's lengths ask for."""

    def __init__(self, text: str) -> None:
        self._plain = not text or max(text) <= BMP_END
        self._text = text
        self._wide = b"" if self._plain else text.encode("utf-16-le", "surrogatepass")

    def cut(self, start: int, end: int) -> str:
        """The text from unit `start` to unit `end`; half of a pair comes out as a lone surrogate."""
        if self._plain:
            return self._text[start:end]
        return self._wide[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


NEVER = -1
"""Edited before the oldest revision that is there, so nobody knows when."""


@dataclass(slots=True)
class _Line:
    """A line of the text as it was: UTF-16 units, its newline included, and the revision that touched it last."""

    length: int
    revision: int


@dataclass(slots=True)
class _Text:
    """The whole text as it was: its lines, and the units of all of them."""

    lines: list[_Line]
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision's changeset; every hundredth holds the whole text as well, which a replay can begin from."""

    number: int
    changeset: str
    text: str | None = None


def last_edits(revisions: Mapping[int, Revision], head: int, lines: Sequence[str]) -> tuple[int, ...]:
    r"""For each line of the text now, the number of the revision that last touched it, NEVER where it is not known.

    `lines` have no newline. A missing revision (Etherpad's writes are not atomic) ends what is known; the replay goes
    on at the next revision that holds the whole text. Where the outcome has not the shape of `lines`, all are NEVER.
    """
    unknown = (NEVER,) * len(lines)
    if head not in revisions:
        return unknown
    state: _Text | None = _Text([_Line(1, NEVER)], 1)
    for number in range(head + 1):
        revision = revisions.get(number)
        state = _next(state, revision) if revision else None
    if state is None or [line.length for line in state.lines] != [units(line) + 1 for line in lines]:
        return unknown
    return tuple(line.revision for line in state.lines)


def _next(state: _Text | None, revision: Revision) -> _Text | None:
    """The text after `revision`, or None where it cannot be known."""
    if state is not None:
        with suppress(Malformed):
            return _Edit(state, revision).done()
    if revision.text is None:
        return None
    lines = [_Line(units(line) + 1, NEVER) for line in revision.text.removesuffix("\n").split("\n")]
    return _Text(lines, units(revision.text))


class _Edit:
    """One changeset being applied to lines; the cursor is a line and a column in it."""

    def __init__(self, text: _Text, revision: Revision) -> None:
        before, self._after, self._ops, bank = unpack(revision.changeset)
        if text.length != before:
            raise Malformed("a changeset for a text of another length")
        self._lines = text.lines
        self._number = revision.number
        self._bank = Units(bank)
        self._taken = 0
        self._at = 0
        self._column = 0

    def done(self) -> _Text:
        for op in operations(self._ops):
            {"=": self._keep, "+": self._insert, "-": self._delete}[op.kind](op)
        return _Text(self._lines, self._after)

    def _keep(self, op: Op) -> None:
        if op.attributes:
            for line in self._lines[self._at : self._at + max(op.lines, 1)]:
                line.revision = self._number
        if op.lines:
            self._at, self._column = self._at + op.lines, 0
        else:
            self._column += op.units

    def _insert(self, op: Op) -> None:
        pieces = self._bank.cut(self._taken, self._taken + op.units).split("\n")
        self._taken += op.units
        if len(pieces) - 1 != op.lines or (op.lines and pieces[-1]):
            raise Malformed("inserted lines are not where they are said to be")
        here = self._lines[self._at] if self._at < len(self._lines) else _Line(0, self._number)
        if op.lines:
            self._split(here, [units(piece) + 1 for piece in pieces[:-1]])
            return
        here.length += op.units
        here.revision = self._number
        self._lines[self._at : self._at + 1] = [here]
        self._column += op.units

    def _split(self, here: _Line, lengths: list[int]) -> None:
        """Put lines of these lengths at the cursor; a newline put at the end or start of a line does not edit it."""
        new = [_Line(length, self._number) for length in lengths]
        after = _Line(here.length - self._column, self._number if self._column else here.revision)
        new[0].length += self._column
        if lengths[0] == 1 and after.length == 1 and self._column:
            new[0].revision = here.revision
        self._lines[self._at : self._at + 1] = [*new, after] if after.length else new
        self._at, self._column = self._at + len(new), 0

    def _delete(self, op: Op) -> None:
        here = self._line()
        if not op.lines:
            here.length -= op.units
            here.revision = self._number
            return
        del self._lines[self._at + (1 if self._column else 0) : self._at + op.lines]
        if self._column:
            here.length = self._column
            if self._at + 1 >= len(self._lines):
                raise Malformed("a deletion past the end")
            here.length += self._lines.pop(self._at + 1).length
            here.revision = self._number

    def _line(self) -> _Line:
        if self._at >= len(self._lines):
            raise Malformed("an operation past the end")
        return self._lines[self._at]
