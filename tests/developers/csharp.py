"""Mono's compiler, where there is one: not what the tests need, so nothing installs it."""

import shutil
import subprocess
from pathlib import Path

import pytest

MCS, MONO = shutil.which("mcs"), shutil.which("mono")
compiled = pytest.mark.skipif(
    MCS is None, reason="no C# compiler here (Debian: apt-get install mono-mcs)"
)
run = pytest.mark.skipif(
    MCS is None or MONO is None,
    reason="no C# here (Debian: apt-get install mono-mcs libmono-system-net-http4.0-cil)",
)


def compile_program(code: str, folder: Path) -> Path:
    """The program made of the text; warnings are errors."""
    source, program = folder / "example.cs", folder / "example.exe"
    source.write_text(code)
    done = subprocess.run(
        [str(MCS), "-warnaserror", "-r:System.Net.Http.dll", f"-out:{program}", str(source)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, f"{code}\n{done.stdout}\n{done.stderr}"
    return program
