"""The demonstration's filled forms: a course over two months, an open question, what stood in the
way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any, Final
from uuid import uuid4

from rangkul.assessments import queries as assessments
from rangkul.cases import operations as cases
from rangkul.cases import queries
from rangkul.commands.demo_directory import LoadedStaff
from rangkul.foundation.actor import Actor
from rangkul.foundation.scope import acting
from rangkul.network import queries as network

_OPENING: Final = {
    "h_privat": "ya", "h_aman": "ya", "h_sumber": "penyintas", "h_cara": "tatap_muka",
    "h_bahasa": "Indonesia", "h_jurubahasa": "tidak_perlu", "h_penanya": "perempuan",
    "h_setuju": "ya", "h_berhenti": "selesai", "h_kondisi_akhir": "tenang",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filling:
    """One filled form: whose case (by its work label), how long ago, what was answered."""

    label: str
    form: str
    hours_ago: float
    answers: Mapping[str, str]


FILLINGS: Sequence[Filling] = (
    Filling("ancaman foto", "rk07_hasil", 610, {
        "ukur": "awal", "o_tidur": "1", "o_aman": "1", "o_fungsi": "1", "o_tenang": "0",
        "o_percaya": "2", "o_terima": "1", "o_pilih": "1", "o_harapan": "1", "o_mati": "tidak",
    }),
    Filling("ancaman foto", "rk07_hasil", 22, {
        "ukur": "bulan_1", "o_tidur": "3", "o_aman": "3", "o_fungsi": "2", "o_tenang": "2",
        "o_percaya": "2", "o_terima": "2", "o_pilih": "3", "o_harapan": "3", "o_mati": "tidak",
    }),
    Filling("ibu dua anak", "rk03_bps", 44, {
        "h_berhenti": "lelah", "h_kondisi_akhir": "perlu_teman",
        "tiga_hal": "Anak-anak tetap bersekolah. Tidur tanpa takut. Punya penghasilan sendiri.",
        "kekuatan": "Ibunya dan dua tetangga. Pandai menjahit.", "f_keluhan": "nyeri",
        "p_tidur": "3", "p_takut": "3", "p_ingat": "2", "p_kosong": "1", "p_marah": "1",
        "p_fungsi": "2", "p_mati": "tidak", "s_aman": "ya", "s_tanggungan": "2", "e_makan": "ya",
    }),
    Filling("ibu dua anak", "rk12_hambatan", 43, {
        "macam": "ruang biaya", "tahap": "asesmen", "akibat": "tertunda", "tindak": "baru",
    }),
    Filling("ancaman foto", "rk12_hambatan", 300, {
        "macam": "penuh", "tahap": "layanan", "akibat": "mengulang", "tindak": "dibahas",
    }),
)  # fmt: skip


def load(staff: Sequence[LoadedStaff], *, now: datetime) -> None:
    """Have the companion of these cases fill the forms, oldest first."""
    person = next(each for each in staff if each.entry.username == "tiara")
    by = network.get_live_actor(user_id=person.user_id, agency_id=person.agency_id)
    if by is None:
        raise LookupError("the demonstration has no companion")
    for filling in sorted(FILLINGS, key=lambda each: -each.hours_ago):
        _fill(filling, by, now - timedelta(hours=filling.hours_ago))


def _fill(filling: Filling, by: Actor, at: datetime) -> None:
    with acting(by):
        file = next(f for f in queries.list_files(by).covers if f.work_label == filling.label)
        version = assessments.get_published(filling.form)
        form = assessments.read_form(version).form
        paths = {item.name: path for path, item in form.items.items()}
        tree: dict[str, Any] = {"end": at.isoformat(), "meta": {"instanceID": f"uuid:{uuid4()}"}}
        for name, value in {**_OPENING, **filling.answers}.items():
            *groups, last = paths[name].split("/")[2:]
            place = tree
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = value
        made = (
            f'<{form.root} id="{form.code}" version="{form.version}">{_markup(tree)}</{form.root}>'
        )
        cases.receive_filling(
            form=version, instance_xml=made.encode(), case=file.case, by=by, at=at, source="desk"
        )


def _markup(tree: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_markup(value) if isinstance(value, Mapping) else escape(value)}</{name}>"
        for name, value in tree.items()
    )
