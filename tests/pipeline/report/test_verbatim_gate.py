"""The verbatim gate stops one wrong character in an analysis or a file, one lost line, one file without a reader."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from fetch.add import add_files
from fetch.corpus_records import PadId
from pipeline import cli
from pipeline.analysis_records import Analysis
from pipeline.ledger import LedgerError
from pipeline.report import check_outputs, formats, render_report
from pipeline.report.formats import wikitext
from pipeline.report.formats.html import read_back
from pipeline.report.formats.output_format import Format, ReadQuote
from pipeline.report.quote_sources import page_path
from pipeline.report.verbatim_gate import VerbatimError, check_analysis
from pipeline.segment_records import LineNo, LineRole, Mention, Segment, SegmentId
from pipeline.serialization import to_json
from pipeline.translation import translation
from tests.support.annotated import ALLOTMENTS, read
from tests.support.fetching import NOW, Camp
from tests.support.hostile import ANY_TEXT, HOSTILE, event_of
from tests.support.read_event import cited, read_allotments
from tests.support.reports import checked_report, encoded

ANALYSIS, CORPUS = read(ALLOTMENTS)
OUTPUTS = checked_report(ANALYSIS, CORPUS)
READ, _ = read_allotments()
PAGES = ("report.html", "report.wiki", "report.md")
GROUP_PAGES = tuple(f"{page_path('Water')}{ending}" for ending in (".html", ".wiki"))
QUOTING = (*PAGES, *GROUP_PAGES, "quotes.csv", "steps.csv", "hand_offs.csv", "entities.csv", "calendar.ics")
STEP = next(segment for segment in ANALYSIS.segments if segment.owner)


def with_segment(changed: Segment) -> Analysis:
    segments = tuple(changed if segment.id == changed.id else segment for segment in ANALYSIS.segments)
    return replace(ANALYSIS, segments=segments)


def with_mention(mention: Mention) -> Analysis:
    first, *others = ANALYSIS.entities
    return replace(ANALYSIS, entities=(replace(first, mentions=(mention,)), *others))


def with_milestone(segment_id: str) -> Analysis:
    first, *others = ANALYSIS.milestones
    return replace(ANALYSIS, milestones=(replace(first, segment_id=SegmentId(segment_id)), *others))


def with_questions(*ids: str) -> Analysis:
    return replace(ANALYSIS, same_questions=(tuple(map(SegmentId, ids)),))


def with_exemplars(*ids: str) -> Analysis:
    first, *others = ANALYSIS.concerns
    return replace(ANALYSIS, concerns=(replace(first, exemplar_ids=tuple(map(SegmentId, ids))), *others))


def with_members(*ids: str) -> Analysis:
    first, *others = ANALYSIS.concerns
    members = tuple(map(SegmentId, ids))
    return replace(ANALYSIS, concerns=(replace(first, segment_ids=members, exemplar_ids=()), *others))


def test_what_the_pads_say_passes() -> None:
    check_analysis(ANALYSIS, CORPUS.pads)


WRONG: dict[str, tuple[Callable[[], Analysis], str]] = {
    "another word": (lambda: with_segment(replace(STEP, text=STEP.text.upper())), "a quote is not what the pad says"),
    "one character further": (
        lambda: with_segment(replace(STEP, start=STEP.start + 1, end=STEP.end + 1)),
        "a quote is not what the pad says",
    ),
    "an empty quote": (
        lambda: with_segment(replace(STEP, text="", end=STEP.start)),
        "a quote is not what the pad says",
    ),
    "counted from the end": (
        lambda: with_segment(replace(STEP, text=CORPUS.pads[0].text[-3:-1], start=-3, end=-1)),
        "a quote is not what the pad says",
    ),
    "another pad": (lambda: with_segment(replace(STEP, pad_id=PadId("nowhere"))), "a pad that was not analysed"),
    "another line": (
        lambda: with_segment(replace(STEP, line=LineNo(STEP.line + 1))),
        "attributed to a line that it is not on",
    ),
    "another group": (lambda: with_segment(replace(STEP, group="Soil")), "to Soil, but the pad is by Water"),
    "an owner in other words": (lambda: with_segment(replace(STEP, owner="Anna")), "owner of a next step"),
    "a due date in other words": (lambda: with_segment(replace(STEP, due="8 May")), "due of a next step"),
    "one id for two quotes": (
        lambda: replace(ANALYSIS, segments=(*ANALYSIS.segments, ANALYSIS.segments[0])),
        "2 quotes have the same id",
    ),
    "a mention beyond its quote": (
        lambda: with_mention(Mention(segment_id=STEP.id, start=0, end=len(STEP.text) + 1)),
        "reaches beyond its quote",
    ),
    "a mention nowhere": (
        lambda: with_mention(Mention(segment_id=SegmentId("no"), start=0, end=1)),
        "a quote that does not exist",
    ),
    "a milestone nowhere": (lambda: with_milestone("no"), "milestone is attributed to a quote that does not exist"),
    "a milestone of a quote that was set aside": (
        lambda: with_milestone("soil-8"),
        "a milestone is attributed to a quote that is not shown",
    ),
    "a question that is none": (lambda: with_questions("water-6", "water-5"), "is no question that is shown"),
    "a question in two sets": (lambda: with_questions("soil-5", "soil-5"), "the same as others twice"),
    "an exemplar of another concern": (lambda: with_exemplars("children-&-gate-4"), "a quote that is not its own"),
    "a member that does not exist": (lambda: with_members("no"), "has a quote that does not exist"),
    "groups that said nothing": (lambda: with_members("water-6"), "names other groups"),
}


@pytest.mark.parametrize("name", WRONG)
def test_anything_else_is_refused_with_the_way_out(name: str) -> None:
    make, complaint = WRONG[name]
    with pytest.raises(VerbatimError, match=complaint) as refusal:
        check_analysis(make(), CORPUS.pads)
    assert str(refusal.value).endswith("run `make analyze EVENT=allotments` again.")
    assert "\n" not in str(refusal.value)


def with_summary(*ids: str, of: Analysis = READ) -> Analysis:
    first, *others = of.concerns
    return replace(of, concerns=(replace(first, summary=(cited("Nobody pays.", *ids),)), *others))


def with_paragraph(*ids: str, of: Analysis = READ) -> Analysis:
    assert of.reading
    return replace(of, reading=replace(of.reading, summary=(cited("Nobody pays.", *ids),)))


def with_role(segment_id: str, role: LineRole) -> Analysis:
    """The event as read, with one of its quotes not shown, which only what the model wrote still refers to."""
    segments = tuple(replace(one, role=role) if one.id == segment_id else one for one in READ.segments)
    return replace(READ, segments=segments)


def test_what_a_model_wrote_passes_if_each_sentence_cites_lines_that_are_shown() -> None:
    check_analysis(READ, CORPUS.pads)


@pytest.mark.parametrize(
    ("make", "complaint"),
    (
        (with_summary, "summary of the concern who pays for repairs has a sentence that cites no line"),
        (lambda: with_summary("water-6", "no"), "summary of the concern .* does not exist or is not its own"),
        (lambda: with_summary("soil-4"), "summary of the concern .* does not exist or is not its own"),
        (lambda: with_role("water-7", LineRole.REDACTED), "summary of the concern .* a quote that is not shown"),
        (with_paragraph, "summary of the event has a sentence that cites no line"),
        (lambda: with_paragraph("no"), "summary of the event cites a quote that does not exist"),
        (lambda: with_role("soil-4", LineRole.HIDDEN), "summary of the event cites a quote that is not shown"),
        (lambda: with_paragraph("soil-8"), "summary of the event cites a quote that is not shown"),
    ),
)
def test_a_models_sentence_without_shown_lines_of_its_own_is_refused(
    make: Callable[[], Analysis], complaint: str
) -> None:
    with pytest.raises(VerbatimError, match=complaint):
        check_analysis(make(), CORPUS.pads)


def test_what_a_model_wrote_is_read_back_from_no_file_as_a_quote() -> None:
    outputs = checked_report(READ, CORPUS)
    words = "Nobody knows who pays when the pump breaks."
    for declared in formats.FORMATS:
        for name in declared.quotes.keys() & outputs.keys():
            assert declared.read_back
            assert words not in {quote.text for quote in declared.read_back(outputs[name])}
    quoted = f'<p><blockquote data-quote="1:132-175">{words}</blockquote><a href="#pad-water-l6">line 6</a></p></main>'
    page = outputs["report.html"].replace("</main>", quoted)
    with pytest.raises(VerbatimError, match=r"report\.html: the quote on line 6 of pad water is not what the pad says"):
        check_outputs({"report.html": page.encode()}, READ, CORPUS)


def test_a_pad_that_changed_came_or_went_since_the_analysis_is_refused() -> None:
    first, *others = CORPUS.pads
    with pytest.raises(VerbatimError, match=r"Pad water has changed .*make analyze EVENT=allotments"):
        check_analysis(ANALYSIS, [replace(first, text="", sha256="0" * 64), *others])
    with pytest.raises(VerbatimError, match="Pad water was analysed but is no longer in the corpus"):
        check_analysis(ANALYSIS, others)
    with pytest.raises(VerbatimError, match="Pad weeds was added to the corpus after"):
        check_analysis(ANALYSIS, [replace(first, pad_id=PadId("weeds")), *CORPUS.pads])


def check_with(name: str, text: str) -> None:
    check_outputs(encoded({**OUTPUTS, name: text}), ANALYSIS, CORPUS)


def rendered_with(name: str, change: Callable[[str], str]) -> str:
    """Return an output as a faulty template would render it."""
    if not name.endswith(".wiki"):
        return change(OUTPUTS[name])
    return wikitext.record_places(change(marked(OUTPUTS[name])))


def marked(page: str) -> str:
    """Invert `wikitext.record_places`."""
    page, _, comment = page.rpartition("\n<!-- ")
    lines = page.split("\n")
    for place, line, start, end in reversed(re.findall(r"(\S+)=(\d+):(\d+)-(\d+)", comment)):
        text = lines[int(line) - 1]
        words = f'<bdi data-quote="{place}">{text[int(start) : int(end)]}</bdi>'
        lines[int(line) - 1] = f"{text[: int(start)]}{words}{text[int(end) :]}"
    return "\n".join(lines)


def altered(name: str, pattern: str, replacement: str) -> str:
    """Return an output that was rendered with the first match of `pattern` replaced."""
    return rendered_with(name, lambda text: replaced(text, pattern, replacement))


def replaced(text: str, pattern: str, replacement: str) -> str:
    changed, count = re.subn(pattern, replacement, text, count=1, flags=re.DOTALL)
    assert count == 1
    return changed


@pytest.mark.parametrize("name", (*PAGES, "quotes.csv"))
@pytest.mark.parametrize(
    "change",
    (
        lambda text: text.replace("out of his own pocket", "out of his pocket"),
        lambda text: text.replace("out of his own pocket", "out of his own pocket "),
        lambda text: text.replace("the pump breaks", "The pump breaks"),
        lambda text: text.replace("a rota for emptying them", "a rota for emptying them."),
    ),
)
def test_a_changed_quote_is_refused(name: str, change: Callable[[str], str]) -> None:
    changed = rendered_with(name, change)
    assert changed != OUTPUTS[name]
    with pytest.raises(VerbatimError, match=rf"{name}: the quote on line \d+ of pad \w+ is not what the pad says"):
        check_with(name, changed)


@pytest.mark.parametrize(
    ("old", "new"),
    (
        ("the pump breaks", "The pump breaks"),
        ("out of his own pocket", "out of his pocket"),
        ("“the pump breaks", "the pump breaks"),
        ("nobody knows who pays for the repair” — ", "nobody knows who pays for the repair” "),
        ("== At a glance ==\n", ""),
    ),
)
def test_a_wiki_page_that_changed_after_its_places_were_recorded_is_refused(old: str, new: str) -> None:
    page = OUTPUTS["report.wiki"]
    assert old in page
    with pytest.raises(VerbatimError, match=r"report\.wiki: "):
        check_with("report.wiki", page.replace(old, new))


LOST = {
    "report.html": r'<li id="pad-water-l10".*?</li>',
    "report.wiki": r"\* “<bdi[^>]*>rain barrels[^\n]*\n",
    "report.md": r"- “rain barrels[^\n]*\n",
    GROUP_PAGES[0]: r'<li id="pad-water-l10".*?</li>',
    GROUP_PAGES[1]: r"\* “<bdi[^>]*>\* rain barrels[^\n]*\n",
    "quotes.csv": r"water-10,[^\n]*\r\n",
    "steps.csv": r"water-13,[^\n]*\r\n",
    "hand_offs.csv": r"water-5,[^\n]*\r\n",
    "entities.csv": r"e2,[^\n]*\r\n",
    "calendar.ics": r"BEGIN:VEVENT.*?END:VEVENT\r\n",
}


@pytest.mark.parametrize("name", QUOTING)
def test_a_lost_quote_is_refused(name: str) -> None:
    with pytest.raises(VerbatimError, match=rf"{name}: the words on line \d+ of pad water are missing"):
        check_with(name, altered(name, LOST[name], ""))


@pytest.mark.parametrize("name", QUOTING)
def test_a_quote_with_another_place_is_refused(name: str) -> None:
    moved = OUTPUTS[name].replace("1:203-246", "1:204-247").replace("7,203,246", "7,204,247").replace("220,223", "0,3")
    moved = moved.replace("5,59,129", "5,60,130")
    moved = moved.replace("1:375-421", "1:376-422").replace("13,375,421", "13,376,422")
    with pytest.raises(VerbatimError, match=name):
        check_with(name, moved)


OTHER_LINE = {
    "report.html": (r'(<a href="#pad-water-l6">line )6', r"\g<1>16"),
    "report.wiki": (r"(rain barrels[^\n]* line )10", r"\g<1>11"),
    "report.md": (r"(rain barrels[^\n]*\[line )10", r"\g<1>110"),
    GROUP_PAGES[0]: (r'(<a href="#pad-water-l6">line )6', r"\g<1>16"),
    GROUP_PAGES[1]: (r"(\* rain barrels[^\n]* line )10", r"\g<1>11"),
    "quotes.csv": (r"(water-10,Water,water,)10", r"\g<1>1"),
    "steps.csv": (r"(,Water,water,)\d+", r"\g<1>1"),
    "hand_offs.csv": (r"(,water,)5", r"\g<1>6"),
    "entities.csv": (r"(,Water,water,)\d+", r"\g<1>1"),
    "calendar.ics": (r"(DESCRIPTION:Water[^\n]* line )13", r"\g<1>3"),
}


@pytest.mark.parametrize("name", QUOTING)
def test_a_quote_that_readers_see_attributed_to_another_line_is_refused(name: str) -> None:
    with pytest.raises(VerbatimError, match=rf"{name}: the quote on line \d+ of pad water is attributed to '"):
        check_with(name, altered(name, *OTHER_LINE[name]))


@pytest.mark.parametrize("name", GROUP_PAGES)
def test_words_of_another_group_are_refused_on_a_page_of_a_group_that_shares_no_concern_with_them(name: str) -> None:
    step = next(segment for segment in ANALYSIS.segments if segment.text.startswith("Joe (the tall one)"))
    place = f"2:{step.start}-{step.end}"
    link = '<a href="../report.html#pad-soil-l14">line 14</a>'
    added = {
        ".html": f'<p><q data-quote="{place}">{step.text}</q>{link}</p></main>',
        ".wiki": f'* “<bdi data-quote="{place}">{step.text}</bdi>” — Soil, line 14\n\n== How to answer',
    }
    ending = name[-len(".html") :]
    old = "</main>" if ending == ".html" else "\n== How to answer"
    page = rendered_with(name, lambda text: text.replace(old, added[ending]))
    with pytest.raises(VerbatimError, match=f"{name}: the words of Soil are in no concern of Water"):
        check_with(name, page)
    check_with("report.html", OUTPUTS["report.html"].replace("</main>", added[".html"]))


def test_a_page_of_a_group_that_does_not_exist_is_refused() -> None:
    with pytest.raises(VerbatimError, match=r"groups/weeds\.html: no output format reads its quotes back"):
        check_with("groups/weeds.html", OUTPUTS[GROUP_PAGES[0]])


@pytest.mark.parametrize("replacement", ("11", "", "1"))
def test_a_line_with_another_number_is_refused(replacement: str) -> None:
    page = altered("report.html", r'(<li id="pad-water-l10"[^>]*><a [^>]*>)10', rf"\g<1>{replacement}")
    with pytest.raises(VerbatimError, match=rf"line 10 of pad water is attributed to '{replacement}'"):
        check_with("report.html", page)


def test_numbers_in_the_names_of_groups_and_pads_are_not_taken_for_that_of_the_line() -> None:
    analysis, corpus = event_of([f"{'x' * n}\n12 taps" for n in range(1, 4)])
    infos = tuple(replace(info, group="Bed 12", pad_id=PadId(f"{n}")) for n, info in enumerate(analysis.pads, start=1))
    quote = ReadQuote(2, 3, 10, "12 taps", "")
    pads = tuple(
        replace(pad, group=info.group, pad_id=info.pad_id) for pad, info in zip(corpus.pads, infos, strict=True)
    )

    def check(where: str) -> None:
        known = Format(
            render=lambda *_: {}, read_back=lambda _: [replace(quote, where=where)], quotes={"x.txt": lambda *_: ()}
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(formats, "FORMATS", (known,))
            check_outputs({"x.txt": b""}, replace(analysis, pads=infos, segments=()), replace(corpus, pads=pads))

    for where in ("2", "line 2", "Bed 12, line 2", "Bed 12, line 2 of pad 2", "fila n.º 2, 1"):
        check(where)
    for where in ("", "12", "3", "line 12", "Bed 12, line 12", "Bed 12, line 3 of pad 2", "22"):
        with pytest.raises(VerbatimError, match=r"x\.txt: the quote on line 2 of pad 2 is attributed to"):
            check(where)


@pytest.mark.parametrize("name", PAGES)
def test_lines_beyond_a_thousand_are_recognised_however_the_number_is_printed(name: str) -> None:
    analysis, corpus = event_of(["\n" * 1203 + "the tap drips"])
    text = render_report(analysis, corpus, translation("en"))[name]
    for printed in ("1,204", "1.204", "1\xa0204"):
        shown = re.sub(r"(?<![\w#-])1,?204(?![\w-])", printed, text)
        check_outputs(encoded({name: shown}), analysis, corpus)


@pytest.mark.parametrize("name", (*PAGES, "quotes.csv"))
def test_hidden_words_are_refused(name: str) -> None:
    hidden = tuple(
        replace(segment, role=LineRole.HIDDEN) if segment.id == SegmentId("water-10") else segment
        for segment in ANALYSIS.segments
    )
    with pytest.raises(VerbatimError, match=rf"{name}: the words on line 10 of pad water are hidden"):
        check_outputs(encoded({name: OUTPUTS[name]}), replace(ANALYSIS, segments=hidden), CORPUS)


@pytest.mark.parametrize("language", ("en", "es"))
def test_an_empty_line_within_hidden_words_tells_nothing_and_passes(language: str) -> None:
    analysis, corpus = event_of(["one\n\nthree", "four"])
    hidden, other = analysis.segments
    segments = (replace(hidden, role=LineRole.HIDDEN), other)
    _, concern = analysis.concerns
    _, name = analysis.entities
    analysis = replace(analysis, segments=segments, concerns=(concern,), entities=(name,), reading=None)
    assert "three" not in checked_report(analysis, corpus, language)["quotes.csv"]


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    (
        ("report.html", 'data-quote="1:', 'data-quote="9:', "a quote is attributed to pad 9, which was not analysed"),
        ("quotes.csv", ",water,", ",pond,", "a quote is attributed to pad pond, which was not analysed"),
        ("report.wiki", " 1:", " water:", "its quotes cannot be read back"),
        ("report.html", "</main>", "<blockquote>invented</blockquote></main>", "its quotes cannot be read back"),
        ("entities.csv", ",start,", ",begin,", r"its quotes cannot be read back \('start'\)"),
    ),
)
def test_a_place_in_no_pad_or_of_another_form_is_refused(name: str, old: str, new: str, fault: str) -> None:
    with pytest.raises(VerbatimError, match=f"{name}: {fault}.*; nothing was written"):
        check_with(name, OUTPUTS[name].replace(old, new))


def leaflet(*, words: str = "the pump breaks every spring", **declared: object) -> Format:
    """Return a format of one file that says `words`."""
    return replace(Format(render=lambda *_: {"leaflet.txt": words}), **declared)  # type: ignore[arg-type]


def invented(text: str) -> list[ReadQuote]:
    return [ReadQuote(1, 0, len(text), text, "line 1")]


def add_format(monkeypatch: pytest.MonkeyPatch, added: Format) -> None:
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, added))


UNREADABLE = "leaflet.txt: no output format reads its quotes back or declares that it has none; nothing was written"


@pytest.mark.parametrize(
    ("added", "fault"),
    (
        (leaflet(), UNREADABLE),
        (leaflet(quotes={"leaflet.txt": lambda *_: ()}), UNREADABLE),
        (
            leaflet(quotes={"other.txt": lambda *_: ()}, quotes_nothing={"more.txt": "none"}, read_back=invented),
            UNREADABLE,
        ),
        (
            leaflet(quotes={"leaflet.txt": lambda *_: ()}, read_back=invented),
            "leaflet.txt: the quote on line 1 of pad water is not what the pad says",
        ),
    ),
)
def test_a_new_output_with_invented_words_or_without_a_reader_is_refused(
    monkeypatch: pytest.MonkeyPatch, added: Format, fault: str
) -> None:
    add_format(monkeypatch, added)
    with pytest.raises(VerbatimError, match=fault):
        checked_report(ANALYSIS, CORPUS)


def test_no_declaration_exempts_a_file_that_quotes(monkeypatch: pytest.MonkeyPatch) -> None:
    add_format(monkeypatch, leaflet(quotes_nothing=dict.fromkeys(("report.md", "leaflet.txt"), "none")))
    check_outputs(encoded(OUTPUTS), ANALYSIS, CORPUS)
    with pytest.raises(VerbatimError, match=r"report\.md: the quote on line"):
        check_with("report.md", OUTPUTS["report.md"].replace("the pump breaks", "the pump broke"))


def test_a_new_output_passes_if_it_quotes_the_pads_or_is_declared_to_quote_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = CORPUS.pads[0].text.split("\n")[0]
    add_format(monkeypatch, leaflet(words=words, quotes={"leaflet.txt": lambda *_: ()}, read_back=invented))
    assert checked_report(ANALYSIS, CORPUS)["leaflet.txt"] == words
    add_format(monkeypatch, leaflet(quotes_nothing={"leaflet.txt": "a poster without quotes"}))
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS[:-2], formats.FORMATS[-1]))
    assert checked_report(ANALYSIS, CORPUS)["leaflet.txt"] == "the pump breaks every spring"


def test_analysis_json_is_read_back_and_checked_too() -> None:
    content = to_json(ANALYSIS)
    check_outputs({"analysis.json": content}, ANALYSIS, CORPUS)
    with pytest.raises(VerbatimError, match="Pad water, line 10: a quote is not what the pad says"):
        check_outputs({"analysis.json": content.replace(b"rain barrels", b"wine barrels")}, ANALYSIS, CORPUS)


def test_nothing_is_written_if_any_output_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "water.txt").write_text("* the tap is shut all winter\n* who pays for the pump?\n", encoding="utf-8")
    camp = Camp(tmp_path / "corpus" / "camp")
    camp.event("https://pads.example.org")
    list(add_files(camp.folder, [tmp_path / "water.txt"], dt.datetime.fromisoformat(NOW)))
    places = ["--corpus", str(tmp_path / "corpus"), "--build", str(tmp_path / "build")]
    analyze = ["analyze", "camp", "--now", NOW, *places]
    with monkeypatch.context() as patch:
        add_format(patch, leaflet())
        assert isinstance(CliRunner().invoke(cli.app, analyze).exception, VerbatimError)
    assert not (tmp_path / "build" / "camp").exists()
    assert CliRunner().invoke(cli.app, analyze).exit_code == 0
    build = tmp_path / "build" / "camp"
    written = {path: path.stat().st_mtime_ns for path in build.rglob("*") if path.is_file()}
    reports = {name for name in OUTPUTS if not name.startswith("groups/")}
    assert {path.relative_to(build).as_posix() for path in written} == {
        *(*reports, "analysis.json", "groups/water.html", "groups/water.wiki")
    }
    add_format(monkeypatch, leaflet())
    assert isinstance(CliRunner().invoke(cli.app, ["report", "camp", *places]).exception, VerbatimError)
    assert {path: path.stat().st_mtime_ns for path in build.rglob("*") if path.is_file()} == written


@given(texts=st.lists(ANY_TEXT, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)  # a machine may be busy
def test_whatever_people_write_every_file_quotes_it_to_the_character(texts: list[str]) -> None:
    checked_report(*event_of(texts))


@pytest.mark.parametrize("text", [text for text in HOSTILE if "“" in text])
def test_quotation_marks_in_the_name_of_a_group_or_concern_keep_no_report_from_being_written(text: str) -> None:
    checked_report(*event_of([text]))


def test_all_hostile_cases_at_once_are_quoted_to_the_character() -> None:
    analysis, corpus = event_of(HOSTILE)
    quoted = {quote.text for quote in read_back(checked_report(analysis, corpus)["report.html"])}
    assert not [segment.text for segment in analysis.segments if segment.text not in quoted]


def test_nothing_is_rendered_of_a_pad_that_changed_or_a_ledger_that_does_not_close() -> None:
    water, *others = CORPUS.pads
    changed = replace(water, sha256="0" * 64)
    with pytest.raises(VerbatimError, match="Pad water has changed"):
        render_report(ANALYSIS, replace(CORPUS, pads=(changed, *others)), translation("en"))
    longer = replace(water, text=water.text + "\none more line")
    with pytest.raises(LedgerError, match="Pad water: it has 18 lines"):
        render_report(ANALYSIS, replace(CORPUS, pads=(longer, *others)), translation("en"))
