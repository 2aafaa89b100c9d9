"""What `fetch` hands on: events, pads and the manifest, as frozen records.

What became of each pad in a run, and the tally of it.

Words in a pad by which its authors decide whether it may be kept; etherdump and etherpump use the same.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType

PadId = NewType("PadId", str)
"""A pad's name on its server, or the stem of its file's name."""

Scalar = str | int | float | bool

NameLabel = Literal["PERSON", "ORG", "PLACE", "EVENT", "PRODUCT"]
"""What a name in event.toml can be the name of."""


class State(StrEnum):
    """Whether a pad's text is in the corpus; `gone`: it is, but its server has it no longer."""

    HELD = "held"
    GONE = "gone"
    WITHHELD = "withheld"


class Publish(StrEnum):
    """Which pads may be kept: all but those with `__NOPUBLISH__`, or those with `__PUBLISH__` only."""

    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class PadRef:
    """One `[[pad]]` of event.toml: a group and where its notes are (exactly one of pad, url, file)."""

    group: str
    pad: str | None = None
    url: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One `[[name]]` of event.toml: whom or what the notes name; `also` are other ways to write it."""

    name: str
    label: NameLabel
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A gathering with its pads, as event.toml describes it; `id` is the name of its folder in corpus/.

    `patterns` are names with `*`, for pads that a fetch looks up with an API key and adds to `pads`. `names` are what
    its notes are known to name. `language` is that of the report: an ISO 639 code, "auto" for the pads' main language,
    or "" for English.
    """

    id: str
    title: str
    date: dt.date | None = None
    server: str | None = None
    prompts: tuple[str, ...] = ()
    pads: tuple[PadRef, ...] = ()
    patterns: tuple[str, ...] = ()
    publish: Publish = Publish.OPT_OUT
    language: str = ""
    names: tuple[KnownName, ...] = ()
    settings: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """How one pad came to be in the corpus.

    `file` is relative to the event's folder, `sha256` is of the file's bytes as kept, `size` is in bytes,
    `fetched_at` is UTC in ISO 8601, `revision` is Etherpad's, where it is known, and `edited_at` that revision's time.
    `remarks` say what was guessed or changed on the way in. `form` is what was asked for (etherpad, txt, html, …) and
    `etag` the server's mark of that answer. `structure` and `history` are files beside `file`, where they are kept.
    A withheld pad has an entry without file, hash and size: nothing of it is kept.
    """

    pad_id: PadId
    file: str
    source: str
    sha256: str
    size: int
    fetched_at: str
    revision: int | None = None
    edited_at: str | None = None
    form: str | None = None
    etag: str | None = None
    structure: str | None = None
    history: str | None = None
    state: State = State.HELD
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStructure:
    r"""What the editor knew about one line of a pad's text.

    `prefix` is the number of code points that stand for markup, not for what was written: tabs, bullet or number of a
    list item, the `*` that Etherpad's text export leaks before a heading. `level` is the list or indentation level and
    `heading` 1 to 6, each 0 for none; `ordered` means a numbered list, `bullet` one with bullets (neither: indented
    only). `struck` are spans of struck-out text, code points from the line's start, in order. `author` is who wrote
    most of the line: a number that means nothing outside this pad; `edited_at` is UTC in ISO 8601.
    """

    prefix: int = 0
    level: int = 0
    bullet: bool = False
    ordered: bool = False
    heading: int = 0
    struck: tuple[tuple[int, int], ...] = ()
    author: int | None = None
    edited_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    r"""What the editor knew about a pad: `lines[n]` is for `text.split("\n")[n]`.

    `edited` is False where the text is still that of the pad's first revision: nobody has written in it since it was
    made, by hand or with a template.
    """

    lines: tuple[LineStructure, ...]
    edited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad:
    """A group's notes: `text` is what was kept, to the character; offsets everywhere are code points of it.

    `structure` is there where the pad came with one and its text has not been changed by hand since.
    """

    pad_id: PadId
    group: str
    text: str
    sha256: str
    source: str
    revision: int | None = None
    structure: Structure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPad:
    """A pad as fetched; `raw` is the full export, `remarks` are clauses on what was guessed or given up."""

    text: str
    form: str
    etag: str | None = None
    revision: int | None = None
    edited_at: str | None = None
    structure: Structure | None = None
    raw: bytes | None = None
    remarks: tuple[str, ...] = ()


class ProblemKind(StrEnum):
    """What is the matter with a pad that is not in the corpus."""

    TWICE = "twice"
    NOT_FETCHED = "not_fetched"
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A pad of event.toml that is not in the corpus: what it is called there, and the sentence for the command line."""

    kind: ProblemKind
    name: str
    group: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """An event with the pads that could be read, in event.toml's order.

    `problems` are pads that are missing, `withheld` those left out at their authors' wish; `notes` are sentences about
    pads that are there.
    """

    event: Event
    pads: tuple[Pad, ...]
    problems: tuple[Problem, ...] = ()
    withheld: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of a pad. The order is that of the tally."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHHELD = "withheld"
    GONE = "gone (copy kept)"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A pad or file, named as the user names it, and what became of it; `remarks` are clauses."""

    name: str
    outcome: Outcome
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "; ".join(remark.rstrip(".") for remark in self.remarks)
        return f"{self.outcome}: {self.name}{': ' if said else ''}{said}"


def failed(name: str, why: str) -> Result:
    """The result of a pad that could not be had; `why` is a clause."""
    return Result(name=name, outcome=Outcome.FAILED, remarks=(why,))


def tally(results: Iterable[Result], of: Iterable[Outcome] = tuple(Outcome)) -> str:
    """How many there were of each outcome: `3 new, 0 changed, …`."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in of)


NO = "__NOPUBLISH__"
YES = "__PUBLISH__"


def why_withheld(text: str, publish: Publish) -> str | None:
    """Why a pad with this text is not to be kept, as a clause; None where it may be."""
    if NO in text:
        return f"its authors wrote {NO} into it"
    if publish is Publish.OPT_IN and YES not in text:
        return f"its authors did not write {YES} into it"
    return None
