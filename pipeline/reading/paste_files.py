"""A chat window as the model: prompts in files to paste from, answers in files beside them.

    prompts ──► 1-prompt.txt, 2-prompt.txt … ──► (a person pastes) ──► 1-answer.txt, 2-answer.txt … ──► answers

The files are the only memory: a prompt that is wanted again is found by its words, whatever its number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fetch.errors import FetchError, PadFailure
from fetch.files import decode_file, describe_os_error, read_bytes, read_plain, refuse_links, replace_file
from pipeline.reading.chat_protocol import ChatAnswer, ChatPrompt

MAX_ANSWER = 5_000_000
"""Bytes of an answer; 100,000 tokens have a tenth of that."""

_PROMPT = re.compile(r"(\d{1,6})-prompt\.txt")


@dataclass(frozen=True, slots=True)
class PasteFiles:
    """The prompts and answers in `folder`."""

    folder: Path

    def offer(self, prompts: Sequence[ChatPrompt]) -> list[Path]:
        """Write the prompts that are in no file yet, and return the files of all that have no answer, by number.

        Files of other prompts, which nobody answered, are removed. Raises FetchError if that is impossible.
        """
        try:
            refuse_links(self.folder, self.folder.parent)
            known = self._known()
            wanted = {prompt.text for prompt in prompts}
            for text, number in known.items():
                if text not in wanted and not self._answer(number).exists():
                    self._prompt(number).unlink()
            last = max(known.values(), default=0)
            for number, text in enumerate((text for text in wanted_in_order(prompts) if text not in known), last + 1):
                replace_file(self._prompt(number), text.encode("utf-8", "replace"))
                known[text] = number
        except OSError as error:
            raise FetchError(f"{self.folder}: cannot be written to: {describe_os_error(error)}.") from error
        numbers = sorted(known[text] for text in wanted)
        return [self._prompt(number) for number in numbers if not self._answer(number).exists()]

    def ask(self, prompt: ChatPrompt) -> ChatAnswer:
        """Return the answer that stands beside a prompt; raises PadFailure, with a sentence, if it cannot be read."""
        path = self.answer_file(prompt)
        try:
            text = decode_file(read_bytes(path, MAX_ANSWER, inside=self.folder)).text
        except PadFailure as failure:
            raise PadFailure(f"{path}: {failure}.") from failure
        return ChatAnswer(text=text, tokens_in=0, tokens_out=0, cut_off=False)

    def answer_file(self, prompt: ChatPrompt) -> Path:
        """Return where the answer to a prompt that was offered is to be."""
        return self._answer(self._known()[prompt.text])

    def prompt_file(self, text: str) -> Path:
        """Return the file of a prompt that was offered, by its words."""
        return self._prompt(self._known()[text])

    def _known(self) -> dict[str, int]:
        """Return the number of each prompt in the folder."""
        names = (_PROMPT.fullmatch(path.name) for path in self.folder.glob("*-prompt.txt"))
        numbers = sorted(int(match[1]) for match in names if match)
        files = {number: read_plain(self._prompt(number), inside=self.folder) for number in reversed(numbers)}
        return {data.decode("utf-8", "replace"): number for number, data in files.items()}

    def _prompt(self, number: int) -> Path:
        return self.folder / f"{number}-prompt.txt"

    def _answer(self, number: int) -> Path:
        return self.folder / f"{number}-answer.txt"


def wanted_in_order(prompts: Sequence[ChatPrompt]) -> tuple[str, ...]:
    """Return the texts of prompts in their order, each once."""
    return tuple(dict.fromkeys(prompt.text for prompt in prompts))
