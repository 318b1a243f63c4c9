"""All rows of the table: every module here has ROWS."""

import importlib
import pkgutil

from tests.organizers.table import Row

ROWS: list[Row] = [
    row
    for found in pkgutil.iter_modules(__path__)
    for row in importlib.import_module(f"{__name__}.{found.name}").ROWS
]
