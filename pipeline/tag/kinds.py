"""Cues in a line of notes: phrases of data/kinds.toml, compiled per language.

What a line of notes does: ask, ask for work, decide, state, or nothing that anybody would miss.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pipeline.analysis_records import Kind
from pipeline.text import data_table

_LEFT, _RIGHT = r"(?:(?<!\w)|(?!\w))", r"(?:(?!\w)|(?<!\w))"
"""Word edges that hold beside signs too, where `\\b` would ask for a word."""

_CODE = 2
"""Letters of a language code in ISO 639-1."""

_FIELDS = ("at", "of")
_SHAPES = {
    "start": "^(?:{})" + _RIGHT,
    "end": _LEFT + r"(?:{})\s*$",
    "whole": "^(?:{})$",
    "anywhere": _LEFT + "(?:{})" + _RIGHT,
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands above a line: its heading path with the prompt, the nearest of these, the bullet it hangs under."""

    heading: str = ""
    nearest: str = ""
    parent: str = ""


def heard(text: str, around: Around, language: str) -> frozenset[str]:
    """A line's core text and what stands above it to the names of the cues heard in them."""
    read = {"text": text, "heading": around.heading, "nearest": around.nearest, "parent": around.parent}
    return frozenset(name for name, of, pattern in _cues(language) if read[of] and pattern.search(read[of]))


def says(cue: str, text: str, language: str) -> bool:
    """Whether one cue is heard in a text."""
    return any(name == cue and pattern.search(text) for name, _, pattern in _cues(language))


def _is_spoken(key: str, code: str, *, above: bool) -> bool:
    return key in ("any", code) or (above and len(key) == _CODE and key not in _FIELDS)


@cache
def _cues(language: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Name, what it is heard in, and pattern of each cue; English ones where a language has none of its own."""
    cues = data_table("kinds.toml")
    spoken = {key for cue in cues.values() for key in cue if len(key) == _CODE}
    code = language if language in spoken else "en"
    compiled = []
    for name, cue in cues.items():
        above = "of" in cue  # a template is often in another language than the notes under it
        phrases = [phrase for key, listed in cue.items() if _is_spoken(key, code, above=above) for phrase in listed]
        if phrases:
            pattern = _SHAPES[cue.get("at", "anywhere")].format("|".join(phrases))
            compiled.append((name, cue.get("of", "text"), re.compile(pattern, re.IGNORECASE)))
    return tuple(compiled)


_SHORT, _BRIEF = 5, 12
"""Words of a line that is likely a title, and of one that can still be a remark about the meeting."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_COUNT = re.compile(r":\s?[\d.,]{1,12}\W{0,3}$")
_NUMBERS = re.compile(r"^[^|]{0,80}(?:\|\s{0,9}(?:[\d.,:%x]{1,10}\s{0,9})?){1,20}$")
_SPEAKER = re.compile(r"^@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30})?(?: ?\([^()]{1,30}\))?\s?:\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Said:
    """A line as the rules see it: its cues, its words, how it is written, and whether a known person takes a task."""

    cues: frozenset[str]
    words: int
    address: bool
    colon: bool
    titled: bool
    count: bool
    box: str | None
    taken: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind, when it holds, and why."""

    kind: Kind
    why: str
    holds: Callable[[Said], bool]


_ASKS = {"question_inverted", "question_word", "question_whether", "question_reported"}
_MEETING = {"other_proceedings", "other_courtesy"}


def _claims(said: Said) -> bool:
    """Whether it says something of something, rather than naming it."""
    return bool(said.cues & {"says", "past_tense"})


def _next_step(said: Said) -> bool:
    listed = "parent_action" in said.cues or ("heading_action" in said.cues and "heading_done" not in said.cues)
    return listed and not said.colon and (not said.titled or "action_verb" in said.cues)


RULES = (
    Rule(Kind.ACTION, "an open checkbox", lambda s: s.box == "open"),
    Rule(Kind.STATEMENT, "a ticked checkbox tells what was done", lambda s: s.box == "done"),
    Rule(Kind.OTHER, "a number, a sign or a word of chat", lambda s: s.count or s.words == 0 or "other_chat" in s.cues),
    Rule(Kind.QUESTION, "a question mark or label", lambda s: bool(s.cues & {"question_mark", "question_label"})),
    Rule(Kind.OTHER, "words of the template", lambda s: "other_template" in s.cues),
    Rule(Kind.OTHER, "who took part, where, with which link", lambda s: "other_role" in s.cues),
    Rule(Kind.ACTION, "an action label", lambda s: "action_label" in s.cues),
    Rule(
        Kind.DECISION, "a decision's label or heading", lambda s: bool(s.cues & {"heading_decision", "decision_label"})
    ),
    Rule(Kind.ACTION, "an item under next steps", _next_step),
    Rule(Kind.QUESTION, "worded as a question", lambda s: bool(s.cues & _ASKS)),
    Rule(Kind.DECISION, "says that it was decided", lambda s: "decision_verb" in s.cues),
    Rule(Kind.ACTION, "somebody takes it", lambda s: s.taken and "heading_done" not in s.cues),
    Rule(Kind.ACTION, "asks for it", lambda s: "action_please" in s.cues),
    Rule(Kind.OTHER, "a link and no claim", lambda s: s.address and s.words < _SHORT and not _claims(s)),
    Rule(Kind.OTHER, "introduces what follows", lambda s: s.colon and (s.words <= _SHORT or not _claims(s))),
    Rule(
        Kind.OTHER,
        "about the meeting itself",
        lambda s: bool(s.cues & _MEETING) and s.words <= _BRIEF and not _claims(s),
    ),
    Rule(
        Kind.OTHER,
        "a line of the agenda",
        lambda s: "heading_agenda" in s.cues and s.words <= _SHORT and not _claims(s),
    ),
    Rule(Kind.OTHER, "a title or a list of names", lambda s: s.titled and not _claims(s)),
    Rule(Kind.OTHER, "one or two words", lambda s: s.words == 1 or (s.words == 2 and not _claims(s))),  # noqa: PLR2004
    Rule(Kind.OTHER, "a scrap under an agenda's heading", lambda s: "heading_other" in s.cues and s.words < _SHORT - 1),
    Rule(Kind.STATEMENT, "anything else", lambda _: True),
)
"""The first that holds decides."""


def kind_of(text: str, box: str | None, around: Around, language: str, *, taken: bool) -> Kind:
    """A line's core text, checkbox and what stands above it to its kind; `taken`: a known person takes it on."""
    spoken = _SPEAKER.sub("", text, count=1)
    cues = heard(text, around, language)
    if spoken != text:
        cues |= heard(spoken, Around(), language)
    words = _WORD.findall(text.replace(" url", " "))
    capitals = sum(word[0].isupper() for word in words)
    said = Said(
        cues=cues,
        words=len(words),
        address=" url" in f" {text}",
        colon=text.endswith(":"),
        titled=len(words) > 1 and capitals > 0.7 * len(words),
        count=_COUNT.search(text) is not None or _NUMBERS.match(text) is not None,
        box=box,
        taken=taken,
    )
    return next(rule.kind for rule in RULES if rule.holds(said))
