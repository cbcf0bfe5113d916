"""The acts that Rangkul knows, each with a stable code and a line of plain prose in both languages.

A permission answers "may this role ever do this?". Whether the act fits *this* case, desk or hour
is asked afterwards by the policy of the package concerned: no permission opens a file by itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self


class Permission(StrEnum):
    """One act. The value is its stable code; `prose_id` and `prose_en` finish "You may …"."""

    prose_id: str
    prose_en: str

    def __new__(cls, code: str, prose_id: str, prose_en: str) -> Self:
        """Make the member a plain string, its code, that carries its prose along."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.prose_id = prose_id
        member.prose_en = prose_en
        return member

    # Reports
    TAKE_REPORT = (
        "take_report",
        "menerima laporan lewat saluran apa pun",
        "take a report by any channel",
    )
    TRIAGE = (
        "triage",
        "menilai bahaya dan langkah pertama",
        "judge the danger and the first steps",
    )
    SEE_DESK_REPORTS = (
        "see_desk_reports",
        "melihat laporan meja sendiri sampai diserahkan",
        "see the own desk's reports until they are handed over",
    )
    CALL_COMPANION = (
        "call_companion",
        "memanggil pendamping yang sedang bertugas",
        "call the companion on duty",
    )
    SEND_REGISTERED_REPORT = (
        "send_registered_report",
        "mengirim laporan sebagai pelapor terdaftar dan menambah keterangan",
        "send a report as a registered reporter and add facts to it",
    )

    # The case file
    OPEN_CASE = (
        "open_case",
        "membuka berkas baru dengan nama samaran",
        "open a new file under a pseudonym",
    )
    SEE_OWN_CASES = (
        "see_own_cases",
        "melihat berkas orang yang Anda dampingi",
        "see the files of the persons assigned to you",
    )
    SEE_UNIT_CASES = (
        "see_unit_cases",
        "melihat berkas seluruh unit",
        "see all files of the unit",
    )
    OPEN_IDENTITY = (
        "open_identity",
        "membuka identitas dengan alasan yang dicatat",
        "uncover an identity, with a reason that is recorded",
    )
    WRITE_NOTE = ("write_note", "menulis catatan", "write a note")
    WITHDRAW_NOTE = (
        "withdraw_note",
        "menarik catatan sendiri, jejaknya tetap ada",
        "withdraw one's own note, leaving its trace",
    )
    ASSESS = (
        "assess",
        "mengisi asesmen bersama penyintas",
        "fill in an assessment with the survivor",
    )
    PLAN = (
        "plan",
        "menyusun rencana layanan bersama penyintas",
        "make the service plan with the survivor",
    )
    LOG_OBSTACLE = (
        "log_obstacle",
        "mencatat hambatan layanan, tanpa nama",
        "log an obstacle in the services, without names",
    )
    PRINT_LETTERS = (
        "print_letters",
        "mencetak surat netral",
        "print neutral letters",
    )
    PROPOSE_CLOSING = (
        "propose_closing",
        "mengusulkan penutupan bersama penyintas",
        "propose closing, together with the survivor",
    )
    CLOSE_CASE = ("close_case", "menutup kasus", "close a case")
    REOPEN_CASE = ("reopen_case", "membuka kembali kasus", "reopen a case")

    # Consent and hand-off
    RECORD_CONSENT = (
        "record_consent",
        "mencatat dan mencabut persetujuan menurut kata penyintas",
        "record consent and its withdrawal, as the survivor says",
    )
    DRAFT_REFERRAL = ("draft_referral", "menyiapkan rujukan", "draft a referral")
    SEND_REFERRAL = ("send_referral", "mengirim rujukan", "send a referral")
    APPROVE_OTHER_BASIS = (
        "approve_other_basis",
        "menyetujui paket dengan dasar hukum selain persetujuan",
        "approve a packet on a legal basis other than consent",
    )
    TRANSFER_CASE = (
        "transfer_case",
        "melimpahkan kasus ke lembaga lain",
        "transfer a case to another agency",
    )
    ANSWER_PACKETS = (
        "answer_packets",
        "membuka dan menjawab paket di meja sendiri",
        "open and answer the packets sent to the own desk",
    )
    REPORT_OUTCOME = (
        "report_outcome",
        "melaporkan hasil layanan kepada pengirim",
        "report the outcome of a service to the sender",
    )
    CALL_CONFERENCE = (
        "call_conference",
        "memanggil rapat kasus, memilih apa yang ditunjukkan, memimpin dan menulis risalahnya",
        "call a case conference, choose what is shown, chair it and write its minutes",
    )
    PROPOSE_CONFERENCE = (
        "propose_conference",
        "mengusulkan rapat kasus menurut nomornya; pemegang kasus yang memutuskan",
        "propose a case conference by the case's number; its holder decides",
    )
    JOIN_CONFERENCE = (
        "join_conference",
        "ikut rapat kasus yang mengundang Anda dan mengerjakan putusannya",
        "take part in a case conference that invites you and carry out its decisions",
    )
    READ_SHOWN = (
        "read_shown",
        "membaca apa yang ditunjukkan kepada lembaga sendiri dalam rapat kasus",
        "read what is shown to the own agency at a case conference",
    )
    KEEP_SERVICE_RECORD = (
        "keep_service_record",
        "menulis catatan layanan yang tinggal di lembaga sendiri",
        "keep a service record that stays inside the own agency",
    )
    KEEP_STAYS = (
        "keep_stays",
        "mengurus kamar dan masa tinggal di hunian",
        "keep rooms and stays of the shelter",
    )
    KEEP_HOUSES = (
        "keep_houses",
        "mengatur rumah, kamar dan tempat tidur hunian",
        "set up the houses, rooms and beds of a shelter",
    )
    SEE_HOUSE_ADDRESS = (
        "see_house_address",
        "membuka alamat rumah hunian tempat Anda bertugas, dengan dicatat",
        "open the address of the shelter you work in, which is recorded",
    )
    ORGANISE_RETURNS = (
        "organise_returns",
        "mengatur pemulangan rombongan sampai setiap orang tiba dan dikabari",
        "organise the way home of a group until each person has arrived and is followed up",
    )

    # Supervision
    ASSIGN_CASE = ("assign_case", "menunjuk pendamping", "assign a companion")
    HAND_OVER_CASELOAD = (
        "hand_over_caseload",
        "menyerahkan seluruh dampingan seorang pendamping kepada yang lain",
        "hand one companion's whole caseload to another",
    )
    APPROVE_LOWER_RISK = (
        "approve_lower_risk",
        "menyetujui penurunan tingkat risiko",
        "approve the lowering of a risk",
    )
    EXTEND_STAY = (
        "extend_stay",
        "memperpanjang layanan atau masa tinggal dengan alasan",
        "extend a service or a stay, with a reason",
    )
    OPEN_MEDIATION = (
        "open_mediation",
        "membuka mediasi yang dijaga, tidak pernah pada kekerasan seksual",
        "open a guarded mediation, never in sexual violence",
    )
    CHAIR_BEST_INTEREST = (
        "chair_best_interest",
        "memimpin panel kepentingan terbaik anak",
        "chair a best-interest panel for a child",
    )
    MERGE_PERSONS = (
        "merge_persons",
        "menyatukan dua berkas orang yang sama",
        "join two files of the same person",
    )
    UNLINK_PERSONS = (
        "unlink_persons",
        "memisahkan berkas yang keliru disatukan",
        "separate files that were joined by mistake",
    )
    IMPORT_CASELOAD = (
        "import_caseload",
        "memasukkan daftar kasus lama",
        "bring in a caseload kept elsewhere",
    )
    EXPORT_CASES = (
        "export_cases",
        "mengekspor daftar kasus tanpa identitas, disegel untuk satu penerima",
        "export a table of cases without identities, sealed to one recipient",
    )
    USE_EMERGENCY_ACCESS = (
        "use_emergency_access",
        "meminjam akses darurat untuk orang yang ada di hadapan Anda",
        "borrow emergency access for the person before you",
    )
    REVIEW_EMERGENCY_ACCESS = (
        "review_emergency_access",
        "menilai akses darurat yang dipakai orang lain",
        "review emergency access used by others",
    )

    # The network
    SEE_DIRECTORY = ("see_directory", "melihat direktori layanan", "see the service directory")
    SEE_PROVINCE = (
        "see_province",
        "melihat jaringan provinsi tanpa identitas",
        "see the province's network, without identities",
    )
    SEE_NATION = (
        "see_nation",
        "melihat jaringan antarprovinsi tanpa identitas",
        "see the network between provinces, without identities",
    )
    REASSIGN_UNANSWERED = (
        "reassign_unanswered",
        "mengalihkan rujukan yang tidak dijawab menurut nomornya",
        "reassign an unanswered referral, by its number",
    )
    CALL_MEETING = (
        "call_meeting",
        "mengundang rapat koordinasi dan mencatat tindak lanjut",
        "call a coordination meeting and open action items",
    )
    KEEP_AGREEMENTS = (
        "keep_agreements",
        "mencatat perjanjian kerja sama yang diikuti lembaga sendiri",
        "keep the agreements to which the own agency is a party",
    )
    KEEP_STANDARDS = (
        "keep_standards",
        "memelihara daftar rujukan, prosedur dan versi instrumen",
        "keep reference lists, procedures and instrument versions",
    )
    KEEP_FORMS = (
        "keep_forms",
        "menyusun, menguji dan menerbitkan formulir lembaga sendiri",
        "draw up, try and publish the own agency's forms",
    )
    EDIT_AGENCY = (
        "edit_agency",
        "mengatur meja, jam buka, daya tampung dan piket lembaga sendiri",
        "edit the own agency's desks, hours, capacity and rosters",
    )
    MANAGE_STAFF = (
        "manage_staff",
        "mengundang, melatih dan mengakhiri akun petugas lembaga sendiri",
        "invite, train and end the own agency's staff",
    )
    KEEP_RECIPIENTS = (
        "keep_recipients",
        "mendaftarkan dan mengakhiri penerima ekspor",
        "register and end the recipients of exports",
    )

    # Oversight and machinery
    READ_TRAIL = (
        "read_trail",
        "membaca jejak: siapa, apa, kapan, mengapa, tanpa isi",
        "read the trail: who, what, when, why, without content",
    )
    RECEIVE_DATA_REQUEST = (
        "receive_data_request",
        "menerima permintaan seseorang atas datanya sendiri",
        "receive a person's request about the data kept on her",
    )
    HANDLE_DATA_REQUESTS = (
        "handle_data_requests",
        "menangani permintaan pemilik data, masa simpan dan pelanggaran",
        "handle data-subject requests, retention and breaches",
    )
    OPEN_INCIDENT_CONTENT = (
        "open_incident_content",
        "melihat isi untuk satu insiden, berbatas waktu, dengan persetujuan orang kedua",
        "see content for one named incident, timed, with a second approver",
    )
    RUN_SYSTEM = (
        "run_system",
        "merawat peladen, cadangan dan mesin kunci",
        "keep servers, backups and the keys' machinery",
    )


CASE_CONTENT: Final[frozenset[Permission]] = frozenset(
    {
        Permission.SEE_OWN_CASES,
        Permission.SEE_UNIT_CASES,
        Permission.OPEN_IDENTITY,
        Permission.WRITE_NOTE,
        Permission.WITHDRAW_NOTE,
        Permission.ASSESS,
        Permission.PLAN,
        Permission.RECORD_CONSENT,
        Permission.DRAFT_REFERRAL,
        Permission.SEND_REFERRAL,
        Permission.APPROVE_OTHER_BASIS,
        Permission.TRANSFER_CASE,
        Permission.PROPOSE_CLOSING,
        Permission.CLOSE_CASE,
        Permission.REOPEN_CASE,
        Permission.MERGE_PERSONS,
        Permission.UNLINK_PERSONS,
        Permission.IMPORT_CASELOAD,
        Permission.EXPORT_CASES,
        Permission.USE_EMERGENCY_ACCESS,
        Permission.CALL_CONFERENCE,
        Permission.ORGANISE_RETURNS,
    }
)
"""Acts that show or change what a case file says about a person."""

SERVICE_CONTENT: Final[frozenset[Permission]] = frozenset(
    {
        Permission.ANSWER_PACKETS,
        Permission.REPORT_OUTCOME,
        Permission.KEEP_SERVICE_RECORD,
        Permission.KEEP_STAYS,
        Permission.SEE_HOUSE_ADDRESS,
        Permission.READ_SHOWN,
    }
)
"""Acts of a service desk: they show or change what a packet or a service record says."""

INTAKE_CONTENT: Final[frozenset[Permission]] = frozenset(
    {
        Permission.TAKE_REPORT,
        Permission.TRIAGE,
        Permission.SEE_DESK_REPORTS,
        Permission.OPEN_CASE,
    }
)
"""Acts at the door: they show or change what a report says."""

PERSON_CONTENT: Final[frozenset[Permission]] = CASE_CONTENT | SERVICE_CONTENT | INTAKE_CONTENT
"""Every act in which something about a survivor is seen or written."""
