"""Prompts: which lines go into one prompt, so that question and answer fit the model's context, and their words.

lines ──► batches ──► templates/reading/*.txt ──► Request: text, JSON Schema of the answer, what it must cover
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, groupby, zip_longest
from operator import attrgetter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from pipeline.reading.chat_protocol import ChatPrompt
from pipeline.reading.numbered_lines import NumberedLine, groups_of
from pipeline.reading.reading_records import Code, CodeId, DraftConcern, Task

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "reading"

VERSION = "2"
"""Version of the prompts, kept in reading.json; a test compares it with the templates' hash."""

RESERVE = 0.1
"""Share of the context that is left free, because tokens are estimated."""

MOST_LINES = 80
"""Lines of a prompt that wants an answer for each: language models drop some of more than a hundred."""

CHUNK = 14
"""Lines of one group that stay together in a prompt for the codebook: enough to understand them, few enough that a
prompt of a small context holds several groups."""

MOST_CODES = 40
"""Concerns of a codebook: as many as a report shows (`Settings.most_concerns`)."""

MIN_ANSWERS = 20
"""Lines from which one for each group shows that all groups answered the same question."""

MOST_NAMES = 120
"""Names of a prompt that merges lists."""

LINE_ANSWER, LISTED_ANSWER, FACTS_ANSWER, NAME_ANSWER, SUMMARY_ANSWER = 16, 5, 24, 24, 220
"""Tokens of an answer for a line, for its number in a list, for its facts, for the name of a concern, for a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A prompt and what its answer must cover: numbers of lines, ids of concerns or, in a merge, drafts by number."""

    task: Task
    prompt: ChatPrompt
    lines: tuple[int, ...] = ()
    codes: tuple[CodeId, ...] = ()
    drafts: tuple[DraftConcern, ...] = ()


def count_tokens(text: str) -> int:
    """Return an upper estimate of a text's tokens: 3.5 letters of English each, one letter of most other scripts.

    Measured on notes with the tokenizers of four open models; code and other languages take more tokens per letter.
    """
    ascii_letters = sum(char.isascii() for char in text)
    return int(ascii_letters / 3.5) + len(text) - ascii_letters + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWriter:
    """Writes the prompts of each task for a model that can take `context_tokens`, question and answer together.

    `hide` replaces what must not be sent in words that a model wrote before, such as names of persons; lines come
    without it already.
    """

    context_tokens: int
    hide: Callable[[str], str] = str

    def codebook(
        self, lines: Sequence[NumberedLine], known: Sequence[str], reasons: Sequence[str], *, begin: bool = False
    ) -> Iterator[Request]:
        """Yield prompts that ask for the concerns in `lines` that `known` does not name; each has several groups.

        With `begin`, they ask for the lines of the known concerns, too, which are those of another event.
        """
        answers = is_answers(lines)
        values: dict[str, Any] = {"known": known, "reasons": reasons, "answers": answers, "begin": begin}
        fixed = self._room("codebook.txt", **values, lines=(), least=1, most=1)
        for batch in _batches(_interleaved(lines), fixed, LISTED_ANSWER, len(lines) or 1):
            chosen = sorted(batch, key=attrgetter("number"))
            most = most_concerns(len(chosen), answers=answers)
            filled = {**values, "lines": chosen, "least": most // 2, "most": most}
            answer = NAME_ANSWER * most + LISTED_ANSWER * len(chosen)
            yield Request(
                task=Task.CODEBOOK, prompt=self._prompt(Task.CODEBOOK, filled, _DRAFT, answer), lines=_numbers(chosen)
            )

    def merge(
        self, drafts: Sequence[Sequence[DraftConcern]], lines: Sequence[NumberedLine], reasons: Sequence[str]
    ) -> Request:
        """Return the prompt that merges the first drafts, two at least, as many as fit; `lines` are all of an event."""
        chosen, size = list(drafts[:2]), sum(map(len, drafts[:2]))
        for draft in drafts[2:]:
            size += len(draft)
            if size > min(MOST_NAMES, self.context_tokens // (3 * NAME_ANSWER)):
                break
            chosen.append(draft)
        flat = tuple(chain.from_iterable(chosen))
        numbers = iter(range(1, len(flat) + 1))
        values = {
            "drafts": [[(next(numbers), concern.name) for concern in draft] for draft in chosen],
            "most": most_concerns(len(lines), answers=is_answers(lines)),
            "reasons": reasons,
        }
        return Request(
            task=Task.MERGE, prompt=self._prompt(Task.MERGE, values, _MERGED, NAME_ANSWER * len(flat)), drafts=flat
        )

    def coding(
        self, lines: Sequence[NumberedLine], codebook: Sequence[Code], reasons: Sequence[str]
    ) -> Iterator[Request]:
        """Yield prompts that ask which concerns of `codebook` each line raises; neighbours are in different places.

        A model that sees a group's lines one after the other codes them by the group's subject: of three orders, this
        one, with a few words on where each line was, put most pairs of lines together as readers did
        (docs/experiments/reading.md).
        """
        fixed = self._room("coding.txt", lines=(), codebook=codebook, reasons=reasons)
        for batch in _batches(sorted(lines, key=_shuffled), fixed, LINE_ANSWER, MOST_LINES, _in_context):
            values = {"lines": batch, "codebook": codebook, "reasons": reasons}
            yield Request(
                task=Task.CODING,
                prompt=self._prompt(Task.CODING, values, _CODES, LINE_ANSWER * len(batch)),
                lines=_numbers(batch),
            )

    def facts(self, lines: Sequence[NumberedLine], groups: Sequence[str], reasons: Sequence[str]) -> Iterator[Request]:
        """Yield prompts that ask what each line does, and for owners, due dates, answers and other groups."""
        fixed = self._room("facts.txt", lines=(), groups=groups, reasons=reasons)
        for batch in _batches(lines, fixed, FACTS_ANSWER, MOST_LINES):
            values = {"lines": batch, "groups": groups, "reasons": reasons}
            yield Request(
                task=Task.FACTS,
                prompt=self._prompt(Task.FACTS, values, _FACTS, FACTS_ANSWER * len(batch)),
                lines=_numbers(batch),
            )

    def summaries(
        self, concerns: Sequence[tuple[Code, Sequence[NumberedLine]]], reasons: Sequence[str]
    ) -> Iterator[Request]:
        """Yield prompts that ask for a summary of each of some concerns, from its lines."""
        room = self._room("summary.txt", concerns=(), reasons=reasons)
        batch: list[tuple[Code, Sequence[NumberedLine]]] = []
        left = room
        for code, lines in concerns:
            kept = list(_fitting(lines, room - SUMMARY_ANSWER))
            size = sum(_line_tokens(line) for line in kept) + SUMMARY_ANSWER
            if batch and size > left:
                yield self._summary(batch, reasons)
                batch, left = [], room
            batch.append((code, kept))
            left -= size
        if batch:
            yield self._summary(batch, reasons)

    def paragraph(self, concerns: Sequence[Mapping[str, Any]], groups: int, reasons: Sequence[str]) -> Request:
        """Return the prompt for the paragraph on the event; `concerns` have `name`, `groups` and `sentences`."""
        lines = {number for concern in concerns for one in concern["sentences"] for number in one["numbers"]}
        values = {"concerns": concerns, "groups": groups, "reasons": reasons}
        return Request(
            task=Task.PARAGRAPH,
            prompt=self._prompt(Task.PARAGRAPH, values, _PARAGRAPH, 2 * SUMMARY_ANSWER),
            lines=tuple(sorted(lines)),
        )

    def _summary(self, batch: Sequence[tuple[Code, Sequence[NumberedLine]]], reasons: Sequence[str]) -> Request:
        values = {"concerns": batch, "reasons": reasons}
        codes = tuple(code.id for code, _ in batch)
        return Request(
            task=Task.SUMMARY,
            prompt=self._prompt(Task.SUMMARY, values, _SUMMARIES, SUMMARY_ANSWER * len(batch)),
            codes=codes,
        )

    def _room(self, template: str, **values: object) -> int:
        """Return the tokens that a prompt without lines leaves for lines and their answers."""
        fixed = count_tokens(_template(template).render(values, hide=self.hide))
        return int(self.context_tokens * (1 - RESERVE)) - fixed

    def _prompt(
        self, task: Task, values: Mapping[str, object], schema: Mapping[str, object], answer: int
    ) -> ChatPrompt:
        text = _template(f"{task.value}.txt").render(values, hide=self.hide).strip() + "\n"
        return ChatPrompt(text=text, schema=schema, answer_tokens=max(answer, self.context_tokens - count_tokens(text)))


def is_answers(lines: Sequence[NumberedLine]) -> bool:
    """Return whether the groups wrote about a line each, as in a survey of one question, not notes."""
    return len(lines) >= MIN_ANSWERS and len(lines) < 2 * len(groups_of(lines))


def most_concerns(lines: int, *, answers: bool) -> int:
    """Return how many concerns a list of so many lines may have; readers of 126 to 681 lines named 18 to 35."""
    return 4 + min(lines // 25, 8) if answers else min(MOST_CODES, 12 + lines // 8)


def _numbers(lines: Sequence[NumberedLine]) -> tuple[int, ...]:
    return tuple(line.number for line in lines)


def _line_tokens(line: NumberedLine) -> int:
    return count_tokens(line.text) + 6


def _in_context(line: NumberedLine) -> int:
    return _line_tokens(line) + count_tokens(line.context)


def _shuffled(line: NumberedLine) -> tuple[str, int]:
    """Return a key that puts lines in an order that has nothing to do with theirs."""
    return hashlib.sha256(line.text.encode("utf-8", "surrogatepass")).hexdigest(), line.number


def _interleaved(lines: Sequence[NumberedLine]) -> list[NumberedLine]:
    """Return lines in chunks of a group each, the first chunk of every group before the second of any."""
    chunks: dict[str, list[list[NumberedLine]]] = {group: [] for group in groups_of(lines)}
    for line in lines:
        own = chunks[line.group]
        if not own or len(own[-1]) == CHUNK:
            own.append([])
        own[-1].append(line)
    rounds = zip_longest(*chunks.values(), fillvalue=())
    return [line for chunk in chain.from_iterable(rounds) for line in chunk]


def _batches(
    lines: Sequence[NumberedLine],
    room: int,
    answer: int,
    most: int,
    size_of: Callable[[NumberedLine], int] = _line_tokens,
) -> Iterator[list[NumberedLine]]:
    """Yield `lines` in batches of at most `most` and about equal size that leave `answer` tokens for each."""
    sizes = [size_of(line) + answer for line in lines]
    needed = max(-(-len(lines) // most), -(-sum(sizes) // max(room, 1)), 1)
    share = min(room, sum(sizes) // needed + max(sizes, default=0))
    batch: list[NumberedLine] = []
    used = 0
    for line, size in zip(lines, sizes, strict=True):
        if batch and (used + size > share or len(batch) == most):
            yield batch
            batch, used = [], 0
        batch.append(line)
        used += size
    if batch:
        yield batch


def _fitting(lines: Sequence[NumberedLine], room: int) -> Iterator[NumberedLine]:
    """Yield as many of `lines` as fit, some of each group before more of any, in event order."""
    kept = []
    for line in _interleaved(lines) if sum(map(_line_tokens, lines)) > room else lines:
        room -= _line_tokens(line)
        if room < 0:
            break
        kept.append(line)
    yield from sorted(kept, key=attrgetter("number"))


def _groupby_in_order(items: Sequence[object], name: str) -> list[tuple[object, list[object]]]:
    return [(key, list(own)) for key, own in groupby(items, key=attrgetter(name))]


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - plain text for a model, not HTML
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["groupby_in_order"] = _groupby_in_order
    return environment


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _object(**properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(item: Mapping[str, object]) -> dict[str, object]:
    return {"type": "array", "items": item}


_STRING: Mapping[str, object] = {"type": "string"}
_INTEGER: Mapping[str, object] = {"type": "integer"}
_KIND: Mapping[str, object] = {"type": "string", "enum": ["question", "action", "decision", "statement", "other"]}
_SENTENCES = _array(_object(text=_STRING, lines=_array(_INTEGER)))

_DRAFT = _object(concerns=_array(_object(name=_STRING, lines=_array(_INTEGER))))
_MERGED = _object(concerns=_array(_object(**{"name": _STRING, "from": _array(_INTEGER)})))
_CODES = _object(lines=_array(_object(line=_INTEGER, concerns=_array(_STRING))))
_FACTS = _object(
    lines=_array(_object(line=_INTEGER, kind=_KIND)),
    details=_array(_object(line=_INTEGER, owner=_STRING, due=_STRING, answer=_INTEGER, group=_STRING)),
)
_SUMMARIES = _object(summaries=_array(_object(concern=_STRING, sentences=_SENTENCES)))
_PARAGRAPH = _object(sentences=_SENTENCES)
