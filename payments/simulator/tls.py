"""Encryption with the certificate of the site beside which the simulator runs."""

from __future__ import annotations

import ssl


def serving(cert: str, key: str) -> ssl.SSLContext | None:
    """The server's side; None without files. Raises OSError for files that don't work."""
    if not (cert and key):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


def trusting(cert: str) -> ssl.SSLContext | None:
    """The client's side towards the site: exactly its certificate, by whatever name we reach it.

    Without a file the machine's authorities decide, as always.
    """
    if not cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cert)
    return context
