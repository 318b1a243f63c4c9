"""`python -m prove.boot prove.town.storm --orders N --seed S --out FILE`: the event storm."""

import argparse
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.actors import SYSTEM
from campaigns.models import Donation
from payments import refunds
from prove import impatience
from prove.town import place, verdict
from prove.town.buyers import Buyer, Sales
from prove.town.weather import Weather
from rally.kit.errors import DomainError

BUYERS = 3
THREE_DAYS = 3 * 86_400


def main(arguments: list[str]) -> int:
    """Exit code 1 when a cent or a state is wrong."""
    parser = argparse.ArgumentParser(prog="prove.town.storm")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.05, 0.5)
    place.build(asked.orders)
    with place.town() as town:
        found = _storm(town, asked)
    asked.out.write_text(json.dumps(found))
    return 0 if found["ok"] else 1


def _storm(town: place.Town, asked: argparse.Namespace) -> dict[str, Any]:
    secret = settings.STRIPE_WEBHOOK_SECRETS[0]
    weather = Weather(int(os.environ["PROVE_WEBHOOK_PORT"]), town.url, secret, asked.seed)
    sales = Sales()
    watch = verdict.Watch(sales)
    numbers = list(range(1, asked.orders + 1))
    buyers = [Buyer(town, numbers, sales, asked.seed + n) for n in range(BUYERS)]
    for buyer in buyers:
        buyer.start()
    while any(buyer.is_alive() for buyer in buyers):
        watch.look()
        time.sleep(0.2)
    _until_quiet(weather, watch)
    for index, session in enumerate(sales.processing):
        outcome = "failed" if index % 3 == 0 else "succeeded"
        town.stripe.control("POST", f"sessions/{session}/settle", outcome=outcome)
    _pay_some_back()
    _until_quiet(weather, watch)
    by_events, p99 = len(watch.known), watch.p99()
    town.stripe.control("POST", "clock/advance", seconds=THREE_DAYS)
    weather.three_days_later()
    weather.calm(30)
    verdict.drain()
    weather.calm(30)  # what was paid back just now is told of, too
    verdict.drain(1)
    watch.look()
    weather.end()
    found = verdict.compare(town.stripe)
    found |= {
        "orders": asked.orders, "paid": len(sales.paid), "known_by_events": by_events,
        "healed": len(watch.known) - by_events, "converge_p99_s": p99, "failed": sales.failed[:5],
        "weather": weather.counts,
    }  # fmt: skip
    ok = not (found["unexplained_minor"] or found["wrong_states"] or found["lost_sales"])
    served = not sales.failed and not weather.counts["5xx"]
    return found | {"ok": ok and served and not found["double_sales"]}


def _until_quiet(weather: Weather, watch: verdict.Watch) -> None:
    """Until nothing is under way and nothing new became known for two seconds."""
    weather.calm(60)
    quiet = time.monotonic()
    before = len(watch.known)
    while time.monotonic() - quiet < 2 and watch.look():
        if len(watch.known) > before:
            before, quiet = len(watch.known), time.monotonic()
        time.sleep(0.1)


def _pay_some_back() -> None:
    """Staff pay every tenth gift back, half of them in part."""
    gifts = Donation.objects.filter(status=Donation.Status.CONFIRMED).order_by("pk")[::10]
    for index, gift in enumerate(gifts):
        try:
            refunds.request(gift=gift, by=SYSTEM, amount_minor=100 if index % 2 else None)
        except DomainError:
            continue
