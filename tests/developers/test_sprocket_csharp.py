"""Every C# example of Sprocket's pages compiles as printed."""

from pathlib import Path

import pytest

from rally.api.sprocket.calls import Endpoint
from rally.api.sprocket.endpoints import ENDPOINTS
from rally.web.developers.sprocket import snippets
from tests.developers import csharp


@csharp.compiled
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)
def test_an_example_compiles_as_printed(endpoint: Endpoint, tmp_path: Path) -> None:
    [example] = [one for one in snippets.of(endpoint) if one.label == "C#"]
    assert csharp.compile_program(example.code, tmp_path).exists()


@csharp.compiled
def test_what_is_no_program_does_not_compile(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="error CS"):
        csharp.compile_program(snippets.csharp(ENDPOINTS[0]).replace(";", "", 1), tmp_path)
