"""What of the front end's build the installed page consists of; its worker keeps just this."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static

_ENTRY: Final = "src/field.ts"
_WORKER: Final = "rangkul/field-worker.js"
_FRAME: Final = "rangkul/form-frame.js"
ICON: Final = "field/notes.svg"
PICTURE: Final = "field/notes.png"


@dataclass(frozen=True, slots=True)
class Build:
    """The page, its worker, and the addresses that the worker keeps; all the same for everybody."""

    page: bytes
    worker: bytes
    files: tuple[str, ...]
    version: str


@cache
def build(page_address: str, frame_address: str, manifest_address: str) -> Build:
    """This build. Raises ``LookupError`` where the front end was never built."""
    manifest = json.loads(_text(Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))))
    scripts, styles = _parts(manifest, _ENTRY)
    frame = f"{frame_address}?v={_digest(_found(_FRAME).encode())}"
    page = render_to_string(
        "field/offline/page.html",
        {
            "script": scripts[0], "styles": styles, "frame": frame, "icon": static(ICON),
            "picture": static(PICTURE), "manifest": manifest_address,
        },
    ).encode()  # fmt: skip
    files = (
        page_address, frame, manifest_address, *scripts, *styles, static(ICON),
        static("rangkul/icons.svg"),
    )  # fmt: skip
    worker = _found(_WORKER)
    version = _digest(page + "\n".join(files).encode() + worker.encode())
    told = json.dumps(
        {"version": version, "page": page_address, "files": list(dict.fromkeys(files))}
    )
    return Build(page, f"self.RANGKUL = {told};\n{worker}".encode(), files, version)


def _parts(manifest: dict[str, Any], entry: str) -> tuple[list[str], list[str]]:
    """The scripts that an entry needs, its own first, and the styles."""
    found: dict[str, None] = {}
    styles: dict[str, None] = {}
    waiting = [entry]
    while waiting:
        part = manifest[waiting.pop(0)]
        found[part["file"]] = None
        styles |= dict.fromkeys(part.get("css", ()))
        waiting += [name for name in part.get("imports", ()) if manifest[name]["file"] not in found]
    return [static(f"rangkul/{name}") for name in found], [static(f"rangkul/{s}") for s in styles]


def _found(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise LookupError(f"the front end is not built: {name} is missing")
    return _text(Path(path))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
