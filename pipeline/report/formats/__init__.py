"""The output formats of the report, one module each; a new one is a module with a `FORMAT`, and its name here."""

from pipeline.report.formats import calendar_file, changes_json, csv, html, markdown, wikitext
from pipeline.report.formats.output_format import Format

__all__ = ["FORMATS", "Format"]

FORMATS = (html.FORMAT, wikitext.FORMAT, markdown.FORMAT, csv.FORMAT, calendar_file.FORMAT, changes_json.FORMAT)
