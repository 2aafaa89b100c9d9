"""The passes of a reading: what is still to be asked, and what an answer adds.

    Reading ─ requests ──► prompts that can be asked now
       ▲                          │
       └── record ◄── Checked ◄───┘

codebook ─ merge until there is one list ──► coding ──► summary ──► paragraph; facts, whenever
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pipeline.reading.answers import AnswerChecker, Checked, Fault, Place, joined
from pipeline.reading.numbered_lines import NumberedLine, PersonNames, groups_of
from pipeline.reading.prompts import MOST_CODES, PromptWriter, Request, count_tokens
from pipeline.reading.reading_records import (
    Code,
    CodeId,
    ConcernSummary,
    DraftConcern,
    Reading,
    ReadLine,
    Task,
    Unanswered,
)
from pipeline.segment_records import Segment

PASSES = ("codebook", "coding", "facts", "summary")
"""What may be asked for; coding needs a codebook, a summary needs coding."""

TRIES = 2
"""How often something is asked for; what fits neither time is left out and told."""

REASONS = 6
"""Most reasons that a second prompt repeats."""

MAIN_CONCERNS = 12
"""Concerns that the paragraph on the event is made of."""

WITH_INSTRUCTIONS = 1.3
"""Tokens of prompts for each token of the lines in them."""

_PASS_OF = {Task.MERGE: "codebook", Task.PARAGRAPH: "summary"}


@dataclass(frozen=True)
class EventLines:
    """The lines of an event that are sent, all its segments, and the stand-ins for names, if any are used.

    `group_names` has the names of groups by how they are sent.
    """

    lines: Sequence[NumberedLine]
    segments: Sequence[Segment]
    people: PersonNames | None = None

    @cached_property
    def by_number(self) -> Mapping[int, NumberedLine]:
        """The lines by their number."""
        return {line.number: line for line in self.lines}

    @cached_property
    def group_names(self) -> Mapping[str, str]:
        """The real names of groups by the names that are sent."""
        return {line.group: self.segments[line.number - 1].group for line in self.lines}


@dataclass(frozen=True)
class Passes:
    """What a model is asked about an event, in the `wanted` passes."""

    event: EventLines
    writer: PromptWriter
    wanted: Sequence[str] = field(default=PASSES)

    def requests(self, reading: Reading) -> list[Request]:
        """Return the prompts that can be asked now: those of the first unfinished task about concerns, and of facts.

        None are left if all is read.
        """
        wanted = [task for task in Task if _PASS_OF.get(task, task.value) in self.wanted]
        about_concerns = (list(self._requests(task, reading)) for task in wanted if task is not Task.FACTS)
        first = next(filter(None, about_concerns), [])
        return [*first, *(self._requests(Task.FACTS, reading) if Task.FACTS in wanted else ())]

    def tokens_to_send(self, reading: Reading) -> int:
        """Return about how many tokens the prompts of all passes have that are still to be asked, without answers."""
        tasks = [task for task in (Task.CODEBOOK, Task.CODING, Task.FACTS) if task.value in self.wanted]
        lines = [line for task in tasks for lines, _ in self._missing(task, reading) for line in lines]
        return int(WITH_INSTRUCTIONS * sum(count_tokens(f"{line.headings}{line.text}") for line in lines))

    def checker(self, reading: Reading) -> AnswerChecker:
        """Return what checks answers to the prompts of `reading`."""
        return AnswerChecker(
            lines=self.event.by_number,
            segments=self.event.segments,
            codes=frozenset(code.id for code in reading.codebook),
            members={code: frozenset(numbers) for code, numbers in self._members(reading).items()},
            groups=self.event.group_names,
            people=self.event.people,
        )

    def record(self, reading: Reading, request: Request, checked: Checked) -> Reading:
        """Return `reading` with what is usable of the answer to `request`, and with what has to be asked again."""
        again = [fault for fault in checked.faults if fault.again]
        tries = _tries(reading)
        values, unanswered = dict(checked.values), []
        for place, faults in _by_place(again, request).items():
            tried = tries[request.task, place] + 1
            unanswered.append(_unanswered(request.task, place, tried, faults[0].reason))
            if tried == TRIES and place is not None and faults[0].partial is not None:
                values[place] = faults[0].partial
        covered = {*map(_asked, unanswered), (request.task, None, None)}
        covered |= {(request.task, number - 1, None) for number in request.lines}
        covered |= {(request.task, None, code) for code in request.codes}
        kept = [one for one in reading.unanswered if _asked(one) not in covered]
        reading = replace(reading, unanswered=(*kept, *unanswered))
        complete = not again or all(one.tries == TRIES for one in unanswered)
        return self._settled(self._with_values(reading, request, checked, values, complete=complete))

    def _with_values(
        self, reading: Reading, request: Request, checked: Checked, values: Mapping[Place, Any], *, complete: bool
    ) -> Reading:
        changes: dict[str, Any] = {}
        match request.task:
            case Task.CODEBOOK if not any(fault.again for fault in checked.faults):
                ids = {code.name.casefold(): code.id for code in reading.codebook}
                new = tuple(draft for draft in checked.drafts if draft.name.casefold() not in ids)
                lines = _changed(reading.lines, {number: {"listed": True} for number in request.lines})
                changes["lines"] = _with_first_look(lines, checked.drafts, ids)
                changes["drafts"] = (*reading.drafts, *filter(None, (new,)))
            case Task.MERGE if complete:
                used = next(n for n in range(2, len(reading.drafts) + 1) if _flat(reading.drafts[:n]) == request.drafts)
                changes["drafts"] = (checked.drafts or joined(request.drafts), *reading.drafts[used:])
            case Task.CODING | Task.FACTS:
                said = "codes" if request.task is Task.CODING else "facts"
                changes["lines"] = _changed(reading.lines, {number: {said: value} for number, value in values.items()})
            case Task.SUMMARY:
                old = [summary for summary in reading.summaries if summary.code not in values]
                changes["summaries"] = (*old, *self._summaries(reading, values))
            case Task.PARAGRAPH if complete:
                changes |= {"paragraph": checked.sentences, "paragraph_of": self._main_names(reading)}
        return replace(reading, **changes)

    def _summaries(self, reading: Reading, values: Mapping[Place, Any]) -> Iterator[ConcernSummary]:
        for code, numbers in self._recurring(reading):
            if code.id in values:
                of = tuple(number - 1 for number in numbers)
                yield ConcernSummary(code=code.id, of=of, sentences=values[code.id])

    def _settled(self, reading: Reading) -> Reading:
        """Return `reading` with its last draft added to the codebook, once all lines are listed and merged."""
        if len(reading.drafts) != 1 or self._missing(Task.CODEBOOK, reading):
            return reading
        ids = {code.name.casefold(): code.id for code in reading.codebook}
        raised = {code for line in reading.lines for code in (*line.first, *(line.codes or ()))}
        room = max(MOST_CODES - (len(raised) if reading.codebook_from else len(ids)), 0)
        new = [draft for draft in reading.drafts[0] if draft.name.casefold() not in ids][:room]
        codes = tuple(Code(id=CodeId(f"c{number}"), name=draft.name) for number, draft in enumerate(new, len(ids) + 1))
        ids |= {code.name.casefold(): code.id for code in codes}
        lines = _with_first_look(reading.lines, reading.drafts[0], ids)
        return replace(reading, drafts=(), codebook=(*reading.codebook, *codes), lines=lines)

    def _requests(self, task: Task, reading: Reading) -> Iterator[Request]:
        match task:
            case Task.CODEBOOK:
                known = [code.name for code in reading.codebook]
                for lines, reasons in self._missing(task, reading):
                    yield from self.writer.codebook(lines, known, reasons, begin=bool(reading.codebook_from))
            case Task.MERGE if len(reading.drafts) > 1:
                reasons = [one.reason for one in reading.unanswered if one.task is task]
                yield self.writer.merge(reading.drafts, self.event.lines, reasons)
            case Task.CODING if reading.codebook and not reading.drafts:
                for lines, reasons in self._missing(task, reading):
                    yield from self.writer.coding(lines, reading.codebook, reasons)
            case Task.FACTS:
                for lines, reasons in self._missing(task, reading):
                    yield from self.writer.facts(lines, groups_of(self.event.lines), reasons)
            case Task.SUMMARY:
                yield from self._summary_requests(reading)
            case Task.PARAGRAPH:
                yield from self._paragraph_requests(reading)

    def _missing(self, task: Task, reading: Reading) -> list[tuple[list[NumberedLine], list[str]]]:
        """Return the lines that a task lacks: those not asked about yet, then those to ask again, with reasons."""
        done = {Task.CODEBOOK: _is_listed, Task.CODING: _is_coded, Task.FACTS: _has_facts}[task]
        tried = {one.line: one for one in reading.unanswered if one.task is task}
        missing = [line for line in self.event.lines if not done(reading.lines[line.number - 1])]
        fresh = [line for line in missing if line.number - 1 not in tried]
        asked = [line for line in missing if line.number - 1 in tried]
        again = [line for line in asked if tried[line.number - 1].tries < TRIES]
        reasons = dict.fromkeys(tried[line.number - 1].reason for line in again)
        return [found for found in ((fresh, []), (again, list(reasons)[:REASONS])) if found[0]]

    def _summary_requests(self, reading: Reading) -> Iterator[Request]:
        done = {summary.code: summary.of for summary in reading.summaries}
        tried = {one.code: one for one in reading.unanswered if one.task is Task.SUMMARY}
        fresh, again = [], []
        for code, numbers in self._recurring(reading):
            lines = [self.event.by_number[number] for number in numbers]
            if done.get(code.id) == tuple(number - 1 for number in numbers):
                continue
            if code.id not in tried:
                fresh.append((code, lines))
            elif tried[code.id].tries < TRIES:
                again.append((code, lines))
        yield from self.writer.summaries(fresh, ())
        reasons = list(dict.fromkeys(tried[code.id].reason for code, _ in again))
        yield from self.writer.summaries(again, reasons[:REASONS])

    def _paragraph_requests(self, reading: Reading) -> Iterator[Request]:
        tried = [one for one in reading.unanswered if one.task is Task.PARAGRAPH]
        names = self._main_names(reading)
        if not names or names == reading.paragraph_of or (tried and tried[0].tries >= TRIES):
            return
        sentences = {summary.code: summary.sentences for summary in reading.summaries}
        concerns = [
            {
                "name": code.name,
                "groups": len({self.event.by_number[number].group for number in numbers}),
                "sentences": [
                    {"text": one.text, "numbers": [index + 1 for index in one.lines]} for one in sentences[code.id]
                ],
            }
            for code, numbers in self._main(reading)
        ]
        yield self.writer.paragraph(concerns, len(groups_of(self.event.lines)), [one.reason for one in tried])

    def _main(self, reading: Reading) -> list[tuple[Code, list[int]]]:
        summarised = {summary.code for summary in reading.summaries if summary.sentences}
        return [(code, numbers) for code, numbers in self._recurring(reading) if code.id in summarised][:MAIN_CONCERNS]

    def _main_names(self, reading: Reading) -> tuple[str, ...]:
        return tuple(code.name for code, _ in self._main(reading))

    def _members(self, reading: Reading) -> dict[CodeId, list[int]]:
        """Return the numbers of the lines that raise each concern of the codebook."""
        members: dict[CodeId, list[int]] = {code.id: [] for code in reading.codebook}
        for line in self.event.lines:
            for code in reading.lines[line.number - 1].raised:
                members[code].append(line.number)
        return members

    def _recurring(self, reading: Reading) -> list[tuple[Code, list[int]]]:
        """Return the concerns of several groups with the numbers of their lines, those of most groups first."""
        members = self._members(reading)
        counted = [
            (len({self.event.by_number[number].group for number in members[code.id]}), code)
            for code in reading.codebook
        ]
        counted.sort(key=lambda pair: (-pair[0], -len(members[pair[1].id])))
        return [(code, members[code.id]) for groups, code in counted if groups > 1]


def _is_listed(line: ReadLine) -> bool:
    return line.listed


def _is_coded(line: ReadLine) -> bool:
    return line.codes is not None


def _has_facts(line: ReadLine) -> bool:
    return line.facts is not None


def _asked(one: Unanswered) -> tuple[Task, int | None, CodeId | None]:
    return one.task, one.line, one.code


def _tries(reading: Reading) -> Counter[tuple[Task, Place]]:
    return Counter(
        {(one.task, one.code if one.line is None else one.line + 1): one.tries for one in reading.unanswered}
    )


def _by_place(faults: Sequence[Fault], request: Request) -> dict[Place, list[Fault]]:
    """Return faults by what they are about; one about the whole answer is about each line that was asked for."""
    placed: dict[Place, list[Fault]] = {}
    for fault in faults:
        whole = fault.place is None and request.task is Task.CODEBOOK
        for place in request.lines if whole else (fault.place,):
            placed.setdefault(place, []).append(fault)
    return placed


def _unanswered(task: Task, place: Place, tries: int, reason: str) -> Unanswered:
    if isinstance(place, int):
        return Unanswered(task=task, line=place - 1, tries=tries, reason=reason)
    return Unanswered(task=task, code=place, tries=tries, reason=reason)


def _changed(lines: Sequence[ReadLine], changes: Mapping[Any, Mapping[str, Any]]) -> tuple[ReadLine, ...]:
    """Return `lines` with the fields in `changes`, which has them by the number of the line."""
    return tuple(
        replace(line, **changes[number]) if number in changes else line for number, line in enumerate(lines, start=1)
    )


def _with_first_look(
    lines: Sequence[ReadLine], drafts: Sequence[DraftConcern], ids: Mapping[str, CodeId]
) -> tuple[ReadLine, ...]:
    """Return lines with the concerns that they were put under when these were named; `ids` are by name, casefolded."""
    first: dict[int, dict[CodeId, None]] = {}
    for draft in drafts:
        for index in draft.lines if draft.name.casefold() in ids else ():
            first.setdefault(index + 1, dict.fromkeys(lines[index].first))[ids[draft.name.casefold()]] = None
    return _changed(lines, {number: {"first": tuple(own)} for number, own in first.items()})


def _flat(drafts: Sequence[Sequence[DraftConcern]]) -> tuple[DraftConcern, ...]:
    return tuple(concern for draft in drafts for concern in draft)
