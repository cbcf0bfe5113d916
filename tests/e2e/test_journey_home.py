"""A man recruited for work abroad is found in Jakarta and goes home to Nusa Tenggara Timur."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.e2e.house import Door, choose
from tests.e2e.steps import begin_referral, part, plan, send

STORY = (
    "Dijanjikan kerja di kapal di luar negeri. Agen bilang surat izin keluarga tidak penting, "
    "paspornya jadi tiga hari. Sekarang paspor ditahan dan ia dijaga di penampungan."
)
FULL_NAME = "Yulius Abraham Nomleni"
CALLED = "Bang Yul"
SUSPECT = "Kasimirus Bolang"


def test_from_the_port_to_his_own_island(door: Door) -> None:
    intake = door.enter("intan")
    _take_the_report_by_keyboard(intake)
    _open_the_case(intake)
    companion = door.enter("bayu")
    case = _find_the_new_case(companion)
    _open_identity(companion)
    _write_what_is_known(companion)
    _screen_for_trafficking(companion)
    plan(companion, door, case, "Ingin tidur tanpa dijaga orang", "Hunian aman")
    plan(companion, door, case, "Ingin pulang kepada ibu", "Layanan lanjutan di daerah asal")
    shelter = _refer_to_the_shelter(companion, door, case)
    _shelter_answers(door, companion, shelter, case)
    home = _refer_home(companion, door, case)
    _carry_no_telling_paper(companion, door, home)
    receiver = _home_answers(door, home, case)
    _he_changes_his_mind(door, companion, receiver, home)
    _supervisor_closes_and_opens_again(door, case)
    _everything_stands_in_the_trail(companion, door, case)


def _take_the_report_by_keyboard(page: Page) -> None:
    page.keyboard.press("n")
    page.wait_for_url("**/laporan/LP-*/isi/")
    expect(page.get_by_label("Ceritanya, dengan kata pelapor")).to_be_focused()
    page.keyboard.type(STORY)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Polisi")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("Kepolisian")
    expect(page.get_by_label("Lewat")).to_have_value("polisi")
    now = page.get_by_role("complementary", name="Yang dilakukan sekarang")
    expect(now).not_to_contain_text("Risiko:")
    for question, answer in (
        ("sedang menyakitinya", "Tidak"), ("perlu dokter sekarang", "Tidak"),
        ("dikurung, dijaga", "Ya"), ("ingin mati", "Tidak"),
    ):  # fmt: skip
        group = page.get_by_role("group", name=re.compile(question))
        group.get_by_label("Ya", exact=True).focus()
        page.keyboard.press("Space")
        if answer == "Tidak":
            page.keyboard.press("ArrowRight")
        expect(group.get_by_label(answer, exact=True)).to_be_checked()
    expect(now).to_contain_text("Risiko tinggi")
    expect(now).to_contain_text("menit")
    page.get_by_label("Nama, bila disebut").focus()
    page.keyboard.type(FULL_NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(CALLED)
    page.get_by_label("Tempat kejadian").focus()
    page.keyboard.type("Jakarta Utara")
    place = page.get_by_role("radio", name=re.compile("Jakarta Utara"))
    place.first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Simpan dan mulai menolong").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/laporan/LP-[^/]+/$"))
    expect(page.get_by_text("Laporan sudah diterima dan ada di tangan Anda")).to_be_visible()
    expect(page.get_by_text(STORY)).to_be_visible()


def _open_the_case(page: Page) -> str:
    page.get_by_role("link", name="Buka kasus").click()
    choose(page, "Jenis kasus", "Perdagangan orang (KPO)")
    choose(page, "Pendamping mulai sekarang", "Bayu Adikara")
    page.get_by_label("Label kerja").fill("kapal, tanpa paspor")
    choose(page, "Jenis kelamin", "Laki-laki")
    page.get_by_label("Tahun lahir, sejauh diketahui").fill("1997")
    choose(page, "Yang perlu diingat", "Diduga ada sindikat")
    page.get_by_role("button", name="Buka berkas").click()
    # From here on intake knows only that it is in good hands.
    expect(page.get_by_text("Diterima, ditangani.")).to_be_visible()
    expect(page.get_by_text(STORY)).to_have_count(0)


def _find_the_new_case(page: Page) -> str:
    page.get_by_role("navigation", name="Utama").get_by_role(
        "link", name="Kasus", exact=True
    ).click()
    row = page.get_by_role("row").filter(has_text="kapal, tanpa paspor").first
    expect(row).to_contain_text("Tinggi")
    row.get_by_role("link").first.click()
    page.wait_for_url("**/kasus/RK-*/")
    return page.url.rstrip("/").rsplit("/", 1)[1]


def _open_identity(page: Page) -> None:
    expect(page.get_by_role("main")).not_to_contain_text(FULL_NAME)
    page.get_by_text("Buka identitas", exact=True).click()
    page.get_by_role("radio", name="Menyusun rujukan").check()
    page.get_by_role("button", name="Buka selama satu menit").click()
    opened = page.get_by_role("group", name="Identitas, terbuka sebentar")
    expect(opened).to_contain_text(FULL_NAME)
    opened.get_by_role("button", name="Tutup sekarang").click()
    expect(page.get_by_role("main")).not_to_contain_text(FULL_NAME)


def _write_what_is_known(page: Page) -> None:
    page.get_by_role("link", name="Tulis catatan").click()
    choose(page, "Jenisnya", "Kunjungan")
    page.get_by_role("textbox", name="Catatan").fill(
        "Sudah makan dan tidur. Ia ingin menelepon ibunya."
    )
    page.get_by_role("button", name="Simpan catatan").click()
    expect(page.get_by_text("Catatan tersimpan.")).to_be_visible()
    expect(page.get_by_role("region", name="Lini masa")).to_contain_text("menelepon ibunya")
    part(page, "Kejadian & unsur")
    page.get_by_label("Asal").fill("Timor Tengah Selatan")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_label("Asal")).to_have_value(re.compile("Timor Tengah Selatan, Nusa"))
    part(page, "Orang")
    page.get_by_role("link", name="Tambah orang").click()
    choose(page, "Siapa dia dalam berkas ini", "Terduga pelaku")
    page.get_by_label("Nama lengkap").fill(SUSPECT)
    choose(page, "Bolehkah orang ini dihubungi?", "Tidak, jangan pernah")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_text("Orang ditambahkan.")).to_be_visible()


def _screen_for_trafficking(page: Page) -> None:
    part(page, "Asesmen")
    page.get_by_role("link", name="Penapisan perdagangan orang").click()
    for question in ("tempat ini tertutup", "aman bagi Anda", "Bolehkah kita mulai"):
        choose(page, question, "Ya")
    choose(page, "Saat mulai dibawa", "Dewasa")
    choose(page, "Apa yang terjadi?", "Perekrutan", "Penampungan")
    choose(page, "berbeda dari yang dijanjikan", "Ya")
    choose(page, "Siapa memegang paspor", "Agen")
    choose(page, "Apa yang dipaksa dilakukan", "Kerja di kapal")
    choose(page, "Agen meremehkan", "Ya")
    choose(page, "Paspor jadi sangat cepat", "Ya")
    choose(page, "kepala desa", "Diabaikan agen")
    result = page.locator("#assessment-result")
    for field in ("Indikator", "Hasil penapisan", "Penetapan"):
        expect(result.get_by_role("term").filter(has_text=field)).to_have_count(1)
    page.locator('button[form="assessment-form"]').click()
    expect(page.locator("#assessment-form")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Penapisan perdagangan orang")


def _refer_to_the_shelter(page: Page, door: Door, case: str) -> str:
    begin_referral(page, door, case, "Ingin tidur tanpa dijaga orang")
    desk = page.get_by_role("radio", name=re.compile("laki-laki dan perempuan terpisah"))
    expect(desk).to_be_checked()
    expect(page.get_by_role("region", name=re.compile("Ke mana"))).to_contain_text("Paling sesuai")
    page.get_by_role("button", name="Catat dasar ini").click()
    return send(page, "Satu tempat tidur di kamar laki-laki malam ini", never=(SUSPECT,))


def _assert_only_the_packet(page: Page, case: str) -> None:
    """Neither the file's number nor who he fully is nor whom he fears is anywhere in the page."""
    html = page.content()
    for secret in (case, FULL_NAME, "Nomleni", SUSPECT, "Kasimirus", STORY, "menelepon ibunya"):
        assert secret not in html


def _shelter_answers(door: Door, sender: Page, packet: str, case: str) -> None:
    desk = door.enter("rangga")
    desk.get_by_role("navigation", name="Utama").get_by_role("link", name="Rujukan masuk").click()
    _assert_only_the_packet(desk, case)
    desk.get_by_role("link", name=re.compile(f"Buka {packet}")).click()
    expect(desk.get_by_role("main")).to_contain_text("Satu tempat tidur di kamar laki-laki")
    expect(desk.get_by_role("main")).to_contain_text("Ditahan")
    # A shelter looks for a conflict first: whom it takes in opens with its yes.
    expect(desk.get_by_role("main")).not_to_contain_text(CALLED)
    _assert_only_the_packet(desk, case)
    assert desk.request.get(f"{door.base}/kasus/{case}/").status == 404
    desk.get_by_text("Bertanya", exact=True).click()
    desk.get_by_label("Apa yang perlu diketahui?").fill("Adakah makanan yang dipantang?")
    desk.get_by_role("button", name="Kirim pertanyaan").click()

    sender.goto(f"{door.base}/rujukan/{packet}/")
    expect(sender.get_by_text("Mereka bertanya.")).to_be_visible()
    sender.get_by_label("Pesan").fill("Tidak ada. Ia suka ikan.")
    sender.get_by_role("button", name="Jawab", exact=True).click()
    expect(sender.get_by_text("Tidak ada. Ia suka ikan.")).to_be_visible()

    desk.goto(f"{door.base}/rujukan/{packet}/")
    expect(desk.get_by_text("Tidak ada. Ia suka ikan.")).to_be_visible()
    desk.get_by_role("button", name="Terima", exact=True).click()
    expect(desk.get_by_role("main")).to_contain_text(CALLED)
    _assert_only_the_packet(desk, case)
    desk.get_by_role("button", name="Kami sudah bertemu atau berbicara").click()
    choose(desk, "Apakah layanan diberikan?", "Ya")
    desk.get_by_role("button", name="Laporkan hasil").click()
    expect(desk.get_by_text("Hasil tercatat. Terima kasih.")).to_be_visible()

    sender.goto(f"{door.base}/rujukan/{packet}/")
    stands = sender.get_by_role("region", name="Keadaannya")
    for line in ("Dibuka", "Dijawab", "Kontak pertama", "Hasil"):
        expect(stands).to_contain_text(line)
    sender.goto(f"{door.base}/kasus/{case}/rencana/")
    need = sender.get_by_role("article").filter(has_text="Ingin tidur tanpa dijaga orang").first
    expect(need).to_contain_text("Terpenuhi")


def _refer_home(page: Page, door: Door, case: str) -> str:
    begin_referral(page, door, case, "Ingin pulang kepada ibu")
    expect(page.get_by_label("Dekat tempat mana?")).to_have_value("53.02")
    page.get_by_role("radio", name=re.compile("Dinsos NTT")).check()
    page.get_by_role("button", name="Catat dasar ini").click()
    return send(page, "Jemput di pelabuhan, dampingi sampai di rumah ibunya", never=(SUSPECT,))


def _carry_no_telling_paper(page: Page, door: Door, packet: str) -> None:
    page.goto(f"{door.base}/rujukan/{packet}/surat/")
    page.get_by_role("textbox", name="Kapan").fill("Senin pukul 10.00")
    page.get_by_role("textbox", name="Di mana").fill("Gedung A, loket 2")
    page.get_by_role("button", name="Buat surat").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Saya sudah bertanya: aman dibawa? Ia menjawab ya.").check()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Buat surat").click()
    paper = coming.value
    assert paper.suggested_filename == "janji.pdf"
    assert paper.path().read_bytes().startswith(b"%PDF-")


def _home_answers(door: Door, packet: str, case: str) -> Page:
    desk = door.enter("yohana")
    desk.goto(f"{door.base}/rujukan/{packet}/")
    expect(desk.get_by_role("main")).to_contain_text("dampingi sampai di rumah ibunya")
    html = desk.content()
    for secret in (case, SUSPECT, STORY):
        assert secret not in html
    desk.get_by_role("button", name="Terima", exact=True).click()
    expect(desk.get_by_role("region", name="Kontak pertama")).to_be_visible()
    return desk


def _he_changes_his_mind(door: Door, page: Page, desk: Page, packet: str) -> None:
    page.goto(f"{door.base}/rujukan/{packet}/")
    page.get_by_role("button", name="Cabut persetujuan").click()
    expect(page.get_by_role("main")).to_contain_text("dicabut")
    desk.reload()
    expect(desk.get_by_role("main")).not_to_contain_text("dampingi sampai di rumah ibunya")
    expect(desk.get_by_role("button", name="Kami sudah bertemu atau berbicara")).to_have_count(0)


def _supervisor_closes_and_opens_again(door: Door, case: str) -> None:
    page = door.enter("sekar")
    page.goto(f"{door.base}/kasus/{case}/perjalanan/tutup/")
    for question in ("tempat ini tertutup", "aman bagi Anda", "Bolehkah kita mulai"):
        choose(page, question, "Ya")
    choose(page, "Alasan", "Keinginan penyintas")
    choose(page, "Hak sudah dijelaskan", "Ya")
    choose(page, "Penyelia", "Setuju")
    page.locator('button[form="closing-form"]').click()
    undo = page.get_by_role("button", name="Urungkan")
    undo.click()
    page.wait_for_url(f"**/kasus/{case}/perjalanan/")
    page.goto(f"{door.base}/kasus/{case}/")
    expect(page.get_by_role("region", name="Lini masa")).to_contain_text("Berkas dibuka lagi")


def _everything_stands_in_the_trail(page: Page, door: Door, case: str) -> None:
    page.goto(f"{door.base}/kasus/{case}/jejak/")
    trail = page.get_by_role("table")
    for act in (
        "Identitas dibuka", "Catatan ditulis", "Orang ditambahkan", "Asesmen disimpan",
        "Kebutuhan masuk rencana", "Persetujuan dicatat", "Rujukan dikirim", "Rujukan dijawab",
        "Kontak pertama terjadi", "Hasil dilaporkan", "Surat dicetak", "Persetujuan dicabut",
        "Berkas ditutup", "Berkas dibuka lagi",
    ):  # fmt: skip
        expect(trail.get_by_role("row").filter(has_text=act)).not_to_have_count(0)
    expect(trail).not_to_contain_text(FULL_NAME)
