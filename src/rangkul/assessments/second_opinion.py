"""ODK Validate, the field's own judge of forms, asked about an uploaded one where Java is there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from pyxform.validators import odk_validate

from rangkul.assessments.problems import FormRefused, Problem

_MOST_SAID: Final = 400


def is_here() -> bool:
    """Whether it can be asked on this machine: Java is there, and pyxform brought the judge."""
    return bool(shutil.which("java") and odk_validate.install_exists())


def ask(xform: str) -> tuple[str, ...]:
    """What ODK Validate remarks about a form that it takes, in English; a second or two.

    Raises `FormRefused` with its words where it does not take the form.
    """
    with tempfile.TemporaryDirectory(prefix="rangkul-form-") as folder:
        path = Path(folder) / "form.xml"
        path.write_text(xform, encoding="utf-8")
        try:
            remarks = odk_validate.check_xform(str(path))
        except odk_validate.ODKValidateError as fault:
            said = _short(str(fault))
            raise FormRefused(
                [
                    Problem(
                        "odk_validate",
                        f"ODK Validate menolak formulir ini: {said}",
                        f"ODK Validate does not take this form: {said}",
                    )
                ]
            ) from fault
    return tuple(_short(each) for each in remarks)


def _short(words: str) -> str:
    """On one line; the tool's own heading goes, which says in two ways what ours says."""
    lines = (line.strip() for line in words.splitlines())
    told = " ".join(
        line for line in lines if line and not line.startswith(("ODK Validate ", ">> "))
    )
    return told[:_MOST_SAID] or "no reason given"
