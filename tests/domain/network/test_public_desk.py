"""Where what the public writes arrives: the nearest desk that is open, never one that was named."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.people import INTAKE_DESK, JATENG, NOW, SEMARANG, Cast
from tests.rows import as_owner

from rangkul.network import queries as network

PROVINCE = 9401
NIGHT = NOW + timedelta(hours=14)


@pytest.fixture
def province(committed_db: None, cast: Cast) -> None:
    """The place's own desk by day, one of the province around the clock."""
    with as_owner() as owner:
        owner.execute(
            "update network_desk set always_open = false, hours = %s where id = %s",
            ['{"1": [["08:00", "16:00"]]}', INTAKE_DESK[SEMARANG]],
        )
        owner.execute(
            "insert into network_desk (id, agency_id, code, name, always_open, hours, languages, "
            "serves, accessible, phone, whatsapp, website, address, access_notes, hours_note, "
            "takes_reports, active, listed, changed_at, version) values (%s, %s, 'uji-provinsi', "
            "'Provinsi', true, '{}', '{}', '{}', false, '', '', '', '', '', '', true, true, true, "
            "now(), 1)",
            [PROVINCE, JATENG],
        )
        owner.execute(
            "update network_membership set roles = '{petugas_pengaduan}', desk_ids = %s "
            "where user_id = %s",
            [[PROVINCE], cast.retno.user_id],
        )
        owner.commit()


def routed(at: datetime, *besides: int, area: str = "33.74") -> int | None:
    desk = network.public_desk(area, needs=(), at=at, besides=besides)
    return desk.id if desk else None


def test_by_day_the_place_by_night_the_province(province: None) -> None:
    assert routed(NOW) == INTAKE_DESK[SEMARANG]
    assert routed(NIGHT) == PROVINCE


def test_a_named_agency_never_receives(province: None) -> None:
    assert routed(NOW, SEMARANG) == PROVINCE
    assert routed(NIGHT, JATENG) == INTAKE_DESK[SEMARANG]
    assert routed(NOW, SEMARANG, JATENG) is None


def test_a_desk_without_anybody_receives_nothing(province: None) -> None:
    with as_owner() as owner:
        owner.execute("update network_membership set desk_ids = '{}' where agency_id = %s",
                      [SEMARANG])  # fmt: skip
        owner.commit()
    assert routed(NOW) == PROVINCE
    assert routed(NOW, area="53.71") == INTAKE_DESK[9002]
