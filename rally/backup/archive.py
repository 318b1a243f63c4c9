"""The archive: a compressed tar whose last members say what the others have to be.

`manifest.json` names every file with its size and SHA-256; `manifest.sha256` is the digest of
the manifest. Nothing of an archive is used before all of it has been found right.
"""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST, SEAL = "manifest.json", "manifest.sha256"
FORMAT = 1
BLOCK = 1 << 20


class Damaged(Exception):
    """The archive isn't what was written; its text says how."""


class _Hashing(io.RawIOBase):
    """A file that is hashed while tar reads it, so that what counts is what went in."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block


@dataclass
class Writer:
    """Adds files to an archive and keeps their digests."""

    tar: tarfile.TarFile
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, path: Path, name: str) -> None:
        """A file under the name `name`, with `/` between its parts."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            member = tarfile.TarInfo(name)
            member.size, member.mode = size, 0o600
            reading = _Hashing(file)
            self.tar.addfile(member, reading)
        self.files[name] = {"size": size, "sha256": reading.digest.hexdigest()}

    def add_folder(self, folder: Path, name: str) -> None:
        """Every regular file below `folder`; links are left out. One that goes while we look
        was deleted by somebody, and is left out, too."""
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file():
                continue
            try:
                self.add(path, f"{name}/{path.relative_to(folder).as_posix()}")
            except FileNotFoundError:
                continue

    def seal(self, facts: dict[str, Any]) -> None:
        """The manifest and its digest, as the last two members."""
        text = json.dumps({"format": FORMAT, **facts, "files": self.files}, indent=1).encode()
        for name, content in (
            (MANIFEST, text),
            (SEAL, hashlib.sha256(text).hexdigest().encode() + b"\n"),
        ):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o600
            self.tar.addfile(member, io.BytesIO(content))


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new archive at `path`, there only when all of it is, and readable by its owner alone:
    the installation's key may be in it."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as file,
            tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar,
        ):
            yield Writer(tar)
            tar.close()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def unpack(path: Path, into: Path) -> dict[str, Any]:
    """Everything into the empty folder `into`, checked; answers the manifest.

    Raises Damaged, and OSError when `path` can't be read.
    """
    try:
        found = _unpacked(path, into)
    except (tarfile.TarError, EOFError, zlib.error, ValueError) as why:
        raise Damaged(f"it can't be read to its end ({why})") from None
    except OSError as why:
        if why.errno is None:  # gzip: a checksum of its own failed
            raise Damaged(f"it can't be read to its end ({why})") from None
        raise
    return _checked(found, into)


def _unpacked(path: Path, into: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with tarfile.open(path, mode="r|gz") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None or member.name in found or not _is_plain(member.name):
                raise Damaged(f"{member.name!r} doesn't belong into it")
            target = into / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            digest, size = hashlib.sha256(), 0
            # Keys are among the files: none is ever readable by others.
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                while block := content.read(BLOCK):
                    digest.update(block)
                    size += file.write(block)
            found[member.name] = {"size": size, "sha256": digest.hexdigest()}
    return found


def _is_plain(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and str(path) == name != "."


def _checked(found: dict[str, dict[str, Any]], into: Path) -> dict[str, Any]:
    if MANIFEST not in found or SEAL not in found:
        raise Damaged("its end is missing")
    if (into / SEAL).read_text("ascii", "replace").strip() != found.pop(MANIFEST)["sha256"]:
        raise Damaged("its table of contents was changed")
    found.pop(SEAL)
    manifest: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
    if manifest.get("format") != FORMAT:
        raise Damaged(f"its format is {manifest.get('format')}, this version reads {FORMAT}")
    wanted = manifest["files"]
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise Damaged(f"{name} isn't what was written")
    return manifest
