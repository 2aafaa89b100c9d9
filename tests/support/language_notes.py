"""The case files of tests/cases/encode/languages: per language, notes and the concern that each is about."""

from pathlib import Path
from typing import NamedTuple

CASES = Path(__file__).parents[1] / "cases" / "encode" / "languages"
LANGUAGES = tuple(sorted(file.stem for file in CASES.glob("*.txt")))
FOREIGN = tuple(language for language in LANGUAGES if language != "en")


class Note(NamedTuple):
    """A note and the concern that it is about."""

    concern: str
    text: str


def notes(language: str) -> list[Note]:
    """The notes in `language`, in the file's order."""
    found: list[Note] = []
    concern = ""
    for line in (CASES / f"{language}.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("# "):
            concern = line
        elif line:
            found.append(Note(concern, line))
    return found
