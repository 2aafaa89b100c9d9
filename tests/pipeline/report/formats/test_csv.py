"""The CSV files: no cell is calculated, and every quote is read back with its line."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import given

from pipeline.report.formats.csv import escape, read_back, unescape
from pipeline.report.formats.output_format import ReadQuote
from pipeline.segment_records import Mention
from tests.support.annotated import ALLOTMENTS, read
from tests.support.hostile import ANY_TEXT, event_of
from tests.support.read_event import BARROWS, PAYS, ROTA
from tests.support.report_events import REPORTS
from tests.support.reports import checked_report

FORMULA = r"[\s\ufeff\u200b]*[=+\-@＝＋－＠]|\s"


@pytest.mark.parametrize("text", ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\n=1", " =1", "＝1", "'=1", "\u3000=1"))
def test_a_cell_that_a_spreadsheet_would_calculate_begins_with_an_apostrophe(text: str) -> None:
    assert escape(text) == f"'{text}"


@pytest.mark.parametrize("text", ("tap", "1+1", "a = b", "“=1”", "⟦", ""))
def test_other_cells_do_not(text: str) -> None:
    assert not escape(text).startswith("'")


@given(ANY_TEXT)
def test_a_cell_survives_the_csv_writer_and_reader(text: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerow([escape(text), "next"])
    cells = next(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert [unescape(cell) for cell in cells] == [text, "next"]


@given(ANY_TEXT)
def test_no_cell_of_any_text_is_calculated(text: str) -> None:
    cell = escape(text)
    assert not re.match(FORMULA, cell)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", cell)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("table", ("concerns.csv", "quotes.csv", "steps.csv", "entities.csv"))
def test_no_cell_is_a_formula_and_every_row_has_every_column(name: str, table: str) -> None:
    text = REPORTS[name][table]
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if re.match(FORMULA, cell)]


def test_yes_and_no_are_translated_but_columns_and_codes_are_not() -> None:
    english, spanish = (checked_report(*read(ALLOTMENTS), language) for language in ("en", "es"))
    assert english["concerns.csv"].replace(",yes,", ",sí,") == spanish["concerns.csv"]
    assert english["concerns.csv"] != spanish["concerns.csv"]
    assert english["quotes.csv"] == spanish["quotes.csv"]


def test_concerns_say_whether_they_are_of_the_front_and_who_found_them() -> None:
    rows = csv.DictReader(io.StringIO(REPORTS["read by a model"]["concerns.csv"].removeprefix("\ufeff"), newline=""))
    assert [(row["label"], row["front"], row["origin"]) for row in rows] == [
        (PAYS, "yes", "model"),
        (ROTA, "no", "cluster"),
        (BARROWS, "no", "cluster"),
    ]


def test_a_question_has_the_place_of_its_answer_and_a_quote_the_group_that_it_speaks_of() -> None:
    rows = csv.DictReader(io.StringIO(REPORTS["read by a model"]["quotes.csv"].removeprefix("\ufeff"), newline=""))
    told = [(row["segment_id"], row["answer"], row["about_group"]) for row in rows if row["answer"]]
    assert told == [("soil-5", "children-&-gate:7", "Water")]


def test_the_table_of_next_steps_has_all_of_them_by_due_date_with_who_and_by_when() -> None:
    rows = csv.DictReader(io.StringIO(REPORTS["allotments"]["steps.csv"].removeprefix("\ufeff"), newline=""))
    found = [(row["group"], row["line"], row["owner"], row["due"], row["due_date"], row["text"]) for row in rows]
    assert found == [
        ("Water", "13", "Ana", "by Friday", "2026-05-08", "Ana to ask the council about the tap by Friday"),
        ("Children & gate", "13", "", "mid June", "2026-06-15", "ask again at the Spring Fair in mid June"),
        ("Water", "14", "", "", "", "write down who pays for what"),
        ("Soil", "14", "Joe", "", "", "Joe (the tall one) will draw up a rota"),
    ]


def test_a_name_is_on_its_own_line_of_a_quote_of_several_lines() -> None:
    analysis, corpus = event_of(["ask\nAna Lund"])
    [entity] = analysis.entities
    named = replace(entity, mentions=(Mention(segment_id=analysis.segments[0].id, start=4, end=12),))
    [quote] = read_back(checked_report(replace(analysis, entities=(named,)), corpus)["entities.csv"])
    assert (quote.text, quote.where, analysis.segments[0].line) == ("Ana Lund", "2", 1)


def test_quotes_are_read_back_from_the_columns_that_every_table_of_quotes_has() -> None:
    table = "\ufeffline,pad_id,start,end,text\r\n3,'-w,2,8,'=1+1 \r\n"
    assert list(read_back(table)) == [ReadQuote("-w", 2, 8, "=1+1 ", "3")]
    with pytest.raises(KeyError):
        list(read_back("pad,text\r\nw,a\r\n"))
    with pytest.raises(ValueError, match="int"):
        list(read_back("line,pad_id,start,end,text\r\n3,w,2,x,a\r\n"))
