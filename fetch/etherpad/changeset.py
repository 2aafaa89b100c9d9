"""Etherpad's attribute strings and changesets (its doc/easysync), read in UTF-16 units as they count."""

import re
from collections.abc import Iterator
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
