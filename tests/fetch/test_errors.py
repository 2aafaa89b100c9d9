"""How errors reach the user: one plain sentence, and an exit code that says whose mistake it is."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from fetch.errors import FetchError, PadFailure, UserMistake, run_command, validation_sentence


class Item(BaseModel):
    """A table in double brackets."""

    model_config = ConfigDict(extra="forbid")

    name: str
    size: int = 0


class File(BaseModel):
    """A file with tables."""

    model_config = ConfigDict(extra="forbid")

    title: str
    kind: Literal["a", "b"] = "a"
    item: tuple[Item, ...] = ()


@dataclass
class Decision:
    """A record that pydantic reads as well."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    names: tuple[str, ...] = field(default=())
    share: float = 0.0


KNOWN = {"": File.model_fields, "item": Item.model_fields}


def sentence(kind: type, data: object) -> str:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(kind).validate_json(json.dumps(data))
    if kind is File:
        return validation_sentence(error.value, "file.toml: ", KNOWN, tables=KNOWN)
    return validation_sentence(error.value, "file.toml: ", {"": Decision.__dataclass_fields__})


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    (
        (File, {}, "title is missing"),
        (File, {"titel": "x"}, "titel is not a known key; did you mean title?"),
        (File, {"title": "x", "zzz": 1}, "zzz is not a known key; known keys are item, kind, title"),
        (File, {"title": 5}, 'title: expected text in quotes, like "…", not 5'),
        (File, {"title": "x", "kind": "c"}, 'kind: expected "a" or "b", not \'c\''),
        (File, {"title": "x", "item": 3}, "item: expected tables that begin with [[item]], in double brackets, not 3"),
        (
            File,
            {"title": "x", "item": [{"name": "y"}, {"nam": "z"}]},
            "[[item]] 2: nam is not a known key; did you mean name?",
        ),
        (Decision, {"shar": 1}, "shar is not a known key; did you mean share?"),
        (Decision, {"share": "much"}, "share: expected a number, not 'much'"),
        (Decision, {"names": ["a", 3]}, 'names 2: expected text in quotes, like "…", not 3'),
        (Decision, {"share": "x" * 99}, f"share: expected a number, not '{'x' * 58}…"),
        (
            Decision,
            {"share": "https://ana:pw@x.org"},
            "share: expected a number, not this value, which may contain a password",
        ),
    ),
)
def test_a_validation_error_is_a_sentence_with_the_key_and_what_was_expected(
    kind: type, data: object, expected: str
) -> None:
    assert sentence(kind, data) == f"file.toml: {expected}{'' if expected.endswith('?') else '.'}"


@pytest.mark.parametrize(("error", "code"), ((UserMistake("No."), 2), (FetchError("No."), 1), (PadFailure("No."), 1)))
def test_an_error_raised_on_purpose_is_one_line_and_its_exit_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        run_command(fail)
    assert end.value.code == code
    assert capsys.readouterr() == ("", "No.\n")


def test_any_other_error_is_logged_and_the_user_learns_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("ours")

    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        run_command(fail)
    assert end.value.code == 70
    assert "build/padharvest.log" in capsys.readouterr().err
    assert "KeyError: 'ours'" in (tmp_path / "build" / "padharvest.log").read_text(encoding="utf-8")


def test_a_sentence_is_one_line_in_which_nothing_acts_on_a_terminal() -> None:
    mistake = UserMistake("group \x1b[2J\n\u202eback\xa0\ud83d: is wrong.")
    assert str(mistake) == "group \ufffd[2J \ufffdback \ufffd: is wrong."
