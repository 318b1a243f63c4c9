"""Where organizers arrive, and what belongs to the organization itself."""

from tests.organizers.table import ADMINS, EVERYBODY, MEMBERS, OWNERS, RUNNERS, SIGNED_IN, Row

BOTH = ("GET", "POST")


def of(thing: str):
    """Addresses of one thing of ours, and of the same kind of thing of theirs."""

    def args(world):
        found = getattr(world, thing)
        return [world.ours.code, getattr(found, "public_id", found.pk)]

    return args


def about(name: str, may: frozenset[str], thing: str, methods=BOTH, **more) -> Row:
    return Row(name, may, args=of(thing), foreign=of(f"their_{thing}"), methods=methods, **more)


ROWS = [
    Row("start", SIGNED_IN, args=lambda w: []),
    Row("organization-new", SIGNED_IN, args=lambda w: [], methods=BOTH),
    Row("find", SIGNED_IN, args=lambda w: []),
    # Whether an organization exists is no secret: its code stands on its public pages.
    Row("ask", SIGNED_IN, methods=BOTH),
    Row("join-code", SIGNED_IN, args=lambda w: [], methods=BOTH),
    # The secret is the right. Whoever has it sees it, and has to sign in to use it.
    Row("join", EVERYBODY, args=lambda w: [w.secret]),
    Row("overview", MEMBERS),
    Row("leave", MEMBERS, methods=BOTH),
    # Who runs campaigns alone is led on to the supporters.
    Row("people", RUNNERS | {"limited"}),
    Row("roles", MEMBERS),
    Row("invite", ADMINS, methods=BOTH, data={"role": "viewer"}),
    about("member", ADMINS, "membership", data={"role": "viewer"}),
    about("member-remove", ADMINS, "membership"),
    about("hand-over", OWNERS, "membership"),
    about("request", ADMINS, "request"),
    about("invitation", ADMINS, "invitation", methods=("GET",)),
    about("invitation-revoke", ADMINS, "invitation"),
    Row("settings", ADMINS, methods=BOTH),
    Row("settings-money", OWNERS, methods=BOTH),
]
