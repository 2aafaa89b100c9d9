"""Small events to be read, and models that answer as a test says."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.reading.chat_protocol import ChatAnswer, ChatPrompt
from pipeline.reading.numbered_lines import PersonNames, numbered_lines
from pipeline.reading.passes import PASSES, EventLines, Passes
from pipeline.reading.prompts import PromptWriter
from pipeline.segment import segment
from pipeline.tag import tag
from tests.support.builders import corpus
from tests.support.curation_bench import GARDENS

LARGE = 32_000
WORDS = {"pays": "Nobody knows who pays", "rota": "A rota is missing", "pump": "The pump breaks"}


def event_lines(pads: Mapping[str, str] = GARDENS, *, hide_names: bool = False) -> EventLines:
    """Return the lines of an event as they are sent."""
    tagged = tag(segment(corpus(pads).pads, ()).segments, None)
    people = PersonNames(tagged.entities, tagged.segments) if hide_names else None
    return EventLines(numbered_lines(tagged.segments, people), tagged.segments, people)


def passes(event: EventLines, context: int = LARGE, wanted: tuple[str, ...] = PASSES) -> Passes:
    """Return what is asked about an event."""
    return Passes(event, PromptWriter(context_tokens=context), wanted)


def answer(text: str | object) -> ChatAnswer:
    """Return an answer of a text, or of anything as JSON."""
    return ChatAnswer(
        text=text if isinstance(text, str) else json.dumps(text), tokens_in=0, tokens_out=0, cut_off=False
    )


def lines_in(prompt: ChatPrompt) -> list[int]:
    """Return the numbers of the lines in a prompt."""
    _, _, notes = prompt.text.partition("## The ")
    return [int(number) for number in re.findall(r"^(\d+): ", notes, re.MULTILINE)]


def task_of(prompt: ChatPrompt) -> str:
    """Return which task a prompt is for, by the form of the answer that it asks for."""
    properties = prompt.schema["properties"]
    assert isinstance(properties, dict)
    keys = set(properties)
    if keys == {"concerns"}:
        return "merge" if '"from"' in json.dumps(properties) else "codebook"
    return {frozenset({"lines"}): "coding", frozenset({"lines", "details"}): "facts"}.get(
        frozenset(keys), "summary" if keys == {"summaries"} else "paragraph"
    )


@dataclass
class GoodReader:
    """A model that answers every prompt well: it puts a line under the concerns whose word is in it.

    `words` has the name of each concern by that word.
    """

    words: Mapping[str, str] = field(default_factory=lambda: WORDS)
    asked: list[ChatPrompt] = field(default_factory=list)

    def ask(self, prompt: ChatPrompt) -> ChatAnswer:
        """Return a good answer."""
        self.asked.append(prompt)
        return answer(getattr(self, f"_{task_of(prompt)}")(prompt))

    def _codebook(self, prompt: ChatPrompt) -> object:
        said = re.findall(r"^(\d+): (.*)$", prompt.text.rpartition("## The notes")[2], re.MULTILINE)
        return {
            "concerns": [
                {"name": name, "lines": [int(number) for number, text in said if word in text]}
                for word, name in self.words.items()
            ]
        }

    def _merge(self, prompt: ChatPrompt) -> object:
        names: dict[str, list[int]] = {}
        for number, name in re.findall(r"^(\d+): (.*)$", prompt.text, re.MULTILINE):
            names.setdefault(name, []).append(int(number))
        return {"concerns": [{"name": name, "from": numbers} for name, numbers in names.items()]}

    def _coding(self, prompt: ChatPrompt) -> object:
        codes = {name: code for code, name in re.findall(r"^(c\d+): (.*)$", prompt.text, re.MULTILINE)}
        said = re.findall(r"^(\d+): \[[^\]]*\] (.*)$", prompt.text, re.MULTILINE)
        return {
            "lines": [
                {"line": int(number), "concerns": [codes[name] for word, name in self.words.items() if word in text]}
                for number, text in said
            ]
        }

    def _facts(self, prompt: ChatPrompt) -> object:
        return {"lines": [{"line": number, "kind": "statement"} for number in lines_in(prompt)], "details": []}

    def _summary(self, prompt: ChatPrompt) -> object:
        concerns = re.split(r"^## (c\d+): .*$", prompt.text, flags=re.MULTILINE)[1:]
        return {
            "summaries": [
                {
                    "concern": code,
                    "sentences": [
                        {
                            "text": "Groups say so.",
                            "lines": [int(n) for n in re.findall(r"^(\d+) \(", body, re.MULTILINE)],
                        }
                    ],
                }
                for code, body in zip(concerns[::2], concerns[1::2], strict=True)
            ]
        }

    def _paragraph(self, prompt: ChatPrompt) -> object:
        cited = re.search(r"\[(\d+)", prompt.text.rpartition("## ")[2])
        assert cited
        return {"sentences": [{"text": "Money was on most minds.", "lines": [int(cited[1])]}]}


def number_of(event: EventLines, text: str) -> int:
    """Return the number of the line with this text."""
    return next(number for number, one in enumerate(event.segments, start=1) if one.text == text)
