"""What is wrong with a form or a filling: where, and a plain sentence in each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rangkul.foundation.errors import RangkulError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``where`` is a sheet and row, or an item's path; empty for the whole."""

    code: str
    text_id: str
    text_en: str
    where: str = ""

    def text(self, language: str) -> str:
        """The sentence in Indonesian, or in English for ``en``."""
        return self.text_en if language.startswith("en") else self.text_id


class FormRefused(RangkulError):
    """A form that cannot be taken; ``problems`` says all at once what to mend."""

    code = "form_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.code}" for p in self.problems))


class WorkbookRefused(FormRefused):
    """A workbook that cannot be taken as a form."""

    code = "workbook_refused"


class SubmissionRefused(RangkulError):
    """A filling that cannot be kept; ``problems`` says why, answer by answer."""

    code = "submission_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.where}: {p.code}" for p in self.problems))
