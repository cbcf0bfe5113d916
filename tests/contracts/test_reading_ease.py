"""Plain words: no page of the public's is harder to read than the bars, in either language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from ops import reading_ease
from ops.reading_ease import (
    BARS,
    GRADE,
    HARD,
    LONGEST,
    Fetch,
    faults,
    measure,
    pages,
    texts,
    together,
)
from tests.clients import Client

_TOLD: Final = "Every public page is written in plain words: measured, in both languages."

# In the manner of a statute, in our own words: one sentence, long words, offices' nouns.
_OFFICIAL: Final = {
    "id": "Dalam rangka penyelenggaraan pelindungan sebagaimana dimaksud, pemerintah daerah "
    "berkewajiban mengoordinasikan pelaksanaan kegiatan pemberdayaan masyarakat serta "
    "menyelenggarakan pengawasan terhadap penyelenggara penempatan berdasarkan ketentuan "
    "peraturan perundang-undangan yang berlaku.",
    "en": "In furtherance of the protection arrangements referred to above, regional authorities "
    "shall coordinate the implementation of community empowerment activities and exercise "
    "supervision over placement organisations in accordance with applicable legislation.",
}


@pytest.fixture
def fetch(committed_db: None) -> Fetch:
    browser = Client()

    def page(address: str, fields: Mapping[str, str] | None) -> str:
        answer = browser.get(address) if fields is None else browser.post(address, fields)
        return str(answer.content.decode()) if answer.status_code in (200, 422) else ""

    return page


def _of(text: str, language: str) -> str:
    return f'<html lang="{language}"><body><main><p>{text}</p></main></body></html>'


@pytest.mark.promise("plain-words", chapter="web", sentence=_TOLD)
def test_no_page_is_above_the_bars(fetch: Fetch, figure: Callable[[str], None]) -> None:
    found = list(pages(fetch))
    wrong = {name: said for name, language, page in found if (said := faults(page, language))}
    for language, bar in BARS.items():
        mine = [page for _, spoken, page in found if spoken == language]
        eases = [measure(page, language) for page in mine]
        whole = together(mine, language)
        assert 0 < whole.lix < bar and whole.grade <= GRADE
        hardest = max(ease.lix for ease in eases)
        grade = max(ease.grade for ease in eases)
        graded = f", Flesch–Kincaid grade {grade:.1f} (bar {GRADE})" if grade else ""
        figure(
            f"{len(eases)} pages ({language}): together LIX {whole.lix:.1f}, the hardest "
            f"{hardest:.1f} (bar {bar}){graded}, no sentence above {LONGEST} words, none of "
            f"{len(HARD[language])} hard words"
        )
    assert len(found) >= 20, "the pages were not found"
    assert wrong == {}


@pytest.mark.planted("plain-words")
@pytest.mark.parametrize("language", BARS)
def test_planted_a_statutes_sentence_on_a_page_is_found(fetch: Fetch, language: str) -> None:
    root = reading_ease.ROOTS[language]
    page = fetch(f"{root}kerja/", None)
    assert faults(page, language) == []
    planted = page.replace("</main>", f"<p>{_OFFICIAL[language]}</p></main>")
    (fault,) = [said for said in faults(planted, language) if said.startswith("a sentence of")]
    assert _OFFICIAL[language][:40] in fault


@pytest.mark.planted("plain-words")
@pytest.mark.parametrize(("language", "word"), [("id", "verifikasi"), ("en", "pursuant")])
def test_planted_a_hard_word_on_a_button_is_found(fetch: Fetch, language: str, word: str) -> None:
    page = fetch(f"{reading_ease.ROOTS[language]}kerja/", None)
    planted = page.replace("</main>", f"<button>{word.title()}</button></main>")
    assert faults(planted, language) == [f"hard word: {word} ({HARD[language][word]})"]


@pytest.mark.parametrize("language", BARS)
def test_the_bar_stands_between_plain_speech_and_a_statute(language: str) -> None:
    official = measure(_of(" ".join([_OFFICIAL[language]] * 4), language), language)
    assert official.lix > BARS[language] + 15
    plain = {
        "id": "Anda tidak harus berangkat. Simpan surat Anda sendiri. Beri tahu satu orang yang "
        "Anda percaya. Kalau ada bahaya, telepon polisi. Kami akan mendengar, dan tidak marah. "
        "Tidak ada yang salah dengan bertanya.",
        "en": "You need not go. Keep your own papers. Tell one person you trust. If there is "
        "danger, call the police. We will listen, and we will not be cross. There is nothing "
        "wrong with a question.",
    }
    assert (
        0
        < measure(_of(f"{plain[language]} {plain[language]}", language), language).lix
        < BARS[language] - 5
    )


def test_what_is_measured_is_what_is_seen() -> None:
    page = _of(
        "Satu dua tiga empat.<span hidden></span><script>lima()</script><svg><text>x</text></svg>"
        '<textarea>enam</textarea><a lang="en">seven</a> <b translate="no">delapan</b>',
        "id",
    )
    assert texts(page) == ["Satu dua tiga empat."]
    assert texts(page.replace("<main>", "<main><p>Lihat <b>ini</b></p>"))[0] == "Lihat ini"
    assert texts(page.replace("main>", "footer>")) == []


def test_an_average_is_not_taken_over_a_few_words() -> None:
    found = measure(_of("Hubungi penyelenggara perundang-undangan sekarang.", "id"), "id")
    assert (found.sentences, found.lix) == (1, 0)
    assert faults(_of("Hubungi penyelenggara perundang-undangan sekarang.", "id"), "id") == []


def test_a_given_name_is_no_hard_word_but_the_word_alone_is() -> None:
    assert faults(_of("Sertifikat kompetensi kerja", "id"), "id") == []
    assert faults(_of("Tingkatkan kompetensi Anda", "id"), "id") != []
