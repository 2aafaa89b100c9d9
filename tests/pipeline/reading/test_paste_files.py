"""A chat window as the model: prompts to paste, answers beside them."""

from pathlib import Path

import pytest

from fetch.errors import FetchError, PadFailure
from pipeline.reading.chat_protocol import ChatPrompt
from pipeline.reading.paste_files import PasteFiles


def prompt(text: str) -> ChatPrompt:
    return ChatPrompt(text=text, schema={}, answer_tokens=10)


ONE, TWO, THREE = (prompt(f"Prompt {name}\n") for name in ("one", "two", "three"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_prompts_are_numbered_and_wait_for_answers(tmp_path: Path) -> None:
    files = PasteFiles(tmp_path / "reading")
    assert [path.name for path in files.offer([ONE, TWO])] == ["1-prompt.txt", "2-prompt.txt"]
    (tmp_path / "reading" / "1-answer.txt").write_text("yes", encoding="utf-8")
    assert [path.name for path in files.offer([ONE, TWO])] == ["2-prompt.txt"]
    assert files.ask(ONE).text == "yes"


def test_a_prompt_keeps_its_number_whatever_is_offered_with_it(tmp_path: Path) -> None:
    files = PasteFiles(tmp_path)
    files.offer([ONE, TWO])
    (tmp_path / "2-answer.txt").write_text("yes", encoding="utf-8")
    files.offer([THREE, TWO])
    assert files.ask(TWO).text == "yes"
    assert names(tmp_path) == ["2-answer.txt", "2-prompt.txt", "3-prompt.txt"]


def test_prompts_that_nobody_needs_any_more_are_removed_and_answers_never(tmp_path: Path) -> None:
    files = PasteFiles(tmp_path)
    files.offer([ONE, TWO])
    (tmp_path / "1-answer.txt").write_text("yes", encoding="utf-8")
    files.offer([])
    assert names(tmp_path) == ["1-answer.txt", "1-prompt.txt"]


@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16", "cp1252"))
def test_answers_may_be_saved_by_any_editor(tmp_path: Path, encoding: str) -> None:
    files = PasteFiles(tmp_path)
    files.offer([ONE])
    (tmp_path / "1-answer.txt").write_bytes('{"name": "Señoras décident"}\r\n'.encode(encoding))
    assert "Señoras décident" in files.ask(ONE).text


def test_an_answer_that_is_a_picture_is_one_sentence(tmp_path: Path) -> None:
    files = PasteFiles(tmp_path)
    files.offer([ONE])
    (tmp_path / "1-answer.txt").write_bytes(b"\x89PNG\x00\x00\x1a\x0a" * 9)
    with pytest.raises(PadFailure, match=r"1-answer\.txt: it holds binary data"):
        files.ask(ONE)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "reading").write_text("a file", encoding="utf-8")
    with pytest.raises(FetchError, match="cannot be written to"):
        PasteFiles(tmp_path / "reading").offer([ONE])
