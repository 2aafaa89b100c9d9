"""The kind of a line of notes: a question, an action, a decision, a statement, or other, which nobody would miss.

line, heading, bullet above ─ cues of data/kinds.toml ─> LineFeatures ─ first of _RULES that applies ─> Kind
line ─ phrases of data/empty_answers.toml ─> is_empty_answer ─┘
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.segment_records import Kind
from pipeline.text import data_table, is_statement, normalize, normalized_words

_LEFT, _RIGHT = r"(?:(?<!\w)|(?!\w))", r"(?:(?!\w)|(?<!\w))"
"""Word edges that also hold beside punctuation, where `\\b` would require a word."""

_POSITIONS = {
    "start": "^(?:{})" + _RIGHT,
    "end": _LEFT + r"(?:{})\s*$",
    "whole": "^(?:{})$",
    "anywhere": _LEFT + "(?:{})" + _RIGHT,
}
_SCRAP, _SHORT, _BRIEF = 3, 5, 12
"""Words of a scrap, of a line that is likely a title, and of one that can still be a remark about the meeting."""

_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_COUNT = re.compile(r":\s?[\d.,]{1,12}\W{0,3}$")
_NUMBERS = re.compile(r"^[^|]{0,80}(?:\|\s{0,9}(?:[\d.,:%x]{1,10}\s{0,9})?){1,20}$")
_SPEAKER = re.compile(r"^@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30})?(?: ?\([^()]{1,30}\))?\s?:\s+(?=\S)")

_LABEL = re.compile(r"(?:.*(?:[:=?]|\s[-–—])|q?\s?\d{1,3}[.)]|q\s?\d{1,3}|[a-z]\))\s+(?=\S)", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.,;!]+(?=\s|$)|[()\[\]{}<>|]+|\s[-–—/]\s")
_LABEL_WORDS, _ASKED_WORDS, _EMPTY_WORDS, _LIKE_WORDS = 8, 2, 24, 4
"""Most words of the label before an empty answer ("Person in charge of the keys: TBD"), of one that is a question, of
a line with an empty answer, and of those after "same as": in longer ones somebody says something."""


@dataclass(frozen=True, slots=True)
class LineFeatures:
    """A line as the rules see it: the cues that match, how it is written, and whether a known person takes a task."""

    cues: frozenset[str]
    words: int
    has_address: bool
    ends_in_colon: bool
    is_capitalized: bool
    is_count: bool
    checkbox: str | None
    is_taken: bool
    is_empty: bool

    def has(self, *cues: str) -> bool:
        """Return whether at least one of the cues matches."""
        return not self.cues.isdisjoint(cues)

    @property
    def is_next_step(self) -> bool:
        """Whether the line is an item under next steps that are not done yet, and no title among them."""
        listed = self.has("parent_action") or (self.has("heading_action") and not self.has("heading_done"))
        return listed and not self.ends_in_colon and (not self.is_capitalized or self.has("action_verb"))


_RULES: tuple[tuple[Kind, str, Callable[[LineFeatures], bool]], ...] = (
    (Kind.OTHER, "an empty answer", lambda line: line.is_empty),
    (Kind.ACTION, "an open check box", lambda line: line.checkbox == "open"),
    (Kind.STATEMENT, "a ticked check box: it was done", lambda line: line.checkbox == "done"),
    (Kind.OTHER, "a number or a sign", lambda line: line.is_count or line.words == 0),
    (Kind.OTHER, "a word of chat", lambda line: line.has("other_chat")),
    (Kind.QUESTION, "a question mark or label", lambda line: line.has("question_mark", "question_label")),
    (Kind.OTHER, "words of the template", lambda line: line.has("other_template")),
    (Kind.OTHER, "who took part, where, with which link", lambda line: line.has("other_role")),
    (Kind.ACTION, "an action label", lambda line: line.has("action_label")),
    (Kind.DECISION, "a decision's label or heading", lambda line: line.has("heading_decision", "decision_label")),
    (Kind.ACTION, "an item under next steps", lambda line: line.is_next_step),
    (Kind.QUESTION, "worded as a question", lambda line: line.has("question_inverted", "question_word")),
    (Kind.QUESTION, "an indirect question", lambda line: line.has("question_whether", "question_reported")),
    (Kind.DECISION, "states that it was decided", lambda line: line.has("decision_verb")),
    (Kind.ACTION, "somebody takes it", lambda line: line.is_taken and not line.has("heading_done")),
    (Kind.ACTION, "asks for it", lambda line: line.has("action_please")),
    (Kind.OTHER, "a few words that introduce what follows", lambda line: line.ends_in_colon and line.words <= _SHORT),
    (Kind.OTHER, "a single word", lambda line: line.words == 1),
    (Kind.OTHER, "a scrap under an agenda's heading", lambda line: line.has("heading_other") and line.words <= _SCRAP),
    (Kind.STATEMENT, "makes a claim", lambda line: line.has("claim_verb", "past_tense")),
    (Kind.OTHER, "introduces what follows", lambda line: line.ends_in_colon),
    (Kind.OTHER, "a link", lambda line: line.has_address and line.words < _SHORT),
    (Kind.OTHER, "about the meeting itself", lambda line: line.has("other_proceedings") and line.words <= _BRIEF),
    (Kind.OTHER, "a courtesy", lambda line: line.has("other_courtesy") and line.words <= _BRIEF),
    (Kind.OTHER, "a line of the agenda", lambda line: line.has("heading_agenda") and line.words <= _SHORT),
    (Kind.OTHER, "a title or a list of names", lambda line: line.is_capitalized),
    (Kind.OTHER, "two words", lambda line: line.words < _SCRAP),
    (Kind.STATEMENT, "anything else", lambda _: True),
)
"""Kinds, each with the reason and the condition; the first that applies is the kind of the line."""


def kind_of(text: str, checkbox: str | None, above: Mapping[str, str], language: str, *, is_taken: bool) -> Kind:
    """Return what a line does.

    `text` is the core of the line, `checkbox` "open", "done" or None, `language` its ISO 639-1 code; `above` has its
    heading path with the prompt as "heading", the nearest of these as "nearest", and the bullet that it belongs to as
    "parent"; `is_taken` is true if a known person takes it on.
    """
    cues = _matching_cues({"text": text, **above}, language)
    without_speaker = _SPEAKER.sub("", text, count=1)
    if without_speaker != text:
        cues |= _matching_cues({"text": without_speaker}, language)
    words = _WORD.findall(text.replace(" url", " "))
    line = LineFeatures(
        cues=cues,
        words=len(words),
        has_address=" url" in f" {text}",
        ends_in_colon=text.endswith(":"),
        is_capitalized=len(words) > 1 and sum(word[0].isupper() for word in words) > 0.7 * len(words),
        is_count=_COUNT.search(text) is not None or _NUMBERS.match(text) is not None,
        checkbox=checkbox,
        is_taken=is_taken,
        is_empty=is_empty_answer(text),
    )
    return next(kind for kind, _, applies in _RULES if applies(line))


def is_empty_answer(text: str) -> bool:
    """Return whether a line leaves its question open: "none", "Q3: TBD", "same as Ana's group", "add names here"."""
    if text.rstrip().endswith("?") or len(normalized_words(text)) > _EMPTY_WORDS:
        return False
    label = _LABEL.match(text)
    if label and _is_label(label[0]):
        text = text[label.end() :]
    clauses = [words for part in _CLAUSE_END.split(text) if (words := normalize(part))]
    empty = [_is_empty_clause(clause) for clause in clauses]
    goes_on = [_empty_answers()[1].fullmatch(clause) is not None for clause in clauses]
    return _is_empty_clause(normalize(text)) or (any(empty) and all(map(operator.or_, empty, goes_on)))


def _is_empty_clause(clause: str) -> bool:
    answer = _empty_answers()[0].fullmatch(re.sub(r"\d+", "0", clause))
    return answer is not None or _is_pointer(clause) or _is_request(clause)


def _is_label(text: str) -> bool:
    count = len(normalized_words(text))
    if count <= _ASKED_WORDS:
        return True
    return count <= _LABEL_WORDS and "?" not in text and not is_statement(text)


def _is_pointer(clause: str) -> bool:
    """Return whether a clause says only that it is the same as something else."""
    table = data_table("empty_answers.toml")
    rests = (
        (clause.removeprefix(f"{phrase} ").split(), language)
        for language, phrases in table["same_as"].items()
        for phrase in phrases
        if clause.startswith(f"{phrase} ")
    )
    says_more = table["says_more"]
    return any(len(rest) <= _LIKE_WORDS and not {*rest}.intersection(says_more[language]) for rest, language in rests)


def _is_request(clause: str) -> bool:
    """Return whether a clause is a template's request to its writers: "add names here"."""
    table, words = data_table("empty_answers.toml"), set(clause.split())
    return any(
        words & set(table["here"][language]) and words & set(others) and words <= {*table["here"][language], *others}
        for language, others in table["fill_in"].items()
    )


@cache
def _empty_answers() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a clause that is an empty answer, and of one that only goes on with it."""
    table = data_table("empty_answers.toml")
    whole, no, no_what, tail = (
        "|".join(re.escape(phrase) for phrases in table[key].values() for phrase in phrases)
        for key in ("whole", "no", "no_what", "tail")
    )
    answer = re.compile(f"(?:(?:{tail}) )?(?:{whole}|(?:{no}) (?:{no_what}))(?: (?:{tail})){{0,3}}")
    return answer, re.compile(f"(?:{tail})(?: (?:{tail})){{0,3}}")


def matches_cue(cue: str, text: str, language: str) -> bool:
    """Return whether a text matches a cue of data/kinds.toml."""
    return any(name == cue and pattern.search(text) for name, _, pattern in _cues(language))


def _matching_cues(texts: Mapping[str, str], language: str) -> frozenset[str]:
    return frozenset(name for name, of, pattern in _cues(language) if texts.get(of) and pattern.search(texts[of]))


@cache
def _cues(language: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Return each cue's name, the text it is searched in, and its pattern; English where a language has no cues.

    Cues of headings and bullets above hold in all languages, because a template is often in another than the notes.
    """
    table = data_table("kinds.toml")
    known = {key for cue in table.values() for key in cue} - {"any", "at", "of"}
    spoken = {"any", language if language in known else "en"}
    compiled = []
    for name, cue in table.items():
        chosen = known | {"any"} if "of" in cue else spoken
        phrases = [phrase for key in cue if key in chosen for phrase in cue[key]]
        if phrases:
            pattern = _POSITIONS[cue.get("at", "anywhere")].format("|".join(phrases))
            compiled.append((name, cue.get("of", "text"), re.compile(pattern, re.IGNORECASE)))
    return tuple(compiled)
