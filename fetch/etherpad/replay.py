"""When each line of a pad was last edited, from its revisions.

Times live in the revisions only, so all of them are replayed; but line by line, each line being its length and its
last revision: 3,000 revisions take a twentieth of a second that way, and twelve seconds character by character.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fetch.etherpad.changeset import Malformed, Op, Units, operations, units, unpack

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
