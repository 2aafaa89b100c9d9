"""What a language model said of an event's lines, as frozen records: the content of reading.json.

A line is identified by its content and its neighbours, as a decision's quote is; so the reading outlives edits and
another fetch. Everything that refers to a line does so by its index in `Reading.lines`.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import Field

from fetch.corpus_records import PadId
from pipeline.segment_records import Kind

CodeId = NewType("CodeId", str)
"""Identifies a concern of the codebook, such as `c12`."""

LineIndex = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(pattern=r"\S", max_length=2000)]


MOST_CODES_OF_A_LINE = 2


class Task(StrEnum):
    """What a prompt asks for; the passes of a reading in their order, with the steps of the first and the last."""

    CODEBOOK = "codebook"
    MERGE = "merge"
    CODING = "coding"
    FACTS = "facts"
    SUMMARY = "summary"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A concern of the codebook."""

    id: CodeId
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftConcern:
    """A concern of a list that is not the codebook yet, with the lines that were seen to raise it."""

    name: Text
    lines: tuple[LineIndex, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a line does, who takes it until when (words of the line), what answers it, and which group it speaks of."""

    kind: Kind
    owner: Text | None = None
    due: Text | None = None
    answer: LineIndex | None = None
    group: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """A segment when it was read: where it was and the hash of its text.

    Its neighbours in `Reading.lines` are those in its pad, so lines that were not sent are here, too. `listed` means
    that the codebook takes it into account. Each line is looked at twice: `first` are the concerns under which it stood
    when they were named, `codes` those that it was given on its own; `codes` and `facts` are None where the model has
    not said anything.
    """

    pad: PadId
    line: Annotated[int, Field(ge=1)]
    sha: str
    listed: bool = False
    first: tuple[CodeId, ...] = ()
    codes: tuple[CodeId, ...] | None = None
    facts: LineFacts | None = None

    @property
    def raised(self) -> tuple[CodeId, ...]:
        """The concerns that the line raises: by the first look, or else by the second.

        On training events this puts pairs of lines together better than either look alone, or than what both say
        (docs/experiments/reading.md).
        """
        return (self.first or self.codes or ())[:MOST_CODES_OF_A_LINE]

    @property
    def confirmed(self) -> tuple[CodeId, ...]:
        """The concerns that it raises by both looks."""
        return tuple(code for code in self.first if code in (self.codes or ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """A sentence of a summary and the lines that it cites."""

    text: Text
    lines: Annotated[tuple[LineIndex, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernSummary:
    """What the groups say about a concern; `of` are the lines that it had when it was summarised."""

    code: CodeId
    of: tuple[LineIndex, ...]
    sentences: tuple[ReadSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """What the model was asked for `tries` times and did not answer as it must: a line, a concern or a whole list."""

    task: Task
    line: LineIndex | None = None
    code: CodeId | None = None
    tries: Annotated[int, Field(ge=1)] = 1
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that a model said of an event.

    `host` is where the model ran, None if the answers came through files; `date` is the day of the last answer, and
    `prompts` the version of the prompts. `codebook_from` is the event whose list of concerns it began with, if any;
    those of them that no line raises stay in the `codebook`. `drafts` are lists of concerns that are not merged into
    the `codebook` yet.
    `paragraph` sums up the event; `paragraph_of` are the names of the concerns that it was made of.
    """

    schema: Literal[1]
    model: str = ""
    host: str | None = None
    date: dt.date | None = None
    prompts: str = ""
    codebook_from: str = ""
    codebook: tuple[Code, ...] = ()
    drafts: tuple[tuple[DraftConcern, ...], ...] = ()
    lines: tuple[ReadLine, ...] = ()
    summaries: tuple[ConcernSummary, ...] = ()
    paragraph: tuple[ReadSentence, ...] = ()
    paragraph_of: tuple[str, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
