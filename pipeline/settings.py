"""Everything that can be set about an analysis, as one documented immutable record.

Which languages of an event the encoder that ships cannot read for meaning: English is all that it knows.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fetch.corpus_records import Scalar
from fetch.errors import UserMistake, validation_sentence
from pipeline.analysis_records import LineRole, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read from the `[settings]` table of event.toml; each default says where it comes from."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    encoder: str = ""
    """A model for sentence-transformers, a folder or a name, instead of the encoder that ships with Padharvest."""

    spacy_model: str = ""
    """An installed spaCy pipeline, a name or a folder, that spots names instead of the one that ships with Padharvest.
    The environment variable PADHARVEST_SPACY_MODEL goes before it."""

    similarity: float = 0.15
    """Mean similarity from which two clusters become one; lower makes larger, looser concerns. On eleven labelled
    events, each read by an encoder that had not seen it or its like, .14 finds as much in looser concerns, and .18 is
    a little purer (docs/experiments/encoder.md, clustering.md)."""

    answer_similarity: float = 0.06
    """What `similarity` is where groups wrote one line each, answers to one question: of the training questions of
    ArgKP, .06 gives an adjusted Rand index of .206, .15 one of .135, and .05 to .09 hardly less (docs/experiments/answers.md)."""

    pair_similarity: float = 0.34
    """What two segments need to be a cluster by themselves, because two lines are easily alike by chance; .24 adds two
    cards to a report and finds no more (docs/experiments/encoder.md)."""

    most_repeats: int = 10
    """Quotes of a concern beyond the first of each group; with more of them it is cut closer, for a few groups at
    length are about more than one thing, and many groups once each are not. Fewer is purer and finds more, and parts
    quotes that belong together (docs/experiments/clustering.md)."""

    most_concerns: int = 40
    """Recurring concerns of a report, the strongest; what is said in others is shown unclustered. More are not read.
    Without the limit .02 more of the labelled concerns are found, and a large event has 100 cards (docs/experiments/lexical-clustering.md)."""


_RETIRED = frozenset({"seed"})
"""Keys that event.toml may still have, without effect: `seed` was that of a comparison with chance that is gone."""


def from_event(values: dict[str, Scalar], event_id: str) -> Settings:
    """Settings from event.toml's `[settings]` table; raises UserMistake naming the key and what was expected."""
    known = {key: value for key, value in values.items() if key not in _RETIRED}
    try:
        return TypeAdapter(Settings).validate_json(json.dumps(known))
    except ValidationError as error:
        prefix = f"corpus/{event_id}/event.toml: [settings] "
        raise UserMistake(validation_sentence(error, prefix, {"": Settings.__dataclass_fields__})) from error


_UNDERSTOOD = frozenset({"en", "und"})
"""ISO 639-1; a text in no language that could be determined is a name, a number or a few of either."""

_SEEN = 2
"""Lines in a language before the event counts as written in it too: of 4,700 English notes 5 were taken for another
language, no two of an event for the same one; and a line has nothing to be compared with where no other is in it."""


def languages_compared_by_wording(segments: Sequence[Segment], encoder: str) -> frozenset[str]:
    """The languages whose lines are compared by their words alone; none where `encoder`, the user's own, is named.

    `segments` are all of an event's. A user who names an encoder for a multilingual event names one that reads it.
    """
    if encoder:
        return frozenset()
    counts = Counter(one.language for one in segments if one.role is LineRole.CONTENT)
    return frozenset(code for code, count in counts.items() if count >= _SEEN and code not in _UNDERSTOOD)
