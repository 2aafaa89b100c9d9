"""Answers of a language model: the JSON in them, and what of it is usable.

text ──► find_items ──► AnswerChecker: lines, concerns, words and citations exist ──► Checked: results and faults

Nothing here trusts the model: it may have been told by a line of the notes to answer whatever a stranger likes.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from pipeline.reading.numbered_lines import NumberedLine, PersonNames
from pipeline.reading.prompts import Request
from pipeline.reading.reading_records import (
    MOST_CODES_OF_A_LINE,
    CodeId,
    DraftConcern,
    LineFacts,
    ReadSentence,
    Task,
)
from pipeline.segment_records import Kind, Segment
from pipeline.text import is_invisible

LONGEST_NAME, LONGEST_SENTENCE = 80, 400
"""Code points of a concern's name and of a summary's sentence; more is no name and no sentence."""

MOST_SENTENCES, MOST_IN_PARAGRAPH = 3, 6
MOST_CITED = 6

LISTED = 12
"""Most numbers that a sentence lists."""

Item = dict[str, Any]
ReadItem = Callable[[int, Item], tuple[Any, list[str]]]
"""Returns the value of an item for a line, and sentences on what is wrong with it."""

Place = int | CodeId | None
"""What a fault is about: a line's number, a concern, or the answer as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something in an answer that does not fit: a sentence for the user and the model.

    `partial` is what is left of the item without it. With `again`, the model is to be asked once more.
    """

    place: Place
    reason: str
    partial: Any = None
    again: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The usable part of an answer: a value for each line or concern, or a list of concerns; and its faults."""

    values: Mapping[Place, Any] = field(default_factory=dict)
    drafts: tuple[DraftConcern, ...] = ()
    sentences: tuple[ReadSentence, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the answer is usable, not even a part."""
        partial = any(fault.partial is not None for fault in self.faults)
        return bool(self.faults) and not (self.values or self.drafts or self.sentences or partial)


def find_items(text: str, key: str) -> list[Item] | None:
    """Return the objects of the longest array called `key` in a text, or of a bare array; None if there is no array.

    Code fences, words around the JSON and a draft before the final answer do no harm. Of an array that breaks off, the
    complete objects are returned.
    """
    starts = [match.end() for match in re.finditer(rf'"{key}"\s*:\s*\[', text)]
    if not starts and (bare := re.search(r"\[\s*(?=\{)", text)):
        starts = [bare.end()]
    arrays: list[list[Item]] = []
    done = 0
    for start in starts:
        if start >= done:
            items, done = _objects(text, start)
            arrays.append(items)
    return max(reversed(arrays), key=len, default=None)


def _objects(text: str, start: int) -> tuple[list[Item], int]:
    """Return the objects from `start` on, between commas, and where they end."""
    decoder = json.JSONDecoder()
    items: list[Item] = []
    gap = re.compile(r"[\s,]*")
    while True:
        start = gap.match(text, start).end()  # type: ignore[union-attr] # matches the empty string, too
        try:
            value, start = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return items, start
        if isinstance(value, dict):
            items.append(value)


_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:|javascript:|data:)\S*", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_MARKS = re.compile(r"[*_`#~|<>{}\[\]\\]+|={2,}|'{2,}")
_LINE_NUMBERS = re.compile(r"(?<!\s)\s*[\[(](?:lines?\s*)?\d{1,6}(?:\s*(?:[,;–-]|and)\s*\d{1,6})*[\])]", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{3,})[\"”“»]")


def plain(text: object, longest: int) -> str:
    """Return a model's words as plain text on one line: without markup, links and control characters, cut to a length.

    "" if it is no text, or has no letter.
    """
    if not isinstance(text, str):
        return ""
    text = _TAG.sub(" ", _ADDRESS.sub(" ", _LINK.sub(r"\1", text[: 20 * longest])))
    text = "".join(
        " " if char.isspace() else char for char in _MARKS.sub(" ", text) if char == " " or not is_hidden(char)
    )
    text = " ".join(text.split()).strip(" -–—•:;,")
    if len(text) > longest:
        text = text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return text if any(map(str.isalpha, text)) else ""


def is_hidden(char: str) -> bool:
    """Return whether a character is no visible one and no space: a control character, a direction mark, a surrogate."""
    return (is_invisible(char) and not char.isspace()) or not (char.isprintable() or char.isspace())


def find_words(words: object, text: str) -> str | None:
    """Return the part of `text` that has these words in this order, whatever the spaces and capitals; else None."""
    parts = words.split() if isinstance(words, str) else []
    if not parts:
        return None
    match = re.search(r"\s+".join(map(re.escape, parts)), text, re.IGNORECASE)
    return match[0] if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChecker:
    """Checks answers against the lines that were sent; `segments` are all of the event, line n the nth of them.

    `members` has the lines of each concern, for summaries; `groups` are the names of groups as they were sent, with
    their real names.
    """

    lines: Mapping[int, NumberedLine]
    segments: Sequence[Segment]
    codes: frozenset[CodeId] = frozenset()
    members: Mapping[CodeId, frozenset[int]] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    people: PersonNames | None = None

    def check(self, request: Request, text: str) -> Checked:
        """Return what is usable of the answer to `request`."""
        match request.task:
            case Task.CODEBOOK:
                return self._drafts(text, request)
            case Task.MERGE:
                return self._merged(text, request)
            case Task.CODING:
                return self._by_line(text, request, self._codes)
            case Task.FACTS:
                details = {_number(item.get("line")): item for item in find_items(text, "details") or ()}
                return self._by_line(
                    text, request, lambda number, item: self._facts(number, item, details.get(number, {}))
                )
            case Task.SUMMARY:
                return self._summaries(text, request)
            case Task.PARAGRAPH:
                return self._paragraph(text, request)

    def _text(self, words: object, longest: int) -> str:
        text = plain(words, longest)
        return self.people.restore(text) if self.people else text

    def _drafts(self, text: str, request: Request) -> Checked:
        """Return the concerns that an answer names, each with those of the lines asked about that it puts there."""
        items = find_items(text, "concerns")
        if items is None:
            return Checked(faults=(_no_json("concerns"),))
        drafts, faults = [], []
        for item in items:
            numbers = [_number(number) for number in _list(item.get("lines"))]
            faults += [_elsewhere(number, self.lines) for number in numbers if number not in request.lines]
            lines = tuple(number - 1 for number in dict.fromkeys(numbers) if number in request.lines)
            if name := self._text(item.get("name"), LONGEST_NAME):
                drafts.append(DraftConcern(name=name, lines=lines))
        if not drafts and not self.codes:
            faults.append(Fault(place=None, reason="It names no concern."))
        return Checked(drafts=joined(drafts), faults=tuple(faults))

    def _merged(self, text: str, request: Request) -> Checked:
        """Return the merged concerns; those of the lists that are in none of them stand behind them."""
        items = find_items(text, "concerns")
        if not items:
            return Checked(faults=(_no_json("concerns"),))
        left = dict(enumerate(request.drafts, start=1))
        known = frozenset(left)
        drafts, faults = [], []
        for item in items:
            numbers = [_number(number) for number in _list(item.get("from"))]
            faults += [
                Fault(place=None, reason=f"Number {number} of a merged list does not exist.", again=False)
                for number in numbers
                if number not in known
            ]
            parts = [left.pop(number) for number in dict.fromkeys(numbers) if number in left]
            if parts and (name := self._text(item.get("name"), LONGEST_NAME)):
                drafts.append(DraftConcern(name=name, lines=tuple(chain.from_iterable(part.lines for part in parts))))
        if left:
            faults.append(Fault(place=None, reason=f"{_listed('Number', list(left))} in no concern of the new list."))
        return Checked(drafts=joined((*drafts, *left.values())), faults=tuple(faults))

    def _by_line(self, text: str, request: Request, read: ReadItem) -> Checked:
        """Return a value for each line that was asked for; `read` makes one of an item, with what is wrong with it."""
        items = find_items(text, "lines")
        if items is None:
            return Checked(faults=tuple(replace(_no_json("lines"), place=number) for number in request.lines))
        values: dict[Place, Any] = {}
        faults: list[Fault] = []
        seen: set[int] = set()
        for item in items:
            number = _number(item.get("line"))
            if number not in request.lines:
                faults.append(_elsewhere(number, self.lines))
            elif number in seen:
                faults.append(Fault(place=number, reason=f"Line {number} is there twice.", again=False))
            else:
                seen.add(number)
                value, wrong = read(number, item)
                faults += [Fault(place=number, reason=reason, partial=value) for reason in wrong]
                if not wrong:
                    values[number] = value
        missing = (number for number in request.lines if number not in seen)
        faults += [Fault(place=number, reason=f"Line {number} is missing.") for number in missing]
        return Checked(values=values, faults=tuple(faults))

    def _codes(self, number: int, item: Item) -> tuple[tuple[CodeId, ...], list[str]]:
        given = _list(item.get("concerns"))
        codes = [_code(code) for code in given]
        known = dict.fromkeys(code for code in codes if code in self.codes)
        wrong = [
            f"Line {number}: concern {plain(str(raw), 20) or 'without a name'} is not in the list."
            for raw, code in zip(given, codes, strict=True)
            if code not in self.codes
        ]
        return tuple(known)[:MOST_CODES_OF_A_LINE], wrong

    def _facts(self, number: int, item: Item, details: Item) -> tuple[LineFacts | None, list[str]]:
        kind = str(item.get("kind")).strip().lower()
        if kind not in set(Kind):
            return None, [f"Line {number}: {plain(kind, 20) or 'nothing'} is not a kind of line."]
        wrong: list[str] = []
        segment = self.segments[number - 1]
        copied: dict[str, str | None] = {"owner": None, "due": None}
        for name in copied if kind == Kind.ACTION else ():
            words = details.get(name) or ""
            restored = self.people.restore(str(words), segment) if self.people else words
            found = find_words(restored, segment.text)
            if words and found is None:
                wrong.append(f"Line {number}: its {name} is not copied from the line.")
            copied[name] = found
        facts = LineFacts(kind=Kind(kind), owner=copied["owner"], due=copied["due"])
        answer = _number(details.get("answer"))
        if kind == Kind.QUESTION and answer > 0:
            if answer in self.lines and answer != number:
                facts = replace(facts, answer=answer - 1)
            else:
                wrong.append(f"Line {number}: line {answer} cannot be its answer.")
        group = self.groups.get(str(details.get("group") or ""))
        return replace(facts, group=group if group != segment.group else None), wrong

    def _summaries(self, text: str, request: Request) -> Checked:
        items = find_items(text, "summaries")
        if items is None:
            return Checked(faults=tuple(replace(_no_json("summaries"), place=code) for code in request.codes))
        by_code = {_code(item.get("concern")): item for item in reversed(items)}
        values: dict[Place, Any] = {}
        faults = []
        for code in request.codes:
            if code not in by_code:
                faults.append(Fault(place=code, reason=f"Concern {code} is missing."))
                continue
            sentences, wrong = self._sentences(by_code[code], self.members[code], f"Concern {code}", MOST_SENTENCES)
            faults += [Fault(place=code, reason=reason, partial=sentences) for reason in wrong]
            if not wrong:
                values[code] = sentences
        return Checked(values=values, faults=tuple(faults))

    def _paragraph(self, text: str, request: Request) -> Checked:
        items = find_items(text, "sentences")
        if items is None:
            return Checked(faults=(_no_json("sentences"),))
        allowed = frozenset(request.lines)
        sentences, wrong = self._sentences({"sentences": items}, allowed, "The paragraph", MOST_IN_PARAGRAPH)
        return Checked(sentences=sentences, faults=tuple(Fault(place=None, reason=reason) for reason in wrong))

    def _sentences(
        self, item: Item, allowed: frozenset[int], where: str, most: int
    ) -> tuple[tuple[ReadSentence, ...], list[str]]:
        """Return the sentences of an item that cite lines, and only `allowed` ones; and what is wrong with others."""
        sentences, wrong = [], []
        for given in _list(item.get("sentences")):
            text = self._text(
                _LINE_NUMBERS.sub("", given.get("text") or "") if _is_sentence(given) else "", LONGEST_SENTENCE
            )
            numbers = [_number(number) for number in _list(given.get("lines"))] if text else []
            foreign = [number for number in numbers if number not in allowed]
            if not text:
                wrong.append(f"{where}: a sentence has no words.")
            elif not numbers:
                wrong.append(f"{where}: a sentence cites no line.")
            elif foreign:
                wrong.append(f"{where}: line {foreign[0]} is cited and is not among its lines.")
            elif quote := next(self._invented_quotes(text, numbers), None):
                wrong.append(f"{where}: “{quote}” is quoted and is not in the lines cited.")
            else:
                cited = tuple(dict.fromkeys(number - 1 for number in numbers))[:MOST_CITED]
                sentences.append(ReadSentence(text=text, lines=cited))
        return tuple(sentences[:most]), wrong

    def _invented_quotes(self, text: str, numbers: Sequence[int]) -> Iterator[str]:
        for match in _QUOTED.finditer(text):
            if not any(find_words(match[1].strip(" .,…"), self.segments[number - 1].text) for number in numbers):
                yield match[1][:60]


def _is_sentence(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("text"), str)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int:
    """Return a line's number, however it is written; -1 if it is none."""
    match = re.fullmatch(r"\D{0,6}(\d{1,7})", str(value).strip()) if not isinstance(value, bool) else None
    return int(match[1]) if match else -1


def _code(value: object) -> CodeId:
    match = re.match(r"\s*[cC]?(\d{1,4})\b", str(value))
    return CodeId(f"c{int(match[1])}" if match else "")


def joined(drafts: Sequence[DraftConcern]) -> tuple[DraftConcern, ...]:
    """Return drafts in their order, those of one name, whatever its capitals, as one with the lines of all."""
    known: dict[str, DraftConcern] = {}
    for draft in drafts:
        first = known.setdefault(draft.name.casefold(), draft)
        lines = tuple(dict.fromkeys((*first.lines, *draft.lines)))
        known[draft.name.casefold()] = replace(first, lines=lines)
    return tuple(known.values())


def _no_json(key: str) -> Fault:
    return Fault(place=None, reason=f'There is no JSON with "{key}" in the answer.')


def _elsewhere(number: int, lines: Mapping[int, NumberedLine]) -> Fault:
    if number in lines:
        return Fault(place=number, reason=f"Line {number} was not asked for.", again=False)
    name = f"Line {number}" if number >= 0 else "A line without a number"
    return Fault(place=None, reason=f"{name} does not exist.", again=False)


def _listed(noun: str, numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"{noun} {numbers[0]} is"
    return f"{noun}s {', '.join(map(str, numbers[:LISTED]))}{' and more' if len(numbers) > LISTED else ''} are"
