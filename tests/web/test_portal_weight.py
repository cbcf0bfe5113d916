"""What a public page weighs as it is served: everybody who asks for help pays for each byte."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest
from tests.clients import Client

from rangkul.network.queries import public as directory

WHOLE, STYLE = 60 * 1024, 12 * 1024
WORDS = "The public portal's first page weighs at most 60 KB in all, compressed as it is served."
_PARTS = re.compile(r'(?:href|src)="(/static/[^"#]+)(?:#[^"]*)?"')


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    directory.forget()


def weights(client: Client, address: str) -> dict[str, int]:
    """Bytes on the wire of the page and of every file that it names, each once."""
    page = client.get(address)
    text = gzip.decompress(page.content).decode()
    found = {address: len(page.content)}
    for part in dict.fromkeys(_PARTS.findall(text)):
        answer = client.get(part)
        assert answer.status_code == 200, part
        found[part] = len(b"".join(answer))
    return found


def _too_heavy(found: dict[str, int]) -> bool:
    return sum(found.values()) > WHOLE


@pytest.mark.django_db
@pytest.mark.promise("public-weight", chapter="web", sentence=WORDS)
def test_the_first_page_is_light(figure: Callable[[str], None]) -> None:
    client = Client(headers={"Accept-Encoding": "gzip"})
    heaviest: dict[str, int] = {}
    for address in ("/info/", "/en/info/", "/info/kerja/", "/info/tulis/", "/info/kode/"):
        found = weights(client, address)
        assert not _too_heavy(found), found
        assert [part for part in found if part.endswith(".css")] != []
        assert [part for part in found if part.endswith(".js")] != []
        heaviest = max(heaviest, found, key=lambda each: sum(each.values()))
    styles = sum(size for part, size in heaviest.items() if part.endswith(".css"))
    assert styles <= STYLE
    figure(
        f"{sum(heaviest.values()) / 1024:.1f} KB in all (the heaviest of five first pages), "
        f"{styles / 1024:.1f} KB of it styles"
    )


@pytest.mark.planted("public-weight")
def test_planted_a_heavy_part_would_be_seen() -> None:
    """The staff's style and script alone are beyond the measure."""
    client = Client(headers={"Accept-Encoding": "gzip"})
    from django.conf import settings

    built = settings.PACKAGE / "look/static/rangkul/assets"
    found = {
        file.name: len(b"".join(client.get(f"/static/rangkul/assets/{file.name}")))
        for file in built.glob("desk-*")
        if file.suffix in (".css", ".js")
    }
    found["icons"] = len(b"".join(client.get("/static/rangkul/icons.svg")))
    assert _too_heavy(found)
