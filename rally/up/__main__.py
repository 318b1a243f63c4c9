"""`python -m rally.up`: start everything and watch over it until told to stop."""

import sys

from rally.up.refusal import Refusal, answer
from rally.up.supervisor import main

if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as why:
        sys.exit(answer(why))
