"""How much memory processes hold, as the system counts it."""

import subprocess


def resident() -> dict[int, tuple[int, int]]:
    """Each process's parent and resident memory in bytes."""
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True
    ).stdout
    rows = (map(int, line.split()) for line in listing.splitlines())
    return {pid: (parent, kilobytes * 1024) for pid, parent, kilobytes in rows}


def family(pid: int) -> dict[int, int]:
    """A process and all that come of it, with their resident memory."""
    everybody, found, grown = resident(), {pid}, True
    while grown:
        more = {one for one, (parent, _) in everybody.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return {one: everybody[one][1] for one in found if one in everybody}
