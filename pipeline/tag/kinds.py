"""The kind of a line of notes: a question, an action, a decision, a statement, or other, which nobody would miss.

line, heading, bullet above ─ cues of data/kinds.toml ─> LineFeatures ─ first of _RULES that applies ─> Kind
line ─ phrases of data/empty_answers.toml ─> is_empty_answer ─┘
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pipeline.segment_records import Checkbox, Kind
from pipeline.text import data_table, is_statement, lower_letters, normalize, normalized_words

_EDGE = r"(?!(?<=\w)\w)"
"""No place inside a word; it holds beside punctuation, too, where `\\b` would require a word."""

_POSITIONS = {
    "start": "^(?:{})" + _EDGE,
    "end": _EDGE + r"(?:{})\s*$",
    "whole": "^(?:{})$",
    "anywhere": _EDGE + "(?:{})" + _EDGE,
    "heading": r"(?:^|/ )\W*(?:\d[\d.]{{0,8}}\W{{1,3}})?(?:{})(?=\W*(?:$|/))",
}
_AT_START = frozenset({"start", "whole"})
_FOREIGN_HEADINGS = frozenset({"de", "fr", "es"})
"""Languages that have headings enough of their own: there a word of another language inside one says nothing."""

_SCRAP, _SHORT, _BRIEF = 3, 5, 12
"""Words of a scrap, of a line that is likely a title, and of one that can still be a remark about the meeting."""

_PROMISES = ("delivery", "occasion", "promised", "instructed")
"""Cues of what will be done, whoever says so."""

_ESCAPED = re.compile(r"\\[A-Za-z]")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_COUNT = re.compile(r":\s?(?:[\d.,]{1,12}\W{0,3}|\?+)$")
_NUMBERS = re.compile(r"^[^|]{0,80}(?:\|\s{0,9}(?:[\d.,:%x]{1,10}\s{0,9})?){1,20}$")
_SPEAKER = re.compile(r"^@?[^\W\d_][\w.'’-]{0,30}(?: [^\W\d_][\w.'’-]{0,30})?(?: ?\([^()]{1,30}\))?\s?:\s+(?=\S)")

_LABEL = re.compile(r"(?:.*(?:[:=?]|\s[-–—])|q?\s?\d{1,3}[.)]|q\s?\d{1,3}|[a-z]\))\s+(?=\S)", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[.,;!]+(?=\s|$)|[()\[\]{}<>|]+|\s[-–—/]\s")
_LABEL_WORDS, _ASKED_WORDS, _EMPTY_WORDS, _LIKE_WORDS = 8, 2, 24, 4
"""Most words of the label before an empty answer ("Person in charge of the keys: TBD"), of one that is a question, of
a line with an empty answer, and of those after "same as": in longer ones somebody says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a line stands.

    `heading` is its heading path with the prompt, `nearest` the last of these, `parent` the bullet that it belongs to,
    `language` is an ISO 639-1 code.
    """

    heading: str = ""
    nearest: str = ""
    parent: str = ""
    parent_has_checkbox: bool = False
    checkbox: Checkbox | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What a line's names and dates tell of a task; each is asked for only where a rule needs it.

    `is_taken` returns whether a known person takes it on, `is_assigned` whether it names one where owners are named,
    `is_due` whether it says by when.
    """

    is_taken: Callable[[], bool]
    is_assigned: Callable[[], bool]
    is_due: Callable[[], bool]


class LineFeatures:
    """A line as the rules see it: the cues that match, how it is written, and who takes it until when, if known.

    Most rules end at their first condition, so each feature is found when a rule first asks for it.
    """

    def __init__(self, text: str, context: Context, facts: TaskFacts) -> None:
        self._text = text
        self._without_speaker = _SPEAKER.sub("", text, count=1)
        said = (text,) if text == self._without_speaker else (text, self._without_speaker)
        above = {"heading": (context.heading,), "nearest": (context.nearest,), "parent": (context.parent,)}
        texts = {"text": said, **above}
        self._searched = {of: [(one, lower_letters(one)) for one in own if one] for of, own in texts.items()}
        self._context = context
        self._facts = facts
        self._known: dict[str, bool] = {}
        self.checkbox = context.checkbox
        self.is_remark = context.parent_has_checkbox and context.checkbox is None
        self.has_address = " url" in f" {text}"
        self.ends_in_colon = text.endswith(":")

    def has(self, *cues: str) -> bool:
        """Return whether at least one of the cues matches."""
        return any(map(self._matches, cues))

    def _matches(self, cue: str) -> bool:
        if cue not in self._known:
            self._known[cue] = any(
                pattern.find(text, lowered)
                for pattern in _cues(self._context.language).get(cue, ())
                for text, lowered in self._searched[pattern.of]
            )
        return self._known[cue]

    @cached_property
    def _words(self) -> list[str]:
        return _WORD.findall(self._text.replace(" url", " "))

    @property
    def words(self) -> int:
        """The number of words."""
        return len(self._words)

    @property
    def is_capitalized(self) -> bool:
        """Whether most words begin with a capital."""
        return self.words > 1 and sum(word[0].isupper() for word in self._words) > 0.7 * self.words

    @property
    def is_count(self) -> bool:
        """Whether the line is a label with a number, or a table's row of numbers."""
        return _COUNT.search(self._text) is not None or _NUMBERS.match(self._text) is not None

    @cached_property
    def is_taken(self) -> bool:
        """Whether a known person takes a task on."""
        return self._facts.is_taken()

    @property
    def is_assigned(self) -> bool:
        """Whether a known person stands where a task names its owner."""
        return self._facts.is_assigned()

    @cached_property
    def is_due(self) -> bool:
        """Whether the line says by when."""
        return self._facts.is_due()

    @property
    def is_committed(self) -> bool:
        """Whether the line opens with people and what they will do."""
        return commits(self._without_speaker, self._context.language)

    @property
    def is_empty(self) -> bool:
        """Whether the line leaves its question open."""
        return is_empty_answer(self._text)

    @property
    def is_order(self) -> bool:
        """Whether the line opens with the verb of a task."""
        return self.has("action_verb") and not self.has("noun_opening")

    @property
    def is_next_step(self) -> bool:
        """Whether the line is an item under next steps that are not done yet: no title, remark or report among them."""
        listed = self.has("parent_action") or (self.has("heading_action") and not self.has("heading_done"))
        if not listed or self.ends_in_colon or self.has("no_step", "joke", "quotation"):
            return False
        if self.is_order or self.has("promise") or self.is_taken:
            return True
        if self.has("conditional"):
            return False
        if self.is_assigned and not self.has("done_by"):
            return True
        if self.has("finite", "past_tense"):
            return self.has(*_PROMISES, "volunteered", "present_deed", "commitment", "progress", "our_need")
        is_title_or_custom = self.has("single_word") or (self.has("habitual") and self.has("present_deed"))
        return not (self.is_capitalized or self.is_remark or is_title_or_custom)

    @property
    def is_commitment(self) -> bool:
        """Whether the line says that something will be done, in earnest and without conditions."""
        if self.has("heading_done", "conditional", "joke", "quotation"):
            return False
        if self.is_order and self.is_due:
            return True
        if self.has("habitual"):
            return False
        if self.is_taken or self.is_committed or (self.has("present_deed") and self.is_due):
            return True
        return self.has(*_PROMISES, "volunteered")

    @property
    def is_decided(self) -> bool:
        """Whether the line says what was decided, not that something is undecided."""
        return not self.has("undecided", "joke", "quotation")


_RULES: tuple[tuple[Kind, str, Callable[[LineFeatures], bool]], ...] = (
    (Kind.OTHER, "an empty answer", lambda line: line.is_empty),
    (Kind.ACTION, "an open check box", lambda line: line.checkbox is Checkbox.OPEN),
    (Kind.DECISION, "a choice that is ticked off", lambda line: line.checkbox is Checkbox.DONE and line.has("choice")),
    (Kind.STATEMENT, "a ticked check box: it was done", lambda line: line.checkbox is Checkbox.DONE),
    (Kind.OTHER, "a number or a sign", lambda line: line.is_count or line.words == 0),
    (Kind.OTHER, "a word of chat", lambda line: line.has("other_chat")),
    (Kind.OTHER, "an exclamation", lambda line: line.has("exclamation") and not line.has("action_verb")),
    (Kind.STATEMENT, "an answer", lambda line: line.has("answer_label")),
    (Kind.QUESTION, "a question mark or label", lambda line: line.has("question_mark", "question_label")),
    (Kind.OTHER, "words of the template", lambda line: line.has("other_template")),
    (Kind.OTHER, "who took part, where, with which link", lambda line: line.has("other_role")),
    (Kind.ACTION, "an action label", lambda line: line.has("action_label", "action_marker")),
    (Kind.DECISION, "a decision's label", lambda line: line.has("decision_label") and line.is_decided),
    (Kind.DECISION, "an item under decisions", lambda line: line.has("heading_decision") and line.is_decided),
    (Kind.ACTION, "an item under next steps", lambda line: line.is_next_step),
    (Kind.STATEMENT, "asks in a clause of a claim", lambda line: line.has("question_clause")),
    (Kind.QUESTION, "worded as a question", lambda line: line.has("question_inverted", "question_word")),
    (Kind.QUESTION, "an indirect question", lambda line: line.has("question_whether", "question_reported")),
    (Kind.DECISION, "states that it was decided", lambda line: line.has("decision_verb") and line.is_decided),
    (Kind.DECISION, "an order for now", lambda line: line.has("for_now") and line.has("order_for_now")),
    (Kind.ACTION, "somebody commits to it", lambda line: line.is_commitment),
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


def kind_of(text: str, context: Context, facts: TaskFacts) -> Kind:
    """Return what a line does; `text` is the core of the line."""
    line = LineFeatures(text, context, facts)
    return next(kind for kind, _, applies in _RULES if applies(line))


def commits(text: str, language: str) -> bool:
    """Return whether a line opens with people or with nobody, and with what they will do: "We will write …"."""
    lowered = lower_letters(text)
    openings = (pattern.find(text, lowered) for pattern in _cues(language).get("commitment", ()))
    match = next(filter(None, openings), None)
    if match is None:
        return False
    verb = text[match.end() :]
    is_deed = matches_cue("action_verb", verb, language) and not matches_cue("stative", verb, language)
    return is_deed or matches_cue("deed", verb, language)


def is_empty_answer(text: str) -> bool:
    """Return whether a line leaves its question open: "none", "Q3: TBD", "same as Ana's group", "add names here"."""
    if text.rstrip().endswith("?") or len(normalized_words(text)) > _EMPTY_WORDS:
        return False
    label = _LABEL.match(text)
    if label and _is_label(label[0]):
        text = text[label.end() :]
    clauses = [words for part in _CLAUSE_END.split(text) if (words := normalize(part))]
    empty = [_is_empty_clause(clause) for clause in clauses]
    if any(empty):
        goes_on = (_empty_answers()[1].fullmatch(clause) is not None for clause in clauses)
        if all(map(operator.or_, empty, goes_on)):
            return True
    return _is_empty_clause(normalize(text))


def _is_empty_clause(clause: str) -> bool:
    numbered = _DIGITS.sub("0", clause)
    if numbered.split(" ", 1)[0] not in _first_words_of_empty():
        return False
    return _empty_answers()[0].fullmatch(numbered) is not None or _is_pointer(clause) or _is_request(clause)


@cache
def _first_words_of_empty() -> frozenset[str]:
    """Return the words that a clause may begin with that says nothing, with `0` for each number."""
    table = data_table("empty_answers.toml")
    keys = ("whole", "no", "tail", "same_as", "here", "fill_in")
    phrases = (phrase for key in keys for own in table[key].values() for phrase in own)
    return frozenset(_DIGITS.sub("0", phrase.split(" ", 1)[0]) for phrase in phrases)


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
    lowered = lower_letters(text)
    return any(pattern.find(text, lowered) for pattern in _cues(language).get(cue, ()))


class _CuePattern:
    """The phrases of a cue in some languages, and the text they are `of`; compiled when a line first needs them.

    Phrases in lower case are searched in lower case: with `re.IGNORECASE` that takes three times as long.
    """

    def __init__(self, of: str, position: str, phrases: Sequence[str]) -> None:
        self.of = of
        self._position = position
        self._pattern = _POSITIONS[position].format("|".join(phrases))
        written = _ESCAPED.sub("", self._pattern)
        self._is_lower = written == written.lower()

    @cached_property
    def _find(self) -> Callable[[str], re.Match[str] | None]:
        compiled = re.compile(self._pattern, re.NOFLAG if self._is_lower else re.IGNORECASE)
        # `search` would go on behind the start of a text, where nothing matches.
        return compiled.match if self._position in _AT_START else compiled.search

    def find(self, text: str, lowered: str) -> re.Match[str] | None:
        """Return the first match in a text, which is also given in lower case."""
        return self._find(lowered if self._is_lower else text)


@cache
def _cues(language: str) -> Mapping[str, Sequence[_CuePattern]]:
    """Return the patterns of each cue; the English ones where a language has no cues.

    Cues of headings and bullets above hold in all languages, because a template is often in another than the notes; but
    in notes that are not in English, those of another language must be all that the heading says ("Votes").
    """
    table = data_table("kinds.toml")
    known = {key for cue in table.values() for key in cue} - {"any", "at", "of"}
    spoken = {"any", language if language in known else "en"}
    patterns: dict[str, list[_CuePattern]] = {}
    for name, cue in table.items():
        at, of = cue.get("at", "anywhere"), cue.get("of", "text")
        own = spoken if of == "text" or language in _FOREIGN_HEADINGS else known | {"any"}
        of_others = known - own if of != "text" else set()
        for chosen, position in ((own, at), (of_others, "heading")):
            if phrases := [phrase for key in cue if key in chosen for phrase in cue[key]]:
                patterns.setdefault(name, []).append(_CuePattern(of, position, phrases))
    return patterns
