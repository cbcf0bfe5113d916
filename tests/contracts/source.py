"""The source as the architecture's tests read it: files, syntax trees, floors."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "rangkul"


@cache
def floors() -> dict[str, int]:
    """Package → floor, 0 the lowest, as ``.importlinter`` states it."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    layers = parser["importlinter:contract:floors"]["layers"].strip().splitlines()
    return {
        name: height
        for height, layer in enumerate(reversed(layers))
        for name in re.findall(r"\w+", layer)
    }


@cache
def modules() -> dict[Path, ast.Module]:
    """Every Python file of the package but migrations, parsed; keyed by its path inside it."""
    return {
        path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8"), str(path))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    }


def package_of(path: Path) -> str:
    """The room a file stands in."""
    return path.parts[0] if len(path.parts) > 1 else ""


def imported_models(tree: ast.Module) -> dict[str, str]:
    """Local name → package, for every class imported from some package's models."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            match = re.fullmatch(r"rangkul\.(\w+)\.models(\.\w+)*", node.module)
            if match:
                found |= {(a.asname or a.name): match[1] for a in node.names}
    return found


def without_annotations(tree: ast.Module) -> ast.Module:
    """A copy of the tree in which no annotation and no import is left."""
    copied = ast.parse(ast.unparse(tree))
    for node in ast.walk(copied):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(value=None)
    return copied


def tracked_files() -> list[Path]:
    """What the repository holds, or would hold if everything new were added."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]
