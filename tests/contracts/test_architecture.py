"""The rules of the house, read off the source: floors, rooms, and what never stands in them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from tests.contracts import source

_FORBIDDEN = {"utils", "util", "helpers", "helper", "services", "service", "signals", "managers",
              "manager", "common", "misc", "base", "core", "shared", "tools"}  # fmt: skip
# A noun of the domain: what an office offers a survivor, not a layer of the program.
_DOMAIN_NOUNS = {Path("reference/services.py")}
_FACES = {"desk", "portal", "field", "api", "jobs"}
_LONGEST_FILE = 700
_LONGEST_FUNCTION = 60


def _rangkul_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("rangkul.")]


def _lint_imports(*, config: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config"]
    return subprocess.run(
        [*command, str(config)], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_a_package_imports_only_what_stands_below_it() -> None:
    done = _lint_imports(config=source.ROOT / ".importlinter", cwd=source.ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contract_ignores_nothing_and_knows_every_package() -> None:
    text = (source.ROOT / ".importlinter").read_text(encoding="utf-8")
    assert "ignore_imports" not in text
    assert "exhaustive = true" in text
    rooms = {p.name for p in source.PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert rooms - set(source.floors()) == set()


def test_an_import_upwards_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a package of two floors whose lower one looks up."""
    for name, content in {
        "__init__": '"""House."""', "above": '"""Above."""',
        "below": '"""Below."""\nfrom twofloors import above\n',
    }.items():  # fmt: skip
        (tmp_path / "twofloors").mkdir(exist_ok=True)
        (tmp_path / "twofloors" / f"{name}.py").write_text(content)
    config = tmp_path / ".importlinter"
    config.write_text(
        "[importlinter]\nroot_package = twofloors\n"
        "[importlinter:contract:floors]\nname = f\ntype = layers\ncontainers =\n    twofloors\n"
        "layers =\n    above\n    below\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = _lint_imports(config=config, cwd=tmp_path)
    assert done.returncode == 1
    assert "twofloors.below" in done.stdout


def test_no_relation_points_upwards() -> None:
    """Not even by a string: the import order cannot see those."""
    floors, wrong = source.floors(), []
    for model in _rangkul_models():
        own = model._meta.app_label
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = field.related_model
            if not isinstance(target, type) or not target.__module__.startswith("rangkul."):
                continue
            other = target._meta.app_label
            if other != own and floors[other] >= floors[own]:
                wrong.append(f"{own}.{model.__name__}.{field.name} → {other}")
    assert wrong == []


def test_no_query_spans_upwards() -> None:
    """A lookup through a reverse relation ("case__file") reads a table of a higher floor."""
    owners = {
        relation.name: relation.related_model._meta.app_label
        for model in _rangkul_models()
        for relation in model._meta.related_objects
        if isinstance(relation.related_model, type)
    }
    floors, wrong = source.floors(), []
    for path, tree in source.modules().items():
        own = source.package_of(path)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                continue
            if "__" not in node.value or not node.value.replace("_", "").isalnum():
                continue
            wrong += [
                f"{path}:{node.lineno} {node.value} → {owners[part]}"
                for part in node.value.lstrip("-").split("__")
                if part in owners and floors[owners[part]] > floors.get(own, 99)
            ]
    assert wrong == []


def test_no_room_is_called_by_what_it_is_not() -> None:
    wrong = [
        path
        for path in source.modules()
        if (path.stem in _FORBIDDEN or set(path.parts[:-1]) & _FORBIDDEN)
        and path not in _DOMAIN_NOUNS
    ]
    assert wrong == []


def test_models_stand_in_models_only() -> None:
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in source.modules().items()
        if "models" not in path.parts and path.stem != "models"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) in {"models.Model", "Model", "CaseRow"} for base in node.bases)
    ]
    assert wrong == []


def test_tables_are_asked_only_inside_their_own_package() -> None:
    """The operator's commands load and make data as the owner: they alone write others' tables."""
    wrong = []
    for path, tree in source.modules().items():
        own, named = source.package_of(path), source.imported_models(tree)
        for node in ast.walk(tree):
            if (
                own != "commands"
                and isinstance(node, ast.Attribute)
                and node.attr in {"objects", "_default_manager", "_base_manager"}
                and isinstance(node.value, ast.Name)
                and named.get(node.value.id, own) != own
            ):
                wrong.append(f"{path}:{node.lineno} {node.value.id}.{node.attr}")
    assert wrong == []


def test_faces_name_models_but_ask_them_nothing() -> None:
    """A face asks queries and calls operations. It may name a model in an annotation, in a relation
    of its own, or for one of its constants (``Person.SURVIVOR``); no more."""
    wrong = []
    for path, tree in source.modules().items():
        own = source.package_of(path)
        if own not in _FACES or path.stem == "models":
            continue
        foreign = {name for name, where in source.imported_models(tree).items() if where != own}
        bare = source.without_annotations(tree)
        constants = {
            id(node.value)
            for node in ast.walk(bare)
            if isinstance(node, ast.Attribute) and (node.attr.isupper() or node.attr == "choices")
        }
        wrong += [
            f"{path}: {node.id}"
            for node in ast.walk(bare)
            if isinstance(node, ast.Name) and node.id in foreign and id(node) not in constants
        ]
    assert wrong == []


def test_queries_write_nothing() -> None:
    """What changes a row stands in operations."""
    writes = {"create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create",
              "update_or_create"}  # fmt: skip
    wrong = [
        f"{path}:{node.lineno} {ast.unparse(node.func)}"
        for path, tree in source.modules().items()
        if path.stem in {"queries", "policy"} or "queries" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in writes
        and "objects" in ast.unparse(node.func)
    ]
    assert wrong == []


def test_no_model_form_no_admin_no_signal() -> None:
    forbidden = ("django.contrib.admin", "django.db.models.signals", "django.dispatch",
                 "django.core.signals")  # fmt: skip
    wrong = []
    for path, tree in source.modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(forbidden):
                wrong.append(f"{path}:{node.lineno} {node.module}")
            if isinstance(node, ast.Import):
                wrong += [
                    f"{path}:{node.lineno} {a.name}"
                    for a in node.names
                    if a.name.startswith(forbidden)
                ]
            if isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).endswith(
                ("ModelForm", "modelform_factory", "ModelAdmin")
            ):
                wrong.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    assert wrong == []


def test_models_do_nothing_when_saved() -> None:
    forbidden = {"save", "delete", "full_clean", "clean", "__init__"}
    wrong = [
        f"{path}:{item.lineno} {node.name}.{item.name}"
        for path, tree in source.modules().items()
        if path.stem == "models" or "models" in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.FunctionDef) and item.name in forbidden
    ]
    assert wrong == []


@pytest.mark.parametrize("model", _rangkul_models(), ids=lambda m: m._meta.label)
def test_each_field_is_declared_public_personal_or_sealed_once(model: type[models.Model]) -> None:
    assert _privacy_faults(model) == []


def test_an_undeclared_field_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted, one of each kind."""
    model: Any = apps.get_model("people", "Person")
    kept = model.Privacy

    def faults(**changes: tuple[str, ...]) -> list[str]:
        declared = {name: getattr(kept, name) for name in ("public", "personal", "sealed")}
        monkeypatch.setattr(model, "Privacy", type("Privacy", (), declared | changes))
        return _privacy_faults(model)

    assert faults() == []
    assert faults(public=kept.public[1:]) == ["id: undeclared"]
    assert faults(personal=(*kept.personal, "id")) == ["id: declared twice"]
    assert faults(sealed=(*kept.sealed, "ghost")) == ["ghost: no such field"]
    assert faults(
        personal=tuple(f for f in kept.personal if f != "sex"), sealed=(*kept.sealed, "sex")
    ) == ["sex: sealed, yet not bytes"]
    assert faults(
        sealed=tuple(f for f in kept.sealed if f != "contact_sealed"),
        personal=(*kept.personal, "contact_sealed"),
    ) == ["contact_sealed: named sealed, declared otherwise"]


def _privacy_faults(model: type[models.Model]) -> list[str]:
    privacy = getattr(model, "Privacy", None)
    if privacy is None:
        return ["no class Privacy"]
    declared = [*privacy.public, *privacy.personal, *privacy.sealed]
    fields = {f.name: f for f in (*model._meta.concrete_fields, *model._meta.local_many_to_many)}
    faults = [f"{name}: undeclared" for name in fields if name not in declared]
    faults += [f"{name}: no such field" for name in declared if name not in fields]
    faults += sorted({f"{n}: declared twice" for n in declared if declared.count(n) > 1})
    faults += [
        f"{name}: sealed, yet not bytes"
        for name in privacy.sealed
        if name in fields and not isinstance(fields[name], models.BinaryField)
    ]
    faults += [
        f"{name}: named sealed, declared otherwise"
        for name in fields
        if name.endswith("_sealed") and name not in privacy.sealed
    ]
    return faults


def test_each_module_opens_with_its_duty() -> None:
    wrong = [
        str(path)
        for path, tree in source.modules().items()
        if not (ast.get_docstring(tree) or "").strip()
    ]
    assert wrong == []


def test_what_others_call_says_what_it_does() -> None:
    """Public functions of operations, queries and policy carry a docstring."""
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in source.modules().items()
        if {path.stem, *path.parts[:-1]} & {"operations", "queries", "policy"}
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert wrong == []


def test_writes_take_keywords() -> None:
    """A transaction is begun by name: nobody swaps two ids. ``actor`` alone may come first."""
    wrong = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in source.modules().items()
        if path.stem == "operations" or "operations" in path.parts
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list)
        and [arg.arg for arg in node.args.posonlyargs + node.args.args] not in ([], ["actor"])
    ]
    assert wrong == []


def test_no_file_has_grown_beyond_reading(
    record_property: Callable[[str, object], None],
) -> None:
    """Long functions and files are reported (``--junitxml``); only a very long file fails."""
    long_functions = [
        f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path, tree in source.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > _LONGEST_FUNCTION
    ]
    lines = {
        str(path): len((source.PACKAGE / path).read_text(encoding="utf-8").splitlines())
        for path in source.modules()
    }
    record_property("functions beyond 60 lines", long_functions)
    record_property("files beyond 500 lines", [f"{p}: {n}" for p, n in lines.items() if n > 500])
    assert {path: n for path, n in lines.items() if n > _LONGEST_FILE} == {}
