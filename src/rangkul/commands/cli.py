"""Parses the command line and hands over; each command lives in a module of its own."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from rangkul import __version__

# Command → (module, one line of help). Modules offer ``arguments(parser)`` and ``run(options)``.
COMMANDS = {
    "run": ("run", "start everything on this machine with the embedded database"),
    "demo": ("run", "the same, with the demonstration"),
    "migrate": ("migrate", "bring the database and its reference data up to date (as owner)"),
    "roles": ("roles", "create the three database roles and the database (as superuser)"),
    "init": ("init", "create the first administrator of an empty system"),
    "agency": ("agency", "add, list and end agencies; give the roles that come from above"),
    "web": ("serve", "serve the web application alone"),
    "worker": ("serve", "run the jobs alone"),
    "synth": ("synth.command", "fill a database with an invented country"),
    "messages": ("messages", "check and compile the translations"),
    "openapi": ("openapi", "print the API's description"),
    "keys": ("keys", "what wraps the data keys: a new key, rotation, retirement"),
    "backup": ("backup", "dump the data and the key store, apart, with their manifests"),
    "restore": ("restore", "put both dumps back; what was destroyed since stays destroyed"),
    "register": ("register", "the register of processing, from the code (UU 27/2022 art. 31)"),
    "breach": ("breach", "who, what, when and whom to tell, sealed to one recipient"),
    "export": ("export", "which export a marked row came from, who made it and for whom"),
    "directory": ("directory", "the directory of services out to files of HSDS 3.0, and in"),
    "doctor": ("doctor", "what an operator must know: ring, worker, trail, backup, scanner, TLS"),
    "trail": ("trail", "seal and verify the record of acts; go on after a restore"),
    "token": ("token", "make, list and withdraw the API's tokens"),
}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; importing a command's module waits until it is asked for."""
    parser = argparse.ArgumentParser(prog="rangkul", description="Rangkul on the command line.")
    parser.add_argument("--version", action="version", version=f"rangkul {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        commands.add_parser(name, help=text, add_help=False).set_defaults(module=module)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 is success, 1 a fault with a sentence, 2 a wrong call."""
    words = list(sys.argv[1:] if argv is None else argv)
    chosen, rest = build_parser().parse_known_args(words[:1])[0], words[1:]
    module = importlib.import_module(f"rangkul.commands.{chosen.module}")
    own = argparse.ArgumentParser(
        prog=f"rangkul {chosen.command}", description=COMMANDS[chosen.command][1]
    )
    module.arguments(own)
    options = own.parse_args(rest)
    options.command = chosen.command
    from rangkul.foundation.errors import RangkulError

    try:
        return int(module.run(options) or 0)
    except RangkulError as fault:
        print(f"rangkul: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def setup_django() -> None:
    """Make Django ready; a configuration fault ends with its sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    from rangkul.foundation.errors import RangkulError

    if apps.ready:
        # A second time would open the log anew, on whatever stream is there now.
        return
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        raise RangkulError(str(fault)) from fault


if __name__ == "__main__":
    sys.exit(main())
