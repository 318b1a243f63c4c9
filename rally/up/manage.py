"""`python -m rally.up.manage COMMAND`: Django's commands in the environment `up` runs in.

A command that calls Stripe thus finds the simulator of this installation, and one that prints
addresses prints those of the running site. Nothing is printed besides what the command prints.
"""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from rally.up import dotenv, environment, place
from rally.up.loading import refusing
from rally.up.place import BASE
from rally.up.refusal import Refusal, answer

NOT_FOR_PRODUCTION = 2
MISSING_TABLE = ("no such table", 'relation "')


def main() -> None:
    """Refuses like `up` does; an error of the command itself is Django's to report."""
    dotenv.load(BASE / ".env", os.environ)
    if sys.argv[1:2] == ["demo"] and os.environ.get("RALLY_ENV") == "production":
        # Before the settings are read: what production lacks besides is not the point here.
        answer(Refusal("The demo is not for production: RALLY_ENV=production is set."))
        sys.exit(NOT_FOR_PRODUCTION)
    where = place.read(os.environ)
    found = place.running(where.var)
    if os.environ.get("PORT", found.get("PORT")) == found.get("PORT"):
        os.environ.update(found)
        where = place.read(os.environ)
    place.check_writable(where.var)
    simulated = environment.simulated(os.environ)
    environment.complete(
        where, os.environ, environment.remembered_port(where.var) if simulated else 0
    )
    try:
        with refusing():
            execute_from_command_line(["./run manage", *sys.argv[1:]])
    except (OperationalError, ProgrammingError) as why:
        first = str(why).splitlines()[0]
        if any(words in first for words in MISSING_TABLE):
            raise Refusal(
                "The database isn't prepared yet: start ./run once, or use ./run manage migrate."
            ) from None
        raise Refusal(f"The database: {first}.") from None


if __name__ == "__main__":
    try:
        main()
    except Refusal as why:
        sys.exit(answer(why))
