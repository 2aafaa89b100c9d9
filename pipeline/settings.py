"""Everything that can be set about an analysis, and which languages the encoder so chosen does not understand."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch.corpus_records import Scalar
from fetch.errors import UserMistake, validation_sentence
from pipeline.segment_records import LineRole, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read from the `[settings]` table of event.toml; each default says where it comes from."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    encoder: str = ""
    """A model for sentence-transformers, a folder or a name, instead of the bundled encoder."""

    spacy_model: str = ""
    """An installed spaCy pipeline, a name or a folder, that finds names instead of the bundled tagger. The environment
    variable PADHARVEST_SPACY_MODEL takes precedence."""

    similarity: float = 0.15
    """Least mean similarity at which two clusters are joined; lower makes larger, looser concerns. On eleven labelled
    events, each with an encoder that had not seen it or its like, .14 finds as much in looser concerns, and .18 is a
    little purer (docs/experiments/encoder.md, clustering.md)."""

    answer_similarity: float = 0.06
    """`similarity` for an event whose groups wrote one line each, answers to one question: on the training questions of
    ArgKP, .06 gives an adjusted Rand index of .206, .15 one of .135, and .05 to .09 hardly less
    (docs/experiments/answers.md)."""

    pair_similarity: float = 0.34
    """Least similarity of two segments that are a cluster by themselves, because two lines are easily alike by chance;
    .24 adds two cards to a report and finds no more (docs/experiments/encoder.md)."""

    most_repeats: int = 10
    """Most quotes of a concern beyond the first of each group; a larger one is cut closer, for a few groups at length
    write about more than one thing, and many groups once each do not. Fewer is purer and finds more, but separates
    quotes that belong together (docs/experiments/clustering.md)."""

    most_concerns: int = 40
    """Most recurring concerns of a report, the strongest; quotes of others are shown unclustered. Without this limit
    .02 more of the labelled concerns are found, and a large event has 100 cards
    (docs/experiments/lexical-clustering.md)."""


CHAT_WINDOW = "a chat window"
"""Stands for the model of a reading whose answers came through files, where nobody said which one gave them."""

_RETIRED = frozenset({"seed"})
"""Keys that old event.toml files have, without effect: `seed` belonged to a comparison with chance."""


def from_event(values: dict[str, Scalar], event_id: str) -> Settings:
    """Return the settings of event.toml's `[settings]`; raises UserMistake naming the key and what was expected."""
    known = {key: value for key, value in values.items() if key not in _RETIRED}
    try:
        return TypeAdapter(Settings).validate_json(json.dumps(known))
    except ValidationError as error:
        prefix = f"corpus/{event_id}/event.toml: [settings] "
        raise UserMistake(validation_sentence(error, prefix, {"": Settings.__dataclass_fields__})) from error


_UNDERSTOOD = frozenset({"en", "und"})
"""ISO 639-1; a text whose language could not be determined is mostly names and numbers."""

_LEAST_LINES = 2
"""Lines in a language from which the event counts as written in it too: of 4,700 English notes 5 were taken for another
language, no two of an event for the same one; and a single line has none to be compared with."""


def languages_compared_by_wording(segments: Sequence[Segment], encoder: str) -> frozenset[str]:
    """Return the languages whose lines are compared by their words alone: all but English with the bundled encoder.

    `segments` are all of an event's. A user who names an `encoder` for a multilingual event names one that reads it.
    """
    if encoder:
        return frozenset()
    counts = Counter(segment.language for segment in segments if segment.role is LineRole.CONTENT)
    return frozenset(code for code, count in counts.items() if count >= _LEAST_LINES and code not in _UNDERSTOOD)
