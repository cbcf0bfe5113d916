"""``rangkul messages``: compiles the translations with Babel, so that nobody needs gettext."""

from __future__ import annotations

import argparse
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parent.parent


def arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--quiet", action="store_true", help="print nothing when all is well")


def run(options: argparse.Namespace) -> int:
    """Compile every catalogue that is newer than its compiled form."""
    done = [
        path for path in sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/*.po")) if compile_one(path)
    ]
    if not options.quiet:
        print(f"compiled {len(done)} catalogue(s)")
    return 0


def compile_one(path: Path) -> bool:
    """Write ``path``'s ``.mo`` beside it; false when it is up to date."""
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
        return False
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parts[-3], domain="django")
    with target.open("wb") as compiled:
        write_mo(compiled, catalogue)
    return True
