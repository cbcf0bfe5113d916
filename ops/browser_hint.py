"""Says before the tests whether browser journeys will run, and what installs a browser if not."""

from __future__ import annotations

import shutil
import sys

CANDIDATES = ("chromium", "chromium-browser", "google-chrome")

if __name__ == "__main__":
    found = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    sys.stdout.write(
        f"Browser journeys use {found}.\n"
        if found
        else "No Chromium found: browser journeys will be skipped. To run them (Debian, Ubuntu):\n"
        "  apt-get install chromium\n"
    )
