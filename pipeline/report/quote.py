"""The two records that every part of the report is made of: a group's mark and a quote."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMark:
    """How a group is recognised everywhere: name, initials (no two groups have the same) and one of 12 tones."""

    name: str
    number: int
    initials: str
    tone: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Verbatim words and where they stand.

    `at` is the pad's number and the characters (`2:120-180`): what a quote is proofread by. `where` is said to
    readers, `anchor` is the line's in report.html, `url` the pad's revision on its server, where there is one.
    """

    text: str
    language: str | None
    at: str
    group: GroupMark
    line: int
    where: str
    anchor: str
    url: str | None
