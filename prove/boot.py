"""`python -m prove.boot MODULE [arguments]`: run a part's `main` with Django ready."""

import importlib
import os
import sys

import django


def main() -> int:
    """Set up, then hand over."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prove.settings")
    django.setup()
    return int(importlib.import_module(sys.argv[1]).main(sys.argv[2:]) or 0)


if __name__ == "__main__":
    sys.exit(main())
