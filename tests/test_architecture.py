"""The shape of the code: who may write, who may look where, and how long things may get."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignObject, ManyToManyField

from tests.services import BASE

APPS = ("accounts", "campaigns", "boards", "payments")
# Tests have a linter for the rest; what counts here is what people read first.
TREES = (*APPS, "rally", "bench")
ADAPTERS = ("rally/api", "rally/web")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
WRITES = {
    "save", "asave", "create", "acreate", "update", "aupdate", "delete", "adelete",
    "bulk_create", "bulk_update", "get_or_create", "update_or_create", "_raw_delete",
}  # fmt: skip
# These keys look up on purpose, by label: a role, given or offered, may be of one campaign or team.
LOOKS_UP = {
    "Membership.campaign", "Membership.team", "Invitation.campaign", "Invitation.team",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*trees: str) -> Iterator[Path]:
    for tree in trees:
        for path in sorted((BASE / tree).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


def parsed(*trees: str) -> Iterator[tuple[str, ast.Module]]:
    for path in files(*trees):
        yield str(path.relative_to(BASE)), ast.parse(path.read_text())


def found(lines: list[str]) -> None:
    assert not lines, "\n".join(["", *lines])


# Who writes -----------------------------------------------------------------------------------
class Writes(ast.NodeVisitor):
    """Finds calls that write through managers, querysets and model instances.

    A name is a model's if it is imported from a `models` module, a row's if it is annotated with
    a model or assigned from a model or a queryset. Everything else (dicts, sets, forms) isn't.
    """

    def __init__(self) -> None:
        self.models: set[str] = set()
        self.rows: set[str] = set()
        self.lines: list[int] = []

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if "models" in (node.module or "").split("."):
            self.models |= {name.asname or name.name for name in node.names}

    def visit_arg(self, node: ast.arg) -> None:
        if node.annotation and self._names(node.annotation) & self.models:
            self.rows.add(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and self._names(node.annotation) & self.models:
            self.rows.add(node.target.id)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if self._is_row(node.value):
            for target in node.targets:
                self.rows |= self._names(target)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        if self._is_row(node.iter):
            self.rows |= self._names(node.target)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        if self._is_row(node.value):
            self.rows |= self._names(node.target)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        method = node.func
        if (
            isinstance(method, ast.Attribute)
            and method.attr in WRITES
            and self._is_row(method.value)
        ):
            self.lines.append(node.lineno)
        self.generic_visit(node)

    def _is_row(self, node: ast.AST) -> bool:
        """Whether an expression comes from a model, a manager or a row."""
        if isinstance(node, ast.Name):
            return node.id in self.models | self.rows
        if isinstance(node, ast.Attribute):
            own = node.attr in {"objects", "_default_manager", "_base_manager", "user"}
            return own or self._is_row(node.value)
        if isinstance(node, ast.Call):
            return self._is_row(node.func)
        if isinstance(node, ast.Subscript | ast.Await | ast.Starred):
            return self._is_row(node.value)
        return False

    def _names(self, node: ast.AST) -> set[str]:
        return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def writes(tree: ast.AST) -> list[int]:
    """Line numbers of calls that write."""
    visitor = Writes()
    for _ in range(2):  # a name may be used above the place that tells what it is
        visitor.lines = []
        visitor.visit(tree)
    return visitor.lines


def test_adapters_call_verbs_and_never_write() -> None:
    found([f"{name}:{line}" for name, tree in parsed(*ADAPTERS) for line in writes(tree)])


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from boards.models import Hold\nHold.objects.filter(pk=1).update(phase='x')", 1),
        ("from boards.models import Hold\nHold.objects.create()", 1),
        ("from boards.models import Hold\nhold = Hold(pk=1)\nhold.save()", 1),
        ("from boards.models import Hold\ndef f(hold: Hold):\n    hold.claims.all().delete()", 1),
        ("from boards.models import Hold\nfor one in Hold.objects.all():\n    one.delete()", 1),
        ("def f(request):\n    request.user.save()", 1),
        ("seen = {}\nseen.update(a=1)\nset().update([1])\nform.save()\ncache.delete('a')", 0),
        ("from boards.models import Hold\nHold.objects.filter(pk=1).values()", 0),
    ],
)  # fmt: skip
def test_the_search_for_writes_knows_rows_from_dicts(source: str, count: int) -> None:
    assert len(writes(ast.parse(source))) == count


# Who looks where ------------------------------------------------------------------------------
def keys() -> Iterator[tuple[str, type, ForeignObject | ManyToManyField]]:
    """Keys of our models to models of other apps of ours."""
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            other = field.related_model
            label = other._meta.app_label if isinstance(other, type) else ""
            if label in APPS and label != model._meta.app_label:
                yield f"{model.__name__}.{field.name}", other, field


def test_keys_to_other_apps_have_no_way_back() -> None:
    found([name for name, _, field in keys() if not field.remote_field.hidden])


def test_keys_point_down() -> None:
    for name, other, field in keys():
        down = APPS.index(other._meta.app_label) < APPS.index(field.model._meta.app_label)
        assert down != (name in LOOKS_UP), name


def test_the_search_for_keys_finds_some() -> None:
    assert {name for name, _, _ in keys()} >= LOOKS_UP | {"Board.campaign", "Checkout.hold"}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_only_the_gateway_imports_stripe() -> None:
    found(
        [
            name
            for name, tree in parsed(*APPS, "rally")
            if not name.startswith("payments/simulator/") and name != "payments/gateway.py"
            if any(one.split(".")[0] == "stripe" for one in imports(tree))
        ]
    )


def test_nothing_happens_by_signals_of_our_own() -> None:
    banned = ("django.dispatch", "django.db.models.signals", "blinker")
    found(
        [
            f"{name}: {one}"
            for name, tree in parsed(*APPS, "rally")
            for one in imports(tree)
            if one.startswith(banned)
        ]
    )


def test_no_import_is_deferred() -> None:
    found(
        [
            f"{name}:{inner.lineno}"
            for name, tree in parsed(*TREES)
            for node in ast.walk(tree)
            if isinstance(node, Function)
            for inner in ast.walk(node)
            if isinstance(inner, ast.Import | ast.ImportFrom)
        ]
    )


CLOCKS = {
    "timezone.now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "timezone.localtime", "timezone.localdate",
}  # fmt: skip


def test_only_the_clock_knows_what_time_it_is() -> None:
    """The simulator is somebody else's machine and has a clock of its own."""
    lines = []
    for name, tree in parsed(*APPS, "rally"):
        if name == "rally/kit/clock.py" or name.startswith("payments/simulator/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value).split(".")[-1]
                if f"{owner}.{node.func.attr}" in CLOCKS:
                    lines.append(f"{name}:{node.lineno}")
    found(lines)


# What is silenced -----------------------------------------------------------------------------
SILENCED = re.compile(
    r"# (?:noqa(?:: [A-Z0-9, ]+)?|type: ignore(?:\[[\w, -]*\])?|nosec\b(?: B\d+)?)(?P<why>.*)$"
    r"|djlint:off [A-Z0-9, ]+#\}(?P<told>.*)$"
)


def without_reason(text: str) -> list[int]:
    """Lines that silence a check, with no reason behind it nor in a comment right above."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        silenced = SILENCED.search(line)
        if silenced is None or re.search(r"\w", silenced["why"] or silenced["told"] or ""):
            continue
        if number == 1 or not lines[number - 2].lstrip().startswith("#"):
            found.append(number)
    return found


def test_a_silenced_check_has_a_reason_beside_it() -> None:
    python = files(*TREES, "tests", "prove")
    read = [*python, *sorted((BASE / "templates").rglob("*.html"))]
    read = [path for path in read if Path(path).name != Path(__file__).name]  # its examples
    found([f"{path}:{number}" for path in read for number in without_reason(path.read_text())])


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import a  # noqa: F401", [1]),
        ("import a  # noqa", [1]),
        ("import a  # noqa: F401, E402  # for its effects", []),
        ("# The stubs don't know it.\nb = a.c  # type: ignore[attr-defined]", []),
        ("a = 1\nb = a.c  # type: ignore[attr-defined,misc]", [2]),
        ("b = a.c  # type: ignore[attr-defined]  # annotated", []),
        ("{# djlint:off H021 #}", [1]),
        ("{# djlint:off H021 #}{# Mail programs know no style sheets. #}", []),
    ],
)
def test_the_search_for_silenced_checks_knows_a_reason(source: str, lines: list[int]) -> None:
    assert without_reason(source) == lines


# How long -------------------------------------------------------------------------------------
def test_files_stay_readable() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in files(*TREES, "tests")}
    found([f"{path}: {n}" for path, n in lengths.items() if n > LONGEST_FILE])


def test_functions_stay_readable() -> None:
    found(
        [
            f"{name}:{node.lineno} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
            for name, tree in parsed(*TREES)
            for node in ast.walk(tree)
            if isinstance(node, Function)
            and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
        ]
    )
