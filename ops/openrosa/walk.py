"""Walk every form of a running house over OpenRosa with ODK Collect's own engine, and send them.

    .venv/bin/python ops/openrosa/walk.py http://127.0.0.1:8000/openrosa NAME PASSWORD RK-7F3K-9QXT

No OpenRosa client runs without Android. The nearest real thing: JavaRosa, the engine inside ODK
Collect (it comes in ODK Validate, which pyxform brings along), reads each form as it was
downloaded, walks through it question by question, and writes the filling as Collect writes it; curl
fetches and sends with Collect's headers, and asks before it sends. Needs Java (javac) and curl.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from defusedxml import ElementTree
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

_LIST: Final = "{http://openrosa.org/xforms/xformsList}"
_SAID: Final = "{http://openrosa.org/http/response}message"
_SOURCE: Final = Path(__file__).with_name("WalkForm.java")


class House:
    """A house as a phone reaches it: every call is one of curl's."""

    def __init__(self, address: str, name: str, password: str, folder: Path) -> None:
        self.address, self.folder = address.rstrip("/"), folder
        # A command line is read by everybody on the machine; a file of 0600 is not.
        self.secret = folder / "secret"
        self.secret.touch(mode=0o600)
        self.secret.write_text(f'user = "{name}:{password}"\n', encoding="ascii")

    def ask(self, address: str, *more: str) -> tuple[int, bytes]:
        """Status and body."""
        out = self.folder / "answer"
        done = subprocess.run(
            ["curl", "--silent", "--basic", "--config", str(self.secret), "--output", str(out),
             "--write-out", "%{http_code}", "--header", "X-OpenRosa-Version: 1.0", "--user-agent",
             "org.odk.collect.android/walk Dalvik", *more, address],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return int(done.stdout), out.read_bytes() if out.exists() else b""

    def forms(self) -> dict[str, str]:
        """Form id → where it is downloaded."""
        status, body = self.ask(f"{self.address}/formList")
        if status != 200:
            raise SystemExit(f"the list of forms was refused: {status}")
        rows = ElementTree.fromstring(body)
        return {
            row.findtext(f"{_LIST}formID"): row.findtext(f"{_LIST}downloadUrl") for row in rows
        }  # fmt: skip

    def send(self, filling: Path) -> int:
        """HEAD, then POST in pieces, as a phone that does not know how long its body is."""
        status, _body = self.ask(f"{self.address}/submission", "--head")
        if status != 204:
            return status
        status, body = self.ask(
            f"{self.address}/submission", "--header", "Transfer-Encoding: chunked", "--form",
            f"xml_submission_file=@{filling};type=text/xml",
        )  # fmt: skip
        if status != 201:
            sys.stdout.write(f"{ElementTree.fromstring(body).findtext(_SAID)}\n")
        return status


def main(address: str, name: str, password: str, number: str, each: str = "3") -> int:
    """Walk each form so many times; 1 where a filling was not taken."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run(
            ["javac", "-nowarn", "-d", temporary, "-cp", ODK_VALIDATE_PATH, str(_SOURCE)],
            check=True,
        )
        house = House(address, name, password, folder)
        for code, download in house.forms().items():
            form = folder / f"{code}.xml"
            form.write_bytes(house.ask(download)[1])
            for seed in range(int(each)):
                filling = folder / f"{code}-{seed}.xml"
                asked = _walked(form, filling, number, seed, temporary)
                status = house.send(filling)
                again = house.send(filling)
                wrong += (status, again) != (201, 201)
                sys.stdout.write(f"{code:24} {asked:4} questions  {status} and again {again}\n")
    return 1 if wrong else 0


def _walked(form: Path, filling: Path, number: str, seed: int, classes: str) -> int:
    done = subprocess.run(
        ["java", "-cp", f"{classes}:{ODK_VALIDATE_PATH}", "WalkForm", str(form), str(filling),
         number, str(seed)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(done.stdout.split()[-1])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
