"""The records that `fetch` passes on: an event, its pads, the manifest's entries and the results of a fetch.

All are immutable. Times are UTC in ISO 8601, offsets are code points of a pad's text.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NewType, Protocol

from fetch.errors import UserMistake

PadId = NewType("PadId", str)
"""A pad's name on its server, or the stem of its file's name."""

Scalar = str | int | float | bool

NameLabel = Literal["PERSON", "ORG", "PLACE", "EVENT", "PRODUCT"]
"""What a name in event.toml can be a name of."""


class PadState(StrEnum):
    """Whether a pad's text is in the corpus; `GONE`: it is, but its server no longer has the pad."""

    HELD = "held"
    GONE = "gone"
    WITHHELD = "withheld"


class PublishPolicy(StrEnum):
    """Which pads may be kept: all but those with `__NOPUBLISH__`, or only those with `__PUBLISH__`."""

    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


class TextRemarkKind(StrEnum):
    """What there is to say about a pad's text: what it lost on the way here, or what in it is odd or uncertain."""

    NUL = "nul"
    LONE_SURROGATE = "lone_surrogate"
    NOT_UTF8 = "not_utf8"
    GUESSED_ENCODING = "guessed_encoding"
    FROM_HTML = "from_html"
    PLAIN_TEXT = "plain_text"


_TEXT_REMARKS = {
    TextRemarkKind.NUL: "NUL characters in it are kept ({count} of them)",
    TextRemarkKind.LONE_SURROGATE: "halves of characters (lone surrogates) became \ufffd ({count} of them)",
    TextRemarkKind.NOT_UTF8: "bytes that are not UTF-8 became \ufffd ({count} of them)",
    TextRemarkKind.GUESSED_ENCODING: "it is not UTF-8 and was read as {encoding}: check whether its accents are right",
    TextRemarkKind.FROM_HTML: "it was read from HTML, which does not keep control characters and the exact spaces",
    TextRemarkKind.PLAIN_TEXT: "plain text only, without what the editor knows of its lines",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRemark:
    """A remark on a pad's text; as a string, a clause for the command line.

    `count` says how often that occurs, where it can be counted, and `encoding` is the one that was guessed.
    """

    kind: TextRemarkKind
    count: int = 0
    encoding: str = ""

    def __str__(self) -> str:
        return _TEXT_REMARKS[self.kind].format(count=self.count, encoding=self.encoding)


def remarks_on_characters(text: str, lone_surrogates: int = 0) -> tuple[TextRemark, ...]:
    """Return what there is to say about a text's characters; `lone_surrogates` is how many were replaced."""
    counts = {TextRemarkKind.NUL: text.count("\0"), TextRemarkKind.LONE_SURROGATE: lone_surrogates}
    return tuple(TextRemark(kind=kind, count=count) for kind, count in counts.items() if count)


@dataclass(frozen=True, slots=True, kw_only=True)
class PadRef:
    """One `[[pad]]` of event.toml: a group and where its notes are (exactly one of pad, url, file).

    `formerly` are names that the group had, the oldest first: links and language models know it by them.
    """

    group: str
    pad: str | None = None
    url: str | None = None
    file: str | None = None
    formerly: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """One `[[name]]` of event.toml: a name that occurs in the notes; `also` are other ways to write it."""

    name: str
    label: NameLabel
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A gathering with its pads, as event.toml describes it; `id` is the name of its folder in corpus/.

    `patterns` are pad names with `*`, which a fetch looks up with an API key and adds to `pads`. `names` are known to
    occur in the notes. `language` is that of the report: an ISO 639 code, "auto" for the pads' main language, or "" for
    English. `contact` is an e-mail address or a link, for those who find a mistake in it. `introduction` is the
    facilitator's, as Markdown. `settings` and `reading` are what the analysis and a language model's reading are set
    to.
    """

    id: str
    title: str
    date: dt.date | None = None
    place: str | None = None
    contact: str | None = None
    introduction: str = ""
    server: str | None = None
    prompts: tuple[str, ...] = ()
    pads: tuple[PadRef, ...] = ()
    patterns: tuple[str, ...] = ()
    publish: PublishPolicy = PublishPolicy.OPT_OUT
    language: str = ""
    names: tuple[KnownName, ...] = ()
    settings: dict[str, Scalar] = field(default_factory=dict)
    reading: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestEntry:
    """Where one pad in the corpus came from.

    `file` is relative to the event's folder; `sha256` and `size` (bytes) are of that file as it was written.
    `revision` is Etherpad's number, where it is known, and `edited_at` the time of that revision. `remarks` are clauses
    on what was guessed, changed or lost, and `text_remarks` those of them that the report repeats. `form` is the
    export that was asked for (etherpad, txt, html, …) and `etag` the server's tag for that answer. `structure` and
    `history` are files beside `file`, if there are any. The entry of a withheld pad has neither file nor hash nor size:
    nothing of the pad is kept.
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
    state: PadState = PadState.HELD
    remarks: tuple[str, ...] = ()
    text_remarks: tuple[TextRemark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStructure:
    """What the editor knows about one line of a pad's text, and the text alone does not tell.

    `prefix` counts the code points that stand for markup: tabs, the bullet or number of a list item, the `*` that
    Etherpad's text export puts before a heading. `level` is the level of the list or indentation and `heading` is 1 to
    6; 0 means none. `ordered` means a numbered list, `bullet` one with bullets, neither of them indented text. `struck`
    are spans of struck-out text, in code points from the line's start.
    """

    prefix: int = 0
    level: int = 0
    bullet: bool = False
    ordered: bool = False
    heading: int = 0
    struck: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad:
    r"""A group's notes; `text` is exactly what was kept, and `edited_at` when it was last edited, where that is known.

    `structure[n]` describes `text.split("\n")[n]`. There is none if the server did not give one, or the text was edited
    by hand since. `formerly` are names that the group had, the oldest first. `text_remarks` say what the text lost on
    its way here, or what is uncertain in it.
    """

    pad_id: PadId
    group: str
    text: str
    sha256: str
    source: str
    revision: int | None = None
    edited_at: str | None = None
    structure: tuple[LineStructure, ...] | None = None
    formerly: tuple[str, ...] = ()
    text_remarks: tuple[TextRemark, ...] = ()


class OfNamedGroup(Protocol):
    """A pad with the name that its group has now, and those that it had."""

    @property
    def group(self) -> str: ...  # noqa: D102 - as in Pad

    @property
    def formerly(self) -> tuple[str, ...]: ...  # noqa: D102 - as in Pad


def groups_by_former_name(pads: Sequence[OfNamedGroup]) -> dict[str, str]:
    """Return which group each former name means: none that a group has now, or that two groups had."""
    groups: dict[str, set[str]] = {}
    for pad in pads:
        for name in pad.formerly:
            groups.setdefault(name, set()).add(pad.group)
    current = {pad.group for pad in pads}
    return {name: next(iter(meant)) for name, meant in groups.items() if len(meant) == 1 and name not in current}


def permanent_names(pads: Sequence[OfNamedGroup]) -> dict[str, str]:
    """Return the first name that each group had, by its name now; links to it hold whatever it is called today."""
    meant, names = groups_by_former_name(pads), dict[str, str]()
    for pad in pads:
        own = (name for name in pad.formerly if name == pad.group or meant.get(name) == pad.group)
        names.setdefault(pad.group, next(own, pad.group))
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPad:
    """A pad as a server or file gives it; `raw` is the full export.

    `text_remarks` say what the text lost or what is uncertain in it, and `remarks` are clauses on anything else.
    """

    text: str
    form: str
    etag: str | None = None
    revision: int | None = None
    edited_at: str | None = None
    structure: tuple[LineStructure, ...] | None = None
    raw: bytes | None = None
    remarks: tuple[str, ...] = ()
    text_remarks: tuple[TextRemark, ...] = ()

    def all_remarks(self) -> tuple[str, ...]:
        """Return all remarks as clauses."""
        return (*map(str, self.text_remarks), *self.remarks)


class ProblemKind(StrEnum):
    """Why a pad is not in the corpus."""

    TWICE = "twice"
    NOT_FETCHED = "not_fetched"
    UNREADABLE = "unreadable"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A pad of event.toml that is not in the corpus: what it is called there, and a sentence for the command line."""

    kind: ProblemKind
    name: str
    group: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """An event with the pads that could be read, in event.toml's order.

    `problems` are pads that are missing, `withheld` those left out because their authors do not want them kept; `notes`
    are sentences about pads that are there.
    """

    event: Event
    pads: tuple[Pad, ...]
    problems: tuple[Problem, ...] = ()
    withheld: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What a fetch did with a pad, in the order of its summary."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHHELD = "withheld"
    GONE = "gone (copy kept)"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome for one pad or file, `name` being how the user knows it; `remarks` are clauses."""

    name: str
    outcome: Outcome
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        details = "; ".join(remark.rstrip(".") for remark in self.remarks)
        return f"{self.outcome}: {self.name}{': ' if details else ''}{details}"


def failed(name: str, why: str) -> Result:
    """Return the result for a pad that could not be fetched or read; `why` is a clause."""
    return Result(name=name, outcome=Outcome.FAILED, remarks=(why,))


NO_PUBLISH_MARKER = "__NOPUBLISH__"
PUBLISH_MARKER = "__PUBLISH__"
"""What authors write into a pad to say whether it may be kept; etherdump and etherpump read the same markers."""


def reason_to_withhold(text: str, policy: PublishPolicy) -> str | None:
    """Return why a pad with this text must not be kept, as a clause, or None if it may be kept."""
    if NO_PUBLISH_MARKER in text:
        return f"its authors wrote {NO_PUBLISH_MARKER} into it"
    if policy is PublishPolicy.OPT_IN and PUBLISH_MARKER not in text:
        return f"its authors did not write {PUBLISH_MARKER} into it"
    return None


def parse_time(text: str | None, epoch: str | None = None) -> dt.datetime:
    """Return a time in UTC, to the second: `text` (ISO 8601), or else `epoch` (seconds since 1970), or else now.

    `epoch` is the value of SOURCE_DATE_EPOCH (reproducible-builds.org). Raises UserMistake.
    """
    try:
        if text is not None:
            time = dt.datetime.fromisoformat(text)
        else:
            time = dt.datetime.now(dt.UTC) if epoch is None else dt.datetime.fromtimestamp(int(epoch), dt.UTC)
        utc = time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        if text is not None:
            sentence = f"--now {text!r} is not a time; write it like 2026-05-04T12:00:00+00:00."
        else:
            sentence = f"SOURCE_DATE_EPOCH={epoch!r} is not a time; it is in seconds since 1970, like 1777896000."
        raise UserMistake(sentence) from error
    return utc.replace(microsecond=0)
