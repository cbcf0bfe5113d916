"""An uploaded form is shown to ODK Validate where Java is there, and its word is heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.people import NOW, Cast
from tests.unit.assessments.forms import RISK, workbook

from rangkul.assessments import operations, queries, second_opinion
from rangkul.assessments.models import FormVersion
from rangkul.assessments.problems import FormRefused
from rangkul.assessments.xlsform import read_workbook, to_xform
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting


class Judge:
    """A program in Java's place that says ``words`` and ends so; it notes that it was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        monkeypatch.setenv("PATH", str(folder))

    def says(self, words: str, code: int) -> None:
        (self._folder / "words").write_text(words, encoding="utf-8")
        program = self._folder / "java"
        program.write_text(
            f"#!/bin/sh\nwhile read line; do echo \"$line\" >&2; done <{self._folder}/words\n"
            f"echo \"$4\" >{self._folder}/asked\nexit {code}\n"
        )  # fmt: skip
        program.chmod(0o700)

    @property
    def was_asked(self) -> bool:
        return (self._folder / "asked").exists()


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Judge:
    settings.ODK_VALIDATE = True
    return Judge(tmp_path, monkeypatch)


@pytest.fixture
def keeper(db: None, cast: Cast) -> Iterator[Actor]:
    with acting(cast.sinta):
        yield cast.sinta


def upload(by: Actor) -> FormVersion:
    return operations.upload_form(data=workbook(RISK), name="uji.xlsx", by=by, at=NOW)


def test_what_it_remarks_stands_with_the_form(keeper: Actor, judge: Judge) -> None:
    judge.says("A question has no label.\nAnother has none.\n", 0)
    form = upload(keeper)
    assert judge.was_asked
    assert "A question has no label. Another has none." in form.warnings


def test_what_it_refuses_is_not_kept(keeper: Actor, judge: Judge) -> None:
    judge.says(">> Something broke the parser.\nCycle detected in /data/a\n", 1)
    with pytest.raises(FormRefused) as fault:
        upload(keeper)
    [problem] = fault.value.problems
    assert problem.code == "odk_validate"
    assert problem.text_en == ("ODK Validate does not take this form: Cycle detected in ${a}")
    assert [form for form in queries.list_forms(keeper) if form.code == "uji"] == []


def test_without_it_or_where_it_is_not_wanted_nobody_is_asked(
    keeper: Actor, judge: Judge, settings: Any
) -> None:
    assert upload(keeper).warnings == []
    settings.ODK_VALIDATE = False
    judge.says("", 1)
    assert upload(keeper).warnings == []
    assert not judge.was_asked


def test_the_real_one_is_understood_where_it_is() -> None:
    if not second_opinion.is_here():
        return
    with pytest.raises(FormRefused):
        second_opinion.ask("<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>")
    assert second_opinion.ask(to_xform(read_workbook(workbook(RISK), "uji.xlsx")).xml) == ()
