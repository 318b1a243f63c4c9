"""`python -m rally.up.child MODULE`: run MODULE as a program that ends with its starter."""

import runpy
import sys

from rally.up import lifeline

if __name__ == "__main__":
    lifeline.hold()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
