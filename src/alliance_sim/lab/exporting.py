"""The page as one file: the template with payload and modules put in.

The template is what Vite makes of `page/` (`python -m engines.make_page`); what differs from one
export to the next stands in three elements that mean nothing to a browser, as gzip in base 85, a
fifteenth smaller than base64, with digits that cannot be taken for markup, in pieces that every
browser reads at once. The same payload gives the same bytes.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from alliance_sim import files
from alliance_sim.errors import EngineError, FileError, SettingError
from alliance_sim.lab import module

TEMPLATE = Path(__file__).with_name("made") / "page.html"
VARIABLE = "ALLIANCE_SIM_LAB_PAGE"  # a template in place of the one that ships
MOST_BYTES = 20_000_000
ENDINGS = (".html", ".htm")
HEAD = 4_096  # bytes of a file by which it is known
PIECE = 60_000  # letters of an element: WebKit reads a script anew with each 65,536 that come
GENERATOR = b'<meta name="generator" content="alliance-sim lab" />'
PLACE = b'<script type="text/plain" id="%s"></script>'  # where the template takes something in
CHARSET = b'<meta charset="utf-8" />'
LANGUAGE = b'<html lang="en"'
# Digits of base 85 that mean something in markup, and what stands in their place.
_PLAIN = bytes.maketrans(b"<&>", b",.:")
AGAIN = "make it anew: python -m engines.make_page"


def page_of(payload: Mapping[str, Any], *, template: Path | None = None) -> bytes:
    """Return the whole page, a file of its own.

    Args:
        payload: What the page is about, from `payload_of`.
        template: A page without content, in place of the one that ships.

    Raises:
        EngineError: If the template is not there or is none, or the modules were made from other
            rules.
    """
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    parts = {
        "lab-payload": text.encode("utf-8", "backslashreplace"),
        "lab-simd": module.usable("simd"),
        "lab-scalar": module.usable("scalar"),
    }
    page = _template(template)
    for name, content in parts.items():
        page = _with(page, PLACE % name.encode(), _element(name, packed(content)))
    language = str(payload["language"]).encode()
    page = _with(page, LANGUAGE, LANGUAGE.replace(b"en", language))
    return _with(page, CHARSET, CHARSET + b"\n    " + GENERATOR)


def export(payload: Mapping[str, Any], out: Path, *, template: Path | None = None) -> int:
    """Write the page whole or not at all, and return how many bytes it has.

    A page that was written so before is replaced, no other file is.

    Args:
        payload: What the page is about, from `payload_of`.
        out: The file.
        template: As for `page_of`.

    Raises:
        SettingError: If the file is somebody else's, or cannot be written.
        EngineError: As `page_of` does.
    """
    checked_place(out)
    page = page_of(payload, template=template)
    written(page, out)
    return len(page)


def written(page: bytes, out: Path) -> None:
    """Write a page whole or not at all.

    Raises:
        SettingError: If the file is somebody else's, or cannot be written.
    """
    checked_place(out)
    try:
        files.put(out, page, out.parent)
    except (OSError, ValueError) as error:
        raise SettingError(str(out), [_unwritable(error)]) from error


def checked_place(out: Path) -> None:
    """Raise an error unless a page may be written to a file, before much is worked out.

    Raises:
        SettingError: If it has another ending, its folder is not there, or it is somebody else's.
    """
    try:
        problems = list(_misplaced(out))
    except (OSError, ValueError) as error:
        problems = [_unwritable(error)]
    if problems:
        raise SettingError(str(out), problems)


def _misplaced(out: Path) -> Iterator[str]:
    """Yield why no page may be written to a file."""
    if out.suffix.lower() not in ENDINGS:
        name = out.with_suffix(ENDINGS[0]).name if out.name else "lesson.html"
        yield f"must end in {ENDINGS[0]}, such as {name}"
    if not out.parent.is_dir():
        yield f"cannot be written: there is no folder {str(out.parent)!r}"
    if (out.exists() or out.is_symlink()) and not is_page(out):
        yield "is there already, and is no page of the lab; choose another name"


def _unwritable(error: OSError | ValueError) -> str:
    """Return why a file cannot be written, or even looked for."""
    if isinstance(error, OSError):
        return f"cannot be written: {files.why(error)}"
    return f"cannot be the path of a file: {error}"


def is_page(path: Path) -> bool:
    """Whether a file is a page that was exported."""
    try:
        with files.regular(path, MOST_BYTES * 2) as file:
            return GENERATOR in file.read(HEAD)
    except (FileError, OSError):
        return False


def _template(given: Path | None) -> bytes:
    path = given or Path(os.environ.get(VARIABLE) or TEMPLATE)
    try:
        return files.read_regular(path, MOST_BYTES)
    except FileError as error:
        told = "; ".join(error.problems)
        raise EngineError(f"the page's template {path.name} {told}; {AGAIN}") from error


def _with(page: bytes, place: bytes, content: bytes) -> bytes:
    """Return a page with something in the place of what stands there once.

    Raises:
        EngineError: If it stands there never, or more than once.
    """
    found = page.count(place)
    if found != 1:
        told = f"holds {place.decode()} {found} times, must hold it once"
        raise EngineError(f"the page's template {told}; {AGAIN}")
    return page.replace(place, content)


def _element(name: str, content: bytes) -> bytes:
    pieces = (content[first : first + PIECE] for first in range(0, len(content), PIECE))
    inner = b"".join(b'<script type="text/plain">%s</script>' % piece for piece in pieces)
    return b'<div id="%s" hidden>%s</div>' % (name.encode(), inner)


def packed(content: bytes) -> bytes:
    """Return bytes as an element holds them: gzip, then base 85, as `payload.ts` reads it."""
    return base64.b85encode(gzip.compress(content, 9, mtime=0)).translate(_PLAIN)
