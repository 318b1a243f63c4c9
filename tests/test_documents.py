"""The documents say what the code does: settings, version, licence, links that lead somewhere."""

import ast
import hashlib
import itertools
import re
import subprocess

import pytest

from rally import __version__, env
from rally.up import dotenv
from tests.services import BASE

READERS = {name for name in vars(env) if name in {"text", "flag", "number", "names"}}
OURS = re.compile(r"(RALLY|STRIPE|EMAIL)_[A-Z_]+|HOST|PORT|TLS_(CERT|KEY)|DATABASE_URL|REDIS_URL")
EXAMPLE = re.compile(r"^#([A-Z_]+)=(.*)$", re.MULTILINE)
ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`(.*?)`)? *\| (\S.*?) \|$", re.MULTILINE)
INSIDE = "## Set by `./run` itself"
# Defaults that are worked out from others in the code, as the documents put them.
WORKED_OUT = {"RALLY_VAR": "var", "RALLY_BASE_URL": "http://127.0.0.1:8000"}
WORDS = {True: "on", False: "off"}
LICENCE = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md") for path in BASE.glob(pattern)
)  # fmt: skip


def read(name):
    return (BASE / name).read_text()


def in_settings():
    """Name and default of each variable that rally/settings.py asks `rally.env` for."""
    found = {}
    for node in ast.walk(ast.parse(read("rally/settings.py"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "env" and node.func.attr in READERS:
            name = ast.literal_eval(node.args[0])
            default = node.args[1] if len(node.args) > 1 else ast.Constant("")
            value = default.value if isinstance(default, ast.Constant) else None
            words = WORDS[value] if isinstance(value, bool) else str(value)
            found[name] = WORKED_OUT.get(name, words)
    return found


def elsewhere():
    """Each variable of ours that set-up, web server, worker and kit name."""
    names = set()
    for folder in ("rally/up", "rally/kit", "rally"):
        for path in (BASE / folder).glob("*.py"):
            if path == BASE / "rally/settings.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names |= {node.value} if OURS.fullmatch(node.value) else set()
    return names


def example():
    return dict(EXAMPLE.findall(read(".env.example")))


def tables():
    """The rows of docs/settings.md: for people, and for `./run` itself."""
    outside, inside = read("docs/settings.md").split(INSIDE)
    return tuple({name: value for name, value, _words in ROW.findall(part)}
                 for part in (outside, inside))  # fmt: skip


def test_the_example_names_every_variable_and_no_other():
    _outside, inside = tables()
    assert set(example()) == (set(in_settings()) | elsewhere()) - set(inside)
    assert not set(example()) & set(inside)


def test_the_example_gives_the_defaults_of_the_settings():
    _outside, inside = tables()
    wanted = {name: value for name, value in in_settings().items() if name not in inside}
    assert {name: example()[name] for name in wanted} == wanted


def test_the_example_can_be_used_as_it_is_and_line_by_line():
    assert dotenv.parse(read(".env.example")) == {}
    typed = dotenv.parse(EXAMPLE.sub(r"\1=\2", read(".env.example")))
    assert typed.keys() == example().keys()
    assert typed["RALLY_MAIL_FROM"] == in_settings()["RALLY_MAIL_FROM"]


def test_every_variable_has_a_sentence():
    lines = read(".env.example").splitlines()
    for before, line in itertools.pairwise(lines):
        if EXAMPLE.match(line):
            assert before.startswith("# ") and before.endswith("."), line


def test_the_settings_page_agrees_with_the_example():
    outside, inside = tables()
    assert outside == example()
    assert set(inside) <= set(in_settings()) | elsewhere()


def test_the_newest_version_in_the_change_log_is_the_program_s():
    assert re.search(r"^## \[(\d+\.\d+\.\d+)\]", read("CHANGELOG.md"), re.MULTILINE)[1] == (
        __version__
    )
    assert f'version = "{__version__}"' in read("pyproject.toml")


def test_the_licence_is_the_unchanged_agpl():
    text = (BASE / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == LICENCE
    assert text.count(b"\n") == 661
    assert "Copyright (C) 2026 the Rally contributors" in read("README.md")
    assert 'license = "AGPL-3.0-or-later"' in read("pyproject.toml")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(BASE)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target


def test_decisions_are_numbered_without_gaps_and_say_what_follows():
    pages = sorted((BASE / "docs/decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {int(page.name[:4])}. "), page
        assert "## Decision" in text and "## Consequences" in text, page
        assert len(text.splitlines()) <= 60, page


def test_the_readme_s_commands_are_verbs_of_run():
    said = set(re.findall(r"\./run (\w+)", read("README.md") + read("CONTRIBUTING.md")))
    told = subprocess.run(["./run", "help"], cwd=BASE, capture_output=True, text=True, check=True)
    assert said and all(f"./run {verb}" in told.stdout for verb in said)


def test_the_picture_is_small():
    assert (BASE / "docs/board.png").stat().st_size < 200_000
