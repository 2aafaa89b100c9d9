"""The hand-made list of what corpus/sample contains, as frozen records; tests/gold/sample/README.md explains it."""

import csv
import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter

from fetch.corpus import read_corpus

ROOT = Path(__file__).resolve().parents[2]
EVENT = ROOT / "corpus" / "sample"
GOLD = ROOT / "tests" / "gold" / "sample"

Role = Literal["prompt", "heading", "boilerplate", "duplicate", "noise"]
EntityLabel = Literal["PERSON", "ORG", "PLACE", "EVENT", "PRODUCT"]
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The first words of what somebody said about a concern."""

    __pydantic_config__ = STRICT

    pad: str
    line: int
    begins: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldConcern:
    __pydantic_config__ = STRICT

    id: str
    name: str
    one_group: bool
    quotes: tuple[Quote, ...]

    @property
    def pads(self) -> tuple[str, ...]:
        """The pads that raise it, in order of first quote."""
        return tuple(dict.fromkeys(quote.pad for quote in self.quotes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A question or a decision, whole."""

    __pydantic_config__ = STRICT

    pad: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    __pydantic_config__ = STRICT

    pad: str
    line: int
    text: str
    owner: str | None
    due: str | None
    due_date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    __pydantic_config__ = STRICT

    pad: str
    line: int
    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    __pydantic_config__ = STRICT

    pad: str
    line: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateExpression:
    __pydantic_config__ = STRICT

    pad: str
    line: int
    text: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldEntity:
    __pydantic_config__ = STRICT

    label: EntityLabel
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldMention:
    """`text[start:end]` of a pad names `entity`, in code points."""

    start: int
    end: int
    entity: GoldEntity


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    concerns: tuple[GoldConcern, ...]
    questions: tuple[Remark, ...]
    decisions: tuple[Remark, ...]
    next_steps: tuple[NextStep, ...]
    set_aside: tuple[SetAside, ...]
    languages: tuple[OtherLanguage, ...]
    dates: tuple[DateExpression, ...]
    entities: tuple[GoldEntity, ...]


def load(folder: Path = GOLD) -> Gold:
    """The gold list in `folder`; raises pydantic's ValidationError where a file is not as its README says."""
    return Gold(
        concerns=TypeAdapter(tuple[GoldConcern, ...]).validate_python(_toml(folder / "concerns.toml")["concern"]),
        questions=TypeAdapter(tuple[Remark, ...]).validate_python(_rows(folder / "questions.tsv")),
        decisions=TypeAdapter(tuple[Remark, ...]).validate_python(_rows(folder / "decisions.tsv")),
        next_steps=TypeAdapter(tuple[NextStep, ...]).validate_python(_rows(folder / "next_steps.tsv")),
        set_aside=TypeAdapter(tuple[SetAside, ...]).validate_python(_rows(folder / "set_aside.tsv")),
        languages=TypeAdapter(tuple[OtherLanguage, ...]).validate_python(_rows(folder / "languages.tsv")),
        dates=TypeAdapter(tuple[DateExpression, ...]).validate_python(_rows(folder / "dates.tsv")),
        entities=TypeAdapter(tuple[GoldEntity, ...]).validate_python(_toml(folder / "entities.toml")["entity"]),
    )


def pad_texts() -> dict[str, str]:
    """Pad id to the pad's text, to the character, in event.toml's order."""
    return {pad.pad_id: pad.text for pad in read_corpus(EVENT).pads}


def lines_of(text: str) -> list[str]:
    r"""The lines of a pad, each without its `\n`; the last line ends in one too, as Etherpad writes it."""
    return text.removesuffix("\n").split("\n")


def line_span(text: str, line: int) -> tuple[int, int]:
    r"""Where line `line` (from 1) begins and ends in `text`, its `\n` left out, in code points."""
    before = text.split("\n")[: line - 1]
    start = sum(len(part) + 1 for part in before)
    return start, start + len(text[start:].split("\n", 1)[0])


def span(text: str, line: int, words: str) -> tuple[int, int]:
    """Where `words` stand on line `line` of `text`, in code points; raises ValueError where they do not."""
    start, end = line_span(text, line)
    at = text.index(words, start, end)
    return at, at + len(words)


def quote_spans(gold: Gold, texts: dict[str, str]) -> dict[Quote, tuple[int, int]]:
    """Each quote's range in its pad: from its first words to the next quote on the line, or the line's end."""
    starts = {quote: span(texts[quote.pad], quote.line, quote.begins)[0] for quote in _quotes(gold)}
    places = [(quote.pad, start) for quote, start in starts.items()]
    ends = {quote: line_span(texts[quote.pad], quote.line)[1] for quote in starts}
    return {
        quote: (start, min([at for pad, at in places if pad == quote.pad and start < at] + [ends[quote]]))
        for quote, start in starts.items()
    }


def mentions(gold: Gold, text: str) -> tuple[GoldMention, ...]:
    """Every mention in `text`, from left to right; of two variants at one place, the longer one counts."""
    owner = {variant: entity for entity in gold.entities for variant in entity.variants}
    longest_first = sorted(owner, key=lambda variant: (-len(variant), variant))
    names = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
    return tuple(
        GoldMention(start=match.start(), end=match.end(), entity=owner[match.group()]) for match in names.finditer(text)
    )


def _quotes(gold: Gold) -> Iterator[Quote]:
    return (quote for concern in gold.concerns for quote in concern.quotes)


def _rows(path: Path) -> list[dict[str, str | None]]:
    """The rows of a TSV; an empty cell is None, and a quotation mark is just a character."""
    with path.open(encoding="utf-8", newline="\n") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: value or None for key, value in row.items()} for row in reader]


def _toml(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
