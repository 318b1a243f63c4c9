"""The broker in a folder: no message is lost, damaged ones harm nobody."""

import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from rally.fsbroker import Transport
from tests.services import BASE

EACH, PRODUCERS, CONSUMERS = 400, 4, 3
PRODUCE = """
import sys
from tests.setup.test_broker import connect
with connect(sys.argv[1]) as connection:
    queue = connection.SimpleQueue("work")
    for number in range({each}):
        queue.put({{"id": int(sys.argv[2]) * {each} + number, "pad": "x" * 2000}})
    queue.close()
"""
CONSUME = """
import pathlib, sys, time
from queue import Empty
from tests.setup.test_broker import connect
with connect(sys.argv[1]) as connection:
    queue = connection.SimpleQueue("work")
    while True:
        try:
            message = queue.get(block=False)
        except Empty:
            if pathlib.Path(sys.argv[1], "done").exists():
                break
            time.sleep(0.002)
            continue
        print(message.payload["id"])
        message.ack()
"""


def connect(folder: str | Path) -> Connection:
    return Connection(
        transport=Transport,
        transport_options={
            "data_folder_in": f"{folder}/messages",
            "data_folder_out": f"{folder}/messages",
            "control_folder": f"{folder}/control",
        },
    )


@pytest.fixture
def queue(tmp_path: Path) -> Any:
    with connect(tmp_path) as connection:
        found = connection.SimpleQueue("work")
        yield found
        found.close()


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, cwd=BASE, stdout=subprocess.PIPE, text=True)


def test_many_writers_and_readers_lose_nothing_and_get_nothing_twice(tmp_path: Path) -> None:
    readers = [start(CONSUME, tmp_path) for _ in range(CONSUMERS)]
    writers = [start(PRODUCE.format(each=EACH), tmp_path, k) for k in range(PRODUCERS)]
    assert [writer.wait(60) for writer in writers] == [0] * PRODUCERS
    (tmp_path / "done").touch()
    received = [
        int(line) for reader in readers for line in reader.communicate(timeout=60)[0].split()
    ]
    assert sorted(received) == list(range(EACH * PRODUCERS))


def test_messages_come_in_the_order_they_were_sent(queue: Any) -> None:
    for number in range(20):
        queue.put(number)
    assert [queue.get(block=False).payload for _ in range(20)] == list(range(20))


@pytest.mark.parametrize("damage", [b"", b'{"body": "tru', b"\xff\xfe", b"[1]"])
def test_a_damaged_message_is_put_aside_and_the_next_one_read(
    queue: Any, tmp_path: Path, damage: bytes
) -> None:
    queue.put("first")
    folder = next((tmp_path / "messages").iterdir())
    (folder / "00000000000000000001-damaged").write_bytes(damage)
    assert queue.get(block=False).payload == "first"
    with pytest.raises(Empty):
        queue.get(block=False)
    assert [path.name for path in (tmp_path / "unreadable").iterdir()] == [
        "00000000000000000001-damaged"
    ]


def test_queue_names_can_not_leave_the_folder(tmp_path: Path) -> None:
    with connect(tmp_path) as connection:
        channel = connection.channel()
        channel._put("../../else/where", {"a": 1})
        assert channel._get("../../else/where") == {"a": 1}
        assert {path.name for path in tmp_path.iterdir()} == {"messages"}


def test_size_and_purge(queue: Any) -> None:
    for number in range(3):
        queue.put(number)
    assert queue.qsize() == 3
    queue.clear()
    assert queue.qsize() == 0


def test_a_wake_up_is_read_within_a_third_of_a_second(queue: Any, tmp_path: Path) -> None:
    def send() -> None:
        with connect(tmp_path) as connection:
            connection.SimpleQueue("work").put("now")

    threading.Timer(0.5, send).start()
    assert queue.get(block=True, timeout=0.5 + 0.33).payload == "now"
