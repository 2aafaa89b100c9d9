"""What things are told apart by: groups by initials and tone, lines and concerns by anchors."""

import re
from collections.abc import Iterator, Sequence

from fetch.records import PadId
from pipeline.report.quote import GroupMark

TONES = 12
"""As many pairs of colours as style.css has; the initials tell groups apart, colour only helps."""

_WORD = re.compile(r"[^\W\d_]+")
_SHORT_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_LAST_DIGITS = re.compile(r"\d{2}(?!\d)")
_LINK_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "a", "group", "team"})
_UNSAFE = re.compile(rb"[^A-Za-z0-9-]")


def group_marks(names: Sequence[str]) -> tuple[GroupMark, ...]:
    """A mark for each group, given all their names in event order."""
    taken: set[str] = set()
    marks = []
    for number, name in enumerate(names, start=1):
        initials = next(found for found in _candidates(name, number) if found.casefold() not in taken)
        taken.add(initials.casefold())
        marks.append(
            GroupMark(
                name=name, number=number, initials=initials, tone=(number - 1) % TONES, anchor=_anchor("group", name)
            )
        )
    return tuple(marks)


def line_anchor(pad_id: PadId, line: int) -> str:
    """The id of a pad's line in report.html; no two lines share one, whatever their pads are called."""
    return f"{_anchor('pad', pad_id)}-l{line}"


def concern_anchor(concern_id: str) -> str:
    """The id of a concern's card in report.html."""
    return _anchor("concern", concern_id)


def name_list_anchor(label: str) -> str:
    """The id of a list of names in report.html."""
    return _anchor("names", label)


def _anchor(kind: str, name: str) -> str:
    """`kind` and `name` in letters that ids, links and selectors leave alone; a byte of another is `_2F`."""
    return (
        f"{kind}-" + _UNSAFE.sub(lambda match: b"_%02X" % ord(match[0]), name.encode("utf-8", "surrogatepass")).decode()
    )


def _candidates(name: str, number: int) -> Iterator[str]:
    """Two letters that remind of `name`, the best first; its number if all are taken."""
    words = [word for word in _WORD.findall(name) if word.casefold() not in _LINK_WORDS] or _WORD.findall(name)
    for digits in _SHORT_NUMBER.findall(name) if words else ():
        yield words[0][0].upper() + digits
    for other in words[1:]:
        yield words[0][0].upper() + other[0].upper()
    for word in words:
        for letter in word[1:]:
            yield word[0].upper() + letter.lower()
    for digits in _LAST_DIGITS.findall(name) if words else ():
        yield words[0][0].upper() + digits
    yield str(number)
