"""The one way set-up says no: a sentence on stderr and exit code 1, never a traceback."""

import sys


class Refusal(Exception):
    """Something the person at the keyboard can put right; its text is one whole sentence."""


def answer(why: Exception) -> int:
    """Print the sentence on one line and give the exit code."""
    print(" ".join(str(why).split()), file=sys.stderr, flush=True)
    return 1
