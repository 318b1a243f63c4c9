"""People who buy through the Tiles API, each by a kept-open connection of their own."""

import json
import random
import re
import threading
import time
from dataclasses import dataclass, field

from prove.stripe import Json, Stripe
from prove.town.place import BOARD, Town

SESSION = re.compile(r"cs_[A-Za-z0-9_]+")
WAYS = ("paid",) * 7 + ("processing", "declined", "abandoned")


@dataclass
class Sales:
    """What the buyers saw. `paid` maps a session to the moment of its payment."""

    paid: dict[str, float] = field(default_factory=dict)
    processing: list[str] = field(default_factory=list)
    refused: int = 0
    failed: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


class Buyer(threading.Thread):
    """Buys one tile after the other until told to stop, or until there are none left."""

    def __init__(
        self, town: Town, numbers: list[int], sales: Sales, seed: int, ways: tuple[str, ...] = WAYS
    ) -> None:
        super().__init__(daemon=True)
        self.site, self.stripe = Stripe(town.url), Stripe(_address(town))
        self.numbers, self.sales, self.ways = numbers, sales, ways
        self.chance = random.Random(seed)
        self.stopping = threading.Event()

    def run(self) -> None:
        """One order after the other."""
        while not self.stopping.is_set():
            with self.sales.guard:
                if not self.numbers:
                    return
                number = self.numbers.pop()
            self._buy(number)

    def _buy(self, number: int) -> None:
        token = f"buyer-{number:05d}-0a1b2c3d4e5f6g7h8"
        body: Json = {
            "boardId": BOARD, "slotIds": [number], "ownerToken": token,
            "supporter": {"name": f"Buyer {number}", "email": f"b{number}@example.com"},
        }  # fmt: skip
        status, said = self._post("/api/checkout/session", body)
        if status >= 500:
            time.sleep(0.2)
            status, said = self._post("/api/checkout/session", body)
        if status != 200:
            with self.sales.guard:
                self.sales.refused += 1
                self.sales.failed.append(f"{status} {str(said)[:200]}")
            return
        found = SESSION.search(said["url"])
        if found is not None:
            self._pay(found[0])

    def _pay(self, session: str) -> None:
        way = self.chance.choice(self.ways)
        path = f"sessions/{session}/complete"
        if way == "declined":
            self.stripe.control("POST", path, outcome="declined")
            way = "paid"
        moment = time.monotonic()
        status, _said = self.stripe.control("POST", path, outcome=way)
        with self.sales.guard:
            if status == 200 and way == "paid":
                self.sales.paid[session] = moment
            elif status == 200 and way == "processing":
                self.sales.processing.append(session)

    def _post(self, path: str, body: Json) -> tuple[int, Json]:
        headers = {"Content-Type": "application/json"}
        return self.site._call("POST", path, json.dumps(body).encode(), headers)


def _address(town: Town) -> str:
    return f"http://{town.stripe.host}:{town.stripe.port}"
