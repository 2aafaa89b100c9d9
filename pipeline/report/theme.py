"""The theme of an event: its own templates and style, which stand in place of the project's or after them.

    corpus/<event>/templates/**, style.css ──► read_theme ──► Theme ──► environment ──► pages

A theme may come from somebody else. Its templates run in Jinja's sandbox and are kept in memory, so they reach nothing
but what a page is made of; its style loads nothing from elsewhere. What a page says is the theme's to decide, but for
the quotes, which are compared with the pads in the finished page. docs/theming.md is the guide.
"""

import difflib
import hashlib
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    FunctionLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import url_quote
from markupsafe import Markup, escape

from fetch.errors import PadFailure, PadharvestError, UserMistake
from fetch.files import describe_os_error, read_bytes, refuse_links
from pipeline.translation import Translation, install_translation

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
"""Beside the package, wherever the program is started from."""

ORIGINAL = "!"
"""Before the name of a template: the project's, also where the theme has one of that name (as in Sphinx)."""

TEMPLATES_FOLDER = "templates"
STYLE_FILE = "style.css"
GUIDE = "docs/theming.md"
MAX_FILE = 2_000_000
"""Bytes of a style with some pictures and fonts in it; a style is repeated on the page of every group."""

_ENDINGS = (".html", ".wiki", ".md")
_OTHER_PAGES = ("across/", "curate/", "reading/", "locale/")
_REMEMBERED = 65536
"""So many strings are escaped once only: a quote's place and its group stand in the report and on several pages."""

_HEADING = re.compile(r'<h2 id="([\w-]+)-h">(.*?)</h2>')
_LINK = re.compile(r"</?a\b[^<>]*>")
_COMMENT = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*') | /\*.*?(?:\*/|\Z)""", re.VERBOSE | re.DOTALL
)
"""Of a style; `/*` in a string begins none."""
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|([^\n]))")
_LOADS = re.compile(
    r"""(?P<at>@import\b)
      | (?:\burl\(\s*["']? | \b(?:image|image-set|src)\(\s*["'])(?!data:|\#|["'\s])(?P<url>[^"')\s]*)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The `templates` of an event, each with its name and text, and its `style`; `notes` are sentences for the user.

    `folder` is that of the event, "" for no theme.
    """

    folder: str = ""
    templates: tuple[tuple[str, str], ...] = ()
    style: str = ""
    notes: tuple[str, ...] = ()

    def path(self, name: str) -> str:
        """Return the path of a template, as messages name it."""
        return f"{self.folder}/{TEMPLATES_FOLDER}/{name}"

    def blamed(self, error: PadharvestError) -> UserMistake:
        """Return what to tell about a page that was refused, if its event has templates of its own."""
        return UserMistake(
            f"{error} The event has templates of its own: correct those in {self.folder}/{TEMPLATES_FOLDER} "
            f"({GUIDE} says what every page must have)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Escapes:
    """How a format prints: everything passes through `inert`, verbatim text of pads through `quote`."""

    inert: Callable[[str], str]
    quote: Callable[[str], str]


PLAIN = Theme()
"""Of an event without a theme."""


def read_theme(event: Path) -> Theme:
    """Return the theme in an event's folder; raises UserMistake for a file that cannot be part of one."""
    root = event / TEMPLATES_FOLDER
    texts = {path.relative_to(root).as_posix(): _read(path, event) for path in _files(root, event)}
    used = _check_syntax(Theme(folder=str(event), templates=tuple(texts.items())))
    style = event / STYLE_FILE
    return Theme(
        folder=str(event),
        templates=tuple(texts.items()),
        style=_checked_style(_read(style, event), style) if style.exists() or style.is_symlink() else "",
        notes=tuple(_notes(root, texts, used)),
    )


def template_names() -> list[str]:
    """Return the names of the templates that a theme may replace."""
    paths = (path.relative_to(TEMPLATES).as_posix() for ending in _ENDINGS for path in TEMPLATES.rglob(f"*{ending}"))
    return sorted(name for name in paths if not name.startswith(_OTHER_PAGES))


def _files(root: Path, event: Path) -> Iterator[Path]:
    """Yield the files of a theme's templates in the order of their names, without those that are hidden."""
    try:
        refuse_links(root, event)
    except OSError as error:
        raise UserMistake(f"{root}: {describe_os_error(error)}.") from error
    for path in sorted(root.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            continue
        if not path.is_dir() or path.is_symlink():
            yield path


def _read(path: Path, event: Path) -> str:
    try:
        return read_bytes(path, MAX_FILE, inside=event).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UserMistake(f"{path}: is not UTF-8; save it as UTF-8.") from error
    except PadFailure as failure:
        raise UserMistake(f"{path}: {failure}.") from failure


def _check_syntax(theme: Theme) -> set[str]:
    """Return the names that a theme's templates refer to; raises UserMistake for what is no template."""
    parser = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    parser.filters |= {"quote": str, "headings": headings, "in_url": url_quote}
    del parser.filters["random"]
    referred: set[str] = set()
    for name, text in theme.templates:
        try:
            tree = parser.parse(text, name, theme.path(name))
            parser.compile(text, name, theme.path(name), raw=True)  # finds filters that do not exist
        except TemplateSyntaxError as error:
            raise mistake(error, theme) from error
        for modifier in tree.find_all(nodes.EvalContextModifier):
            raise UserMistake(
                f"{theme.path(name)}, line {modifier.lineno}: what groups wrote is always escaped; "
                f"take {{% autoescape %}} out ({GUIDE})."
            )
        referred |= {found for found in meta.find_referenced_templates(tree) if found}
    return referred


def _notes(root: Path, names: Collection[str], referred: Collection[str]) -> Iterator[str]:
    known = template_names()
    for name in names:
        if name not in known and name not in referred:
            yield f"{root / name}: no page uses a template of this name{_did_you_mean(name, known)}; see {GUIDE}."


def _checked_style(style: str, path: Path) -> str:
    """Return a style as it may stand in a page; raises UserMistake if it would load something from elsewhere."""
    plain = _COMMENT.sub(lambda comment: comment["string"] or "\n" * comment[0].count("\n"), style)
    plain = _CSS_ESCAPE.sub(lambda escape: chr(int(escape[1], 16) % 0x110000) if escape[1] else escape[2], plain)
    found = _LOADS.search(plain)
    if found:
        line = plain.count("\n", 0, found.start()) + 1
        if found["at"]:
            raise UserMistake(f"{path}, line {line}: @import would load another style; copy its rules into this file.")
        raise UserMistake(
            f"{path}, line {line}: url({found['url']}) would load something from elsewhere; "
            f"write it into this file as a data: URI ({GUIDE} says how)."
        )
    return style.replace("</", r"<\/")  # the same in CSS, and no end of the style element


class _Undefined(StrictUndefined):
    """A value that is not there, which templates must not use; the message says what may be meant."""

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if isinstance(owner, TemplateModule):
            return f"{owner.__name__} has no {name!r}"
        if self._undefined_hint or not is_dataclass(owner) or not isinstance(name, str):
            return super()._undefined_message
        known = [known.name for known in fields(owner)]
        return f"there is no {name!r} here{_did_you_mean(name, known)}"


def _did_you_mean(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


class _Context(Context):
    """A context that calls macros, which a page does 10,000s of times, without looking for what else they could be."""

    def call(self, called: Callable[..., Any], /, *values: Any, **named: Any) -> Any:  # noqa: ANN401 - as in Jinja
        """Return what a template's call of something returns."""
        if type(called) is not Macro:
            return super().call(called, *values, **named)
        named.pop("_loop_vars", None)  # for functions that are given the context
        named.pop("_block_vars", None)
        return called(*values, **named)


class _PrintedOnce(CodeGenerator):
    """Has `finalize` alone make text of what a template prints: Jinja would escape after it, also what is markup.

    The methods are those that Jinja's own NativeCodeGenerator overrides.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002 - Jinja's signature
        self.write(str(finalize.src))

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:  # noqa: ARG002 - as above
        self.write(")")


class _Project(Environment):
    """Of the project's own templates."""

    code_generator_class = _PrintedOnce
    context_class = _Context


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which asks once for each attribute of a type whether it may be read: a page has 100,000s."""

    code_generator_class = _PrintedOnce
    context_class = _Context

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Return whether a template may read an attribute, which depends on the type of its owner alone."""
        key = (type(obj), attr)
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


@cache
def environment(
    translation: Translation,
    theme: Theme,
    escapes: Escapes,
    *,
    autoescape: bool,
) -> Environment:
    """Return an environment whose `finalize` escapes everything, so that no template can forget to.

    In HTML what `escapes.inert` returns is escaped, too; markup of the templates' own macros is left alone. Templates
    of a theme, and those of the project beside them, run in the sandbox.
    """
    inert, quote = escapes.inert, escapes.quote
    kind = _Sandbox if theme.templates else _Project
    made = kind(
        loader=_loader(theme),
        autoescape=autoescape,
        finalize=_printing(inert, autoescape=autoescape),
        undefined=_Undefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=_compiled(kind, inert),
    )
    made.filters["quote"] = lambda text: Markup(quote(text))  # noqa: S704 - escaped by `quote`
    made.filters["headings"] = headings
    made.filters["in_url"] = lru_cache(_REMEMBERED)(url_quote)
    del made.filters["random"], made.globals["lipsum"]  # the same input gives the same bytes
    install_translation(made, translation, inert)
    return made


def _printing(inert: Callable[[str], str], *, autoescape: bool) -> Callable[[object], str]:
    """Return what makes text of a value that a template prints; names and places are printed again and again."""
    text_of: Callable[[object], str] = escape if autoescape else str

    @lru_cache(_REMEMBERED)
    def printed_string(value: str) -> str:
        return text_of(inert(value))

    def printed(value: object) -> str:
        if type(value) is str:
            return printed_string(value)
        if isinstance(value, Markup):
            return value
        return text_of(inert(value) if isinstance(value, str) else value)

    return printed


class _CompiledTemplates(FileSystemBytecodeCache):
    """Templates as Python code on the disk, where that can be written; a changed template is compiled again."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the code of a template, if possible."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled(kind: type[Environment], inert: Callable[[str], str]) -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept: beside Python's own compiled modules, which are trusted as much.

    Jinja looks at the text of a template only, but its code also holds constants that `inert` escaped and depends on
    the environment, so code is used again only by the same program: its files and its libraries' versions are hashed.
    """
    if sys.dont_write_bytecode:
        return None
    folder = Path(__file__).parent / "__pycache__"
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    program = (*sorted(Path(__file__).parent.rglob("*.py")), Path(__file__).parents[1] / "translation.py")
    made_by = (
        b"".join(path.read_bytes() for path in program)
        + f"{version('jinja2')} {version('markupsafe')} {inert.__module__} {inert.__qualname__}".encode()
    )
    return _CompiledTemplates(str(folder), f"{kind.__name__}-{hashlib.sha256(made_by).hexdigest()[:16]}-%s.template")


def headings(body: str) -> list[tuple[str, Markup]]:
    """Return the anchor and the words of each section in a part of a page, in order, without links in its heading."""
    found = _HEADING.findall(body)
    return [(anchor, Markup(_LINK.sub("", words))) for anchor, words in found]  # noqa: S704 - from finished markup


def _loader(theme: Theme) -> BaseLoader:
    project = FileSystemLoader(TEMPLATES)
    texts = {name: (text, theme.path(name), lambda: True) for name, text in theme.templates}
    return ChoiceLoader([FunctionLoader(texts.get), PrefixLoader({"": project}, delimiter=ORIGINAL), project])


def mistake(error: Exception, theme: Theme) -> UserMistake:
    """Return what was wrong with a theme when rendering raised `error`: a sentence with file, line and what to do."""
    own = {theme.path(name): theme.path(name) for name, _ in theme.templates}
    names = {str(TEMPLATES / name): f"the project's {name}" for name in template_names()} | own
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, TemplateSyntaxError):
        frames.append((error.filename or "", error.lineno))
    lines = [(file, f"{names[file]}, line {number}") for file, number in frames if file in names]
    called = [line for file, line in lines if file in own] or [f"{theme.folder}/{TEMPLATES_FOLDER}"]
    reason = _reason(error).rstrip(".")
    if lines and lines[-1][0] not in own:
        reason = f"fails in {lines[-1][1]}: {reason}"
    end = "" if reason.endswith("?") else "."
    return UserMistake(f"{called[-1]}: {reason}{end} See {GUIDE}; nothing was written.")


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        names = template_names()
        name = str(error.name).removeprefix(ORIGINAL)
        return f"there is no template {name}{_did_you_mean(name, names)}"
    if isinstance(error, RecursionError):
        return f'a template includes or extends itself; write "{ORIGINAL}" before a name to have the project\'s own'
    return str(error) or type(error).__name__
