"""Proofreading: every file that is about to be written is read back, and each quote in it compared with the pads."""

import re
from collections.abc import Iterable, Iterator, Mapping

from fetch.corpus_records import Corpus, PadId
from pipeline import verbatim
from pipeline.analysis_records import Analysis, PadInfo
from pipeline.report import formats
from pipeline.report.formats.output_format import ReadQuote, Span
from pipeline.report.quote_sources import hidden_spans
from pipeline.serialization import ANALYSIS_FILE, from_json
from pipeline.verbatim import VerbatimError


def check_outputs(outputs: Mapping[str, bytes], analysis: Analysis, corpus: Corpus) -> None:
    """Raise VerbatimError unless each of `outputs`, the files to be written by name, quotes what the pads say.

    analysis.json must pass `verbatim.check`. In any other file each quote must be the words at its place, attributed to
    their line; nothing that the facilitator hid may be quoted, and all that the format requires must be. A file that no
    format reads back or declares to quote nothing is refused.
    """
    texts = {pad.pad_id: pad.text for pad in corpus.pads}
    for name, content in outputs.items():
        if name == ANALYSIS_FILE:
            verbatim.check(from_json(content), corpus.pads)
            continue
        fault = _fault(name, content.decode(), analysis, texts)
        if fault:
            raise VerbatimError(f"{name}: {fault}; nothing was written.")


def _fault(name: str, text: str, analysis: Analysis, texts: Mapping[PadId, str]) -> str | None:
    """Return what is wrong with a file, if anything; a declaration that it quotes nothing exempts no file that does."""
    for known in formats.FORMATS:
        if name in known.quotes and known.read_back:
            try:
                return next(_faults(known.read_back(text), known.quotes[name](analysis, texts), analysis, texts), None)
            except (KeyError, ValueError) as error:
                return f"its quotes cannot be read back ({error})"
    if any(name in known.quotes_nothing for known in formats.FORMATS):
        return None
    return "no output format reads its quotes back or declares that it has none"


def _faults(
    quotes: Iterable[ReadQuote], required: Iterable[Span], analysis: Analysis, texts: Mapping[PadId, str]
) -> Iterator[str]:
    pads: dict[int | str, PadInfo] = dict(enumerate(analysis.pads, start=1))
    pads.update({info.pad_id: info for info in analysis.pads})
    hidden = hidden_spans(analysis)
    missing = set(required)
    for quote in quotes:
        info = pads.get(quote.pad)
        if info is None:
            yield f"a quote is attributed to pad {quote.pad}, which was not analysed"
            continue
        text = texts.get(info.pad_id, "")
        line = text.count("\n", 0, max(quote.start, 0)) + 1
        place = f"line {line} of pad {info.pad_id}"
        if quote.start < 0 or quote.end - quote.start != len(quote.text) or text[quote.start : quote.end] != quote.text:
            yield f"the quote on {place} is not what the pad says"
        if any(quote.start < last and first < quote.end for first, last in hidden.get(info.pad_id, ())):
            yield f"the words on {place} are hidden and must not be quoted"
        if not _names_line(quote.where, line, info):
            yield f"the quote on {place} is attributed to {quote.where!r}"
        missing.discard((info.pad_id, quote.start, quote.end))
    for pad_id, start, _ in sorted(missing):
        line = texts[pad_id].count("\n", 0, start) + 1
        yield f"the words on line {line} of pad {pad_id} are missing"


def _names_line(where: str, line: int, info: PadInfo) -> bool:
    """Return whether a printed place names `line`, apart from numbers in the names of the group and the pad."""
    place = where.removeprefix(f"{info.group}, ")
    without_pad = place.removesuffix(f" {info.pad_id}")
    if re.search(r"\d", without_pad):
        place = without_pad
    number = f"{line:,}".replace(",", r"\D?")  # 1204, 1,204 or 1.204
    return re.search(rf"(?<!\d){number}(?!\d)", place) is not None
