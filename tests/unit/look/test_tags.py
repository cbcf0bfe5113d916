"""The look's tags: what they write, what they escape, and that every icon named exists."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.utils.translation import override

import rangkul
from rangkul.look import times

SOURCE = Path(rangkul.__file__).parent
FRONTEND = SOURCE.parent.parent / "frontend"
NOW = datetime(2026, 3, 10, 1, 42, tzinfo=UTC)


def write(source: str, language: str = "id", **context: object) -> str:
    """Render a piece of template with the look's tags loaded."""
    with override(language):
        return Template("{% load look %}" + source).render(Context(context))


class Form(forms.Form):
    story = forms.CharField(help_text="As it was said.")
    safe = forms.ChoiceField(choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


@pytest.mark.parametrize(
    ("level", "word", "shape"),
    [
        ("high", "Tinggi", "alert-octagon"),
        ("sedang", "Sedang", "alert-triangle"),
        ("low", "Rendah", "circle-chevron-down"),
    ],
)
def test_risk_is_said_by_word_and_shape(level: str, word: str, shape: str) -> None:
    written = write("{% risk_tag level %}", level=level)
    assert word in written
    assert f"#{shape}" in written


def test_an_unknown_risk_never_looks_low() -> None:
    written = write("{% risk_tag level %}", level="")
    assert "Risiko belum dinilai" in written
    assert "tag-low" not in written


def test_a_clock_takes_now_from_the_page_and_carries_what_keeps_it_running() -> None:
    clock = {"due_at": NOW + timedelta(minutes=40), "started_at": NOW, "state": "running"}
    written = write("{% clock_chip clock %}", clock=clock, now=NOW)
    assert "40 menit" in written
    assert f'data-now="{int(NOW.timestamp())}"' in written
    assert "style=" not in written


def test_a_clock_that_stands_is_left_alone_by_the_browser() -> None:
    clock = {"due_at": NOW, "started_at": NOW, "state": "paused", "now": NOW}
    assert "data-clock " not in write("{% clock_chip clock %}", clock=clock)


@pytest.mark.parametrize(
    ("zone", "language", "words"),
    [
        ("WIB", "id", "10 Mar 2026, 08.42 WIB"),
        ("Asia/Makassar", "id", "10 Mar 2026, 09.42 WITA"),
        ("WIT", "en", "10 Mar 2026, 10:42 WIT"),
        ("Asia/Riyadh", "en", "10 Mar 2026, 04:42 +03:00"),
    ],
)
def test_local_time_names_its_zone(zone: str, language: str, words: str) -> None:
    assert words in write("{% local_time at tz %}", language, at=NOW, tz=zone)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        times.zone_name(datetime.fromisoformat("2026-03-10T00:00"))


def test_what_people_typed_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    clock = {"due_at": NOW, "started_at": NOW, "state": "running", "now": NOW}
    source = (
        "{% flag evil %}{% case_number evil copy=True %}{% empty_state evil evil %}"
        "{% withheld evil %}{% facts rows %}{% state_tag evil %}{% clock_chip clock show=evil %}"
        "{% packet to=evil sender=evil number=evil %}{{ evil }}{% endpacket %}"
        "{% timeline_item title=evil by=evil %}{{ evil }}{% endtimeline_item %}"
        "{% yes_no_unknown evil evil help_text=evil %}{% custody_line steps %}"
    )
    steps = [{"label": evil, "state": "past"}]
    written = write(source, evil=evil, rows=[(evil, evil)], clock=clock, steps=steps)
    assert "<script" not in written
    assert written.count("&lt;script") >= 15


def test_a_covered_identity_shows_nothing_that_could_tell() -> None:
    written = write(
        "{% covered_identity '/open' reasons=reasons %}", reasons=[("visit", "Kunjungan hari ini")]
    )
    assert written.count('class="hatched"') == 3
    assert 'value="visit"' in written
    assert 'action="/open"' in written


def test_who_may_not_open_gets_no_button() -> None:
    written = write("{% covered_identity '/open' may_open=False %}")
    assert "/open" not in written
    assert "<button" not in written


def test_a_field_ties_help_and_error_to_its_control() -> None:
    written = write("{% field form.story %}", form=Form({}))
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', written)
    assert described is not None
    assert described[1] == "id_story_help id_story_error"
    assert 'id="id_story_help"' in written
    assert 'id="id_story_error"' in written
    assert 'aria-invalid="true"' in written


def test_only_a_field_that_is_needed_says_so() -> None:
    assert "perlu diisi" in write("{% field form.story %}", form=Form())
    assert "perlu diisi" not in write("{% field form.note %}", form=Form())


def test_a_group_is_one_question_with_a_legend() -> None:
    written = write('{% field form.safe look="segmented" %}', form=Form())
    assert "<fieldset" in written
    assert "<legend" in written
    assert written.count('type="radio"') == 2
    assert 'class="segmented"' in written


def test_an_unknown_look_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="look is one of"):
        write('{% field form.safe look="tabs" %}', form=Form())


def test_unknown_is_an_answer() -> None:
    written = write("{% yes_no_unknown 'locked' 'Dikurung?' value='unknown' %}")
    assert re.search(r'value="unknown" checked', written)
    assert written.count("checked") == 1


def test_the_theme_is_one_of_three() -> None:
    class Request:
        def __init__(self, chosen: str) -> None:
            self.COOKIES = {"rangkul_theme": chosen}

    assert write("{% theme %}", request=Request("dark")) == "dark"
    assert write("{% theme %}", request=Request('"><script>')) == ""
    assert write("{% theme %}") == ""


def listed_icons() -> set[str]:
    """The names in the sprite's list, our own drawings included."""
    lines = (FRONTEND / "icons.txt").read_text(encoding="utf-8").splitlines()
    marks = {file.stem for file in (FRONTEND / "src" / "marks").glob("*.svg")}
    return {line.split("#")[0].strip() for line in lines} - {""} | marks


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    used = {
        (name, template.name)
        for template in SOURCE.rglob("templates/**/*.html")
        for name in re.findall(r'{%\s*icon\s+"([^"]+)"', template.read_text(encoding="utf-8"))
    }
    assert used
    assert sorted((name, where) for name, where in used if name not in listed_icons()) == []


def test_no_template_carries_inline_style_or_script() -> None:
    """The content security policy would drop them in silence."""
    offenders = []
    for template in SOURCE.rglob("look/templates/**/*.html"):
        markup = re.sub(r"{%.*?%}|{{.*?}}", "", template.read_text(encoding="utf-8"))
        if re.search(r"\sstyle=|\son\w+=|<script|<style", markup):
            offenders.append(template.name)
    assert offenders == []
