"""`python -m rally.up.web`: the web server, one process of threads behind one acceptor.

Threads live as long as the server allows, because each keeps its database connection.
"""

import os

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.log import LogLevels
from granian.server import MPServer

from rally.up import tls
from rally.up.place import BASE

THREADS = 8
IDLE_SECONDS = 600
FINISH_SECONDS = 3


def server() -> MPServer:
    """Granian with HTTP/1 only, over TLS when a pair of files is given; a worker that dies ends
    the server, and `up` starts it anew."""
    pair = tls.read(os.environ, BASE)
    return MPServer(
        "rally.wsgi:application",
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=int(os.environ.get("RALLY_WEB_THREADS", THREADS)),
        blocking_threads_idle_timeout=IDLE_SECONDS,
        backlog=1024,
        workers_kill_timeout=FINISH_SECONDS,
        ssl_cert=pair.cert if pair else None,
        ssl_key=pair.key if pair else None,
        ssl_protocol_min=SSLProtocols.tls12,
        log_level=LogLevels.error,
    )


if __name__ == "__main__":
    server().serve()
