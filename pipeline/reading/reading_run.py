"""A run of `make read`: prompts are asked, answers checked and kept, until all is read or something is missing.

    Passes.requests ──► model ──► check ──► Passes.record ──► save ─┐
          ▲                                                         │
          └─────────────────────────────────────────────────────────┘

Everything that was answered is saved at once, so whatever ends the run, the next one asks only for what is missing.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from fetch.errors import PadFailure
from pipeline.reading.answers import Checked
from pipeline.reading.chat_protocol import ChatAnswer, ChatPrompt
from pipeline.reading.passes import TRIES, Passes
from pipeline.reading.paste_files import PasteFiles
from pipeline.reading.prompts import VERSION, Request, count_tokens
from pipeline.reading.reading_records import Reading, Task

MOST_TOLD = 5
"""Faults of one answer that are told one by one; more are counted."""

TITLES = {
    Task.CODEBOOK: "finding concerns",
    Task.MERGE: "merging lists of concerns",
    Task.CODING: "coding lines",
    Task.FACTS: "questions, actions and decisions",
    Task.SUMMARY: "summing up concerns",
    Task.PARAGRAPH: "summing up the event",
}


class ChatModel(Protocol):
    """A language model that answers at once."""

    def ask(self, prompt: ChatPrompt) -> ChatAnswer:
        """Return the answer to a prompt."""
        ...


@dataclass(slots=True)
class Tally:
    """What a run did: answers that were used, asked for again, tokens of questions and answers."""

    answers: int = 0
    again: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, kw_only=True)
class ReadingRun:
    """A run over the lines of an event; `report` shows a line, `progress` how many prompts of a task are answered.

    `model` and `host` say what is asked; `today` is the date of the answers.
    """

    passes: Passes
    save: Callable[[Reading], None]
    report: Callable[[str], None]
    progress: Callable[[str, int, int], None]
    model: str
    host: str | None
    today: dt.date
    tally: Tally = field(default_factory=Tally)

    def with_server(self, reading: Reading, server: ChatModel) -> None:
        """Ask `server` for all that is missing; raises what asking raises, after saving what was answered.

        What an earlier run asked for in vain is asked for again.
        """
        reading = replace(reading, unanswered=tuple(one for one in reading.unanswered if one.tries < TRIES))
        while requests := self.passes.requests(reading):
            for task, own in groupby(requests, key=attrgetter("task")):
                reading = self._ask(reading, list(own), TITLES[task], server)

    def _ask(self, reading: Reading, requests: Sequence[Request], task: str, server: ChatModel) -> Reading:
        for number, request in enumerate(requests):
            self.progress(task, number, len(requests))
            answer = server.ask(request.prompt)
            reading = self._record(reading, request, answer, self._check(reading, request, answer))
        self.progress(task, len(requests), len(requests))
        return reading

    def with_files(self, reading: Reading, files: PasteFiles) -> list[Path]:
        """Use the answers that were pasted, and return the prompts that wait for one; none if all is read.

        Answers are kept when all prompts that were written have one, because what is asked next depends on them.
        """
        while requests := self.passes.requests(reading):
            waiting = files.offer([request.prompt for request in requests])
            answered = self._answered(requests, files, reading)
            if len(answered) < len(requests):
                unusable = {request.prompt.text for request in requests} - {one.prompt.text for one, _, _ in answered}
                return waiting or [files.prompt_file(text) for text in sorted(unusable)]
            for request, answer, checked in answered:
                reading = self._record(reading, request, answer, checked)
        files.offer([])
        return []

    def _answered(
        self, requests: Sequence[Request], files: PasteFiles, reading: Reading
    ) -> list[tuple[Request, ChatAnswer, Checked]]:
        """Return the requests that have a usable answer; say what is wrong with the others."""
        answered = []
        for request in requests:
            path = files.answer_file(request.prompt)
            if not path.exists():
                continue
            try:
                answer = files.ask(request.prompt)
            except PadFailure as failure:
                self.report(str(failure))
                continue
            checked = self.passes.checker(reading).check(request, answer.text)
            if checked.is_empty:
                self.report(f"{path}: {checked.faults[0].reason} Save the model's whole answer there.")
                continue
            self._tell(checked, f"{path}: ")
            answered.append((request, answer, checked))
        return answered

    def _check(self, reading: Reading, request: Request, answer: ChatAnswer) -> Checked:
        checked = self.passes.checker(reading).check(request, answer.text)
        if answer.cut_off:
            self.report("The answer was cut off at its longest; what is complete of it is used.")
        self._tell(checked, "")
        return checked

    def _tell(self, checked: Checked, prefix: str) -> None:
        reasons = list(dict.fromkeys(fault.reason for fault in checked.faults))
        for reason in reasons[:MOST_TOLD]:
            self.report(f"{prefix}{reason}")
        if len(reasons) > MOST_TOLD:
            self.report(f"{prefix}{len(reasons) - MOST_TOLD} more like these.")

    def _record(self, reading: Reading, request: Request, answer: ChatAnswer, checked: Checked) -> Reading:
        self.tally.answers += 1
        self.tally.again += any(fault.again for fault in checked.faults)
        self.tally.tokens_in += answer.tokens_in or count_tokens(request.prompt.text)
        self.tally.tokens_out += answer.tokens_out or count_tokens(answer.text)
        known = replace(reading, model=self.model, host=self.host, date=self.today, prompts=VERSION)
        reading = self.passes.record(known, request, checked)
        self.save(reading)
        return reading


def tally_sentences(run: ReadingRun, reading: Reading, seconds: float) -> list[str]:
    """Return what a run did, and a sentence on each thing that was asked for in vain."""
    tally, lines = run.tally, len(run.passes.event.lines)
    read = sum(line.codes is not None or line.facts is not None for line in reading.lines)
    asked = f"{tally.answers} answers, {tally.again} of them with something to be asked again"
    tokens = f"about {tally.tokens_in:,} tokens sent and {tally.tokens_out:,} received in {seconds:.0f} s"
    return [
        *(f"Left out: {one.reason}" for one in reading.unanswered if one.tries >= TRIES),
        f"Read: {read} of {lines} lines; {len(reading.codebook)} concerns.",
        f"In this run: {asked}; {tokens}.",
    ]
