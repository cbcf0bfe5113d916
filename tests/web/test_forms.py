"""Forms in the engine's frame: the one wide policy, the page around it, sending and reading."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests.clients import Client
from tests.people import NOW, Cast
from tests.unit.assessments.forms import RISK, SETTINGS, filling, workbook
from tests.web.files import number_of, open_file, signed_in

from rangkul.assessments import operations as assessments
from rangkul.assessments import queries
from rangkul.assessments.models import FormVersion, Submission
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting

pytestmark = pytest.mark.usefixtures("committed_db")

FRAME = "/formulir/bingkai/"
ONLY = (
    "One page alone has a wider policy, the form engine's frame: it has no origin, holds no data, "
    "runs one script known by its digest and may call no address."
)
STORY = "Ia disekap di gudang beras"
SOURCE = Path(__file__).parents[2] / "src" / "rangkul"


@dataclass
class Place:
    """A published form, a file of Semarang, and a browser in which Ratih, who carries it, sits."""

    form: FormVersion
    case_id: int
    by: Actor
    client: Client
    here: str

    def send(self, **changed: Any) -> Any:
        return self.client.post(self.here, {"instance": instance(**changed)})

    @property
    def rows(self) -> list[Submission]:
        with acting(self.by):
            return queries.list_filled(self.by, self.case_id)

    @property
    def has_draft(self) -> bool:
        with acting(self.by):
            return queries.get_draft(self.by, self.case_id, "uji") is not None


def instance(number: str = "uuid:7d3c", **danger: str) -> str:
    answers = {"senjata": "tidak", "cekik": "ya", "cerita": STORY, "takut": "1"} | danger
    whole: dict[str, Any] = {
        "setuju": "ya", "g": answers, "anak": [{"nama": "Uji Kecil", "umur": "3"}],
    }  # fmt: skip
    return filling(whole).decode().replace("uuid:7d3c", number)


def publish(cast: Cast, version: str = "1") -> FormVersion:
    with acting(cast.sinta):
        form = assessments.upload_form(
            data=workbook(RISK, settings=SETTINGS | {"version": version}), name="uji.xlsx",
            by=cast.sinta, at=NOW,
        )  # fmt: skip
        assessments.start_test(form_id=form.id, by=cast.sinta, at=NOW)
        return assessments.publish_form(form_id=form.id, by=cast.sinta, at=NOW)


@pytest.fixture
def place(cast: Cast) -> Place:
    form, file = publish(cast), open_file(cast.ratih)
    here = f"/kasus/{number_of(file)}/asesmen/isi/uji/"
    return Place(form, file.case_id, cast.ratih, signed_in(cast.ratih), here)


def parts_of(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def digest_of(page: bytes) -> str:
    """The digest of the page's one script, as a browser takes it."""
    found = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    assert len(found) == 1
    return base64.b64encode(hashlib.sha256(found[0]).digest()).decode()


# -- the frame --------------------------------------------------------------------------------


@pytest.mark.promise("one-wide-policy", chapter="web", sentence=ONLY)
def test_the_frame_has_the_one_wide_policy_and_nothing_to_use_it_on(
    cast: Cast, figure: Any
) -> None:
    answer = signed_in(cast.ratih).get(FRAME)
    assert parts_of(answer["Content-Security-Policy"]) == {
        "default-src": ["'none'"],
        "script-src": [f"'sha256-{digest_of(answer.content)}'", "'wasm-unsafe-eval'"],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:", "blob:"],
        "connect-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-scripts"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default", "vue", "dompurify"],
    }
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert wide(SOURCE) == ["desk/forms/engine.py"]
    own = [value for part in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values()
           for value in part]  # fmt: skip
    assert not any("unsafe" in str(value) for value in own)
    figure("1 of 1 wide policies is the frame's; 2 wide words, 0 addresses")


def wide(folder: Path) -> list[str]:
    """The modules that write a policy with a wide word in it."""
    return sorted(
        str(module.relative_to(folder))
        for module in folder.rglob("*.py")
        if re.search(r"UNSAFE_|'(?:wasm-)?unsafe-|STRICT_DYNAMIC", module.read_text("utf-8"))
    )


@pytest.mark.planted("one-wide-policy")
def test_another_wide_policy_is_told(tmp_path: Path) -> None:
    (tmp_path / "loose.py").write_text("from csp.constants import UNSAFE_INLINE\n")
    (tmp_path / "evals.py").write_text("POLICY = \"script-src 'unsafe-eval'\"\n")
    (tmp_path / "calm.py").write_text("POLICY = \"script-src 'self'\"\n")
    assert wide(tmp_path) == ["evals.py", "loose.py"]
    with pytest.raises(AssertionError):
        digest_of(b"<script>1</script><script>2</script>")


def test_the_frame_is_nobodys_and_kept_only_under_its_builds_address(cast: Cast) -> None:
    first, second = (signed_in(who).get(FRAME) for who in (cast.ratih, cast.melki))
    assert first.content == second.content
    assert first["Cache-Control"] == "no-store"
    version = base64.b64decode(digest_of(first.content)).hex()[:16]
    kept = signed_in(cast.ratih).get(FRAME, {"v": version}, headers={"accept-encoding": "gzip"})
    assert kept["Cache-Control"] == "private, max-age=31536000, immutable"
    assert gzip.decompress(kept.content) == first.content
    assert signed_in(cast.ratih).get(FRAME, {"v": "0" * 16})["Cache-Control"] == "no-store"
    assert Client().get(FRAME).status_code == 302


# -- the page ---------------------------------------------------------------------------------


def test_the_page_opens_the_version_in_use_and_asks_for_no_wider_policy(place: Place) -> None:
    answer = place.client.get(place.here)
    text = answer.content.decode()
    given = re.search(r'<script id="form-given" type="application/json">(.*?)</script>', text)
    assert given is not None
    assert json.loads(given[1]) == {"form": place.form.xform, "problems": []}
    assert f'data-frame="{FRAME}?v=' in text
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "<noscript>" in text and "/asesmen/rk01_triase/" in text
    listed = place.client.get(place.here.replace("isi/uji/", "")).content.decode()
    assert f'href="{place.here}"' in listed


def test_what_is_sent_is_kept_once_and_explained_line_by_line(place: Place) -> None:
    place.client.post(f"{place.here}draf/", {"instance": "<data/>"})
    assert place.has_draft
    first, again = place.send(), place.send()
    [row] = place.rows
    assert (row.source, row.version) == ("desk", "1")
    assert (
        first["Location"] == again["Location"] == place.here.replace("isi/uji/", f"isian/{row.id}/")
    )
    assert not place.has_draft
    text = place.client.get(first["Location"]).content.decode()
    assert STORY in text
    assert "Ever choked?" in text and "Children 1" in text
    assert "never a verdict" in text
    assert "This reading was recorded" in text
    assert (
        "Filled in by a form"
        in place.client.get(place.here.replace("isi/uji/", "")).content.decode()
    )


def test_what_does_not_fit_is_said_at_its_question_and_nothing_is_kept(place: Place) -> None:
    answer = place.send(takut="9")
    assert answer.status_code == 422
    text = answer.content.decode()
    given = re.search(r'id="form-given" type="application/json">(.*?)</script>', text)
    assert given is not None
    assert json.loads(given[1])["problems"] == [{"path": "g/takut", "text": "Between 0 and 4."}]
    assert "data-answers-post" in text
    # What was typed stands in the page again.
    assert "gudang beras" in text
    assert place.rows == []


@pytest.mark.parametrize(
    "sent",
    ["", "no markup", "<data id='other'/>", '<!DOCTYPE x [<!ENTITY a "b">]><data>&a;</data>'],
)
def test_hostile_and_broken_instances_are_refused_in_words(place: Place, sent: str) -> None:
    answer = place.client.post(place.here, {"instance": sent})
    assert answer.status_code == 422
    assert "Not saved yet" in answer.content.decode()
    assert place.rows == []


def test_a_draft_is_its_persons_and_of_its_version(place: Place, cast: Cast) -> None:
    kept = instance()
    assert place.client.post(f"{place.here}draf/", {"instance": kept}).status_code == 204
    assert "gudang beras" in place.client.get(place.here).content.decode()
    assert "gudang beras" not in signed_in(cast.wahyuni).get(place.here).content.decode()
    publish(cast, "2")
    renewed = place.client.get(place.here).content.decode()
    assert "gudang beras" not in renewed
    assert "has been renewed since you began" in renewed
    place.client.post(f"{place.here}draf/buang/")
    assert "renewed" not in place.client.get(place.here).content.decode()


def test_nobody_else_fills_or_reads_it(place: Place, cast: Cast) -> None:
    read = place.send()["Location"]
    for who, status in ((cast.andi, 404), (cast.melki, 404)):
        assert signed_in(who).get(place.here).status_code == status
        assert signed_in(who).get(read).status_code == status
    other = number_of(open_file(cast.ratih))
    elsewhere = re.sub(r"RK-\w+-\w+", other, read)
    assert place.client.get(elsewhere).status_code == 404
    assert place.client.get(place.here.replace("/uji/", "/tidak_ada/")).status_code == 404
