"""Files from somebody else, as strategies: valid ones in which something was changed, and what may be said of them."""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from fetch.corpus_records import FetchedPad, Pad
from fetch.etherpad_export import MAX_HEADING, MAX_LEVEL
from tests.support.hostile import ANY_TEXT

Path = tuple[str | int, ...]

WRITABLE = ANY_TEXT.map(lambda text: text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
"""Any text that UTF-8 can hold."""

_HTML = "< > </ /> <! <![ <!-- --> ]]> <? &# &lt &#x; \" ' = <a <s> </s> <li> <ol <ul> <br <pre> <h2 <td> <title>"
HTML_PIECES = tuple(_HTML.split())
"""What parsers of HTML act on."""

_NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.integers(),
    st.sampled_from([2**31, 2**63, 2**64, -(2**63), 10**400]),
    st.floats(),
)
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, ANY_TEXT)
ANY_VALUE = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
"""Anything that JSON can hold, and Python's JSON besides: NaN and halves of surrogate pairs."""


@st.composite
def damaged(draw: st.DrawFn, document: Any) -> Any:  # noqa: ANN401 - JSON
    """A copy of a JSON document in which a few values were replaced, removed, repeated or given a new neighbour."""
    changed = deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        paths = list(_paths(changed))
        if not paths or draw(st.integers(0, 50)) == 0:
            return draw(ANY_VALUE)
        *above, last = draw(st.sampled_from(paths))
        parent = changed
        for key in above:
            parent = parent[key]
        _damage(draw, parent, last)
    return changed


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - as above
    """The way to each value inside a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from _paths(item, (*path, key))


def _damage(draw: st.DrawFn, parent: Any, key: str | int) -> None:  # noqa: ANN401 - as above
    how = draw(st.sampled_from(["replace", "replace", "vary", "remove", "repeat", "add"]))
    old = parent[key]
    if how == "replace":
        parent[key] = draw(ANY_VALUE)
    elif how == "vary":
        parent[key] = draw(damaged_text(old)) if isinstance(old, str) else draw(_NUMBERS)
    elif how == "remove":
        del parent[key]
    elif isinstance(parent, list):
        parent.insert(int(key), deepcopy(old) if how == "repeat" else draw(ANY_VALUE))
    else:
        parent[draw(st.text(max_size=8))] = deepcopy(old) if how == "repeat" else draw(ANY_VALUE)


@st.composite
def damaged_text(draw: st.DrawFn, text: str, pieces: Sequence[str] = ("",)) -> str:
    """A text with a few pieces taken out, put in (any text, or one of `pieces`) or copied to another place."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 20)))
        copied = draw(st.integers(0, len(text)))
        piece = draw(st.sampled_from(["", text[copied : copied + 30]]) | st.sampled_from(pieces) | WRITABLE)
        text = text[:start] + piece + text[end:]
    return text


def as_json(value: object) -> bytes:
    """JSON as any program may write it."""
    return json.dumps(value).encode()


def as_toml(document: object) -> str:
    """TOML with a line for each key of the outermost table; what TOML cannot hold is left to the reader to refuse."""
    if not isinstance(document, dict):
        return _toml_value(document)
    return "".join(f"{_toml_value(key)} = {_toml_value(value)}\n" for key, value in document.items())


def _toml_value(value: object) -> str:
    match value:
        case str():
            text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool() | None:
            return "true" if value else "false"
        case dict():
            return f"{{{', '.join(f'{_toml_value(key)} = {_toml_value(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(_toml_value, value))}]"
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)


def assert_plain(sentence: object, begins: str = "") -> None:
    """Assert that a message is a line that a terminal prints as it is, and begins with the name of its file."""
    text = str(sentence)
    assert text.startswith(begins)
    assert text.strip(), "no message"
    assert text.isprintable(), f"{text!r} acts on a terminal"


def assert_sound(pad: FetchedPad | Pad) -> None:
    """Assert that a pad's structure describes its lines, one for one, and nothing beyond them."""
    lines = pad.text.split("\n")
    assert pad.structure is None or len(pad.structure) == len(lines)
    for line, known in zip(lines, pad.structure or (), strict=bool(pad.structure)):
        assert 0 <= known.prefix <= len(line)
        assert 0 <= known.level <= MAX_LEVEL
        assert 0 <= known.heading <= MAX_HEADING
        assert all(known.prefix <= start < end <= len(line) for start, end in known.struck)
