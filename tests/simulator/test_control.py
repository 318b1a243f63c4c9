"""The control API: clock, ledger, reset, and bad input."""

from __future__ import annotations

import time

import pytest

from tests.simulator.shapes import problems


def test_complete_needs_no_body(sim):
    session = sim.create()
    status, answer = sim.raw_control(f"sessions/{session.id}/complete", b"")
    assert status == 200 and answer["ok"] and answer["session"]["payment_status"] == "paid"


def test_unknown_session_is_404(sim):
    for verb in ("complete", "settle"):
        status, answer = sim.raw_control(f"sessions/cs_test_no/{verb}", {})
        assert status == 404 and answer["message"]


def test_the_clock_moves_and_tells(sim, hook):
    before = sim.control("clock", method="GET")
    assert before["offset_seconds"] == 0
    answer = sim.control("clock/advance", {"seconds": 960})
    assert answer["delivered"] is True and answer["offset_seconds"] == 960
    assert hook.types() == ["test_helpers.test_clock.ready"]
    clock = hook.events[0].data.object
    assert problems(clock.to_dict()) == []
    assert clock.frozen_time == answer["now"] and clock.name == "Rally sandbox"
    assert abs(answer["now"] - time.time() - 960) < 5
    assert abs(sim.control("clock", method="GET")["now"] - answer["now"]) < 5


def test_the_application_hears_of_the_clock_before_sessions_expire(sim, hook):
    session = sim.create(expires_at=int(time.time()) + 31 * 60)
    seen = []

    def look(event):
        if event.type == "test_helpers.test_clock.ready":
            time.sleep(1.2)
            seen.append(sim.get(session).status)

    hook.on_event = look
    sim.control("clock/advance", {"seconds": 3600})
    assert seen == ["open"] and sim.get(session).status == "expired"
    hook.wait("checkout.session.expired")
    assert hook.types()[0] == "test_helpers.test_clock.ready"


def test_a_session_past_its_time_cannot_be_paid_while_the_clock_is_told(sim, hook):
    session = sim.create(expires_at=int(time.time()) + 31 * 60)
    seen = []
    hook.on_event = lambda event: seen.append(
        sim.raw_control(f"sessions/{session.id}/complete", {})[0]
    )
    sim.control("clock/advance", {"seconds": 3600})
    assert seen[0] == 409


def test_a_refused_clock_event_is_retried(sim, hook):
    hook.refuse = 1
    assert sim.control("clock/advance", {"seconds": 1})["delivered"] is False
    hook.wait("test_helpers.test_clock.ready", seconds=4)


@pytest.mark.parametrize(
    "seconds",
    [
        0,
        -1,
        400 * 86_400 + 1,
        1.5,
        "960",
        None,
        True,
        10**400,
        [960],
    ],
)
def test_wrong_clock_steps_are_400(sim, seconds):
    status, answer = sim.raw_control("clock/advance", {"seconds": seconds})
    assert status == 400 and answer["message"].startswith("seconds must be")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("clock/advance", b"{"),
        ("clock/advance", b"[]"),
        ("clock/advance", b"\xff"),
        ("clock/advance", b"[" * 100_000),
        ("clock/advance", b'{"seconds": NaN}'),
        ("clock/advance", b'{"seconds": Infinity}'),
        ("clock/advance", {"seconds": 1, "x": 1}),
        ("delivery", {"drop": 2}),
        ("delivery", {"drop": "all"}),
        ("delivery", {"duplicate": 1.5}),
        ("delivery", {"shuffle": 1}),
        ("delivery", {"delay_s": -1}),
        ("delivery", {"other": 1}),
        ("faults", {"kind": "cut"}),
        ("faults", {"route": "", "kind": "cut"}),
        ("faults", {"route": "/v1/x", "kind": "fire"}),
        ("faults", {"route": "/v1/x", "kind": "cut", "times": 0}),
        ("reset", {"all": True}),
        ("sessions/cs_test_x/complete", {"outcome": "free"}),
        ("sessions/cs_test_x/complete", {"outcome": ["paid"]}),
        ("sessions/cs_test_x/settle", {"outcome": "maybe"}),
    ],
)
def test_bad_input_is_400_in_one_sentence(sim, path, body):
    status, answer = sim.raw_control(path, body)
    assert status == 400 and answer["ok"] is False
    assert answer["message"].endswith(".") and "\n" not in answer["message"]


def test_unknown_addresses_and_methods(sim):
    assert sim.raw_control("nothing", {})[0] == 404
    assert sim.raw_control("ledger", {})[0] == 405


def test_the_ledger_counts_money_and_lists_sessions(sim):
    paid, other = sim.create(), sim.create()
    sim.pay(paid)
    sim.pay(other, "processing")
    ledger = sim.control("ledger", method="GET")
    assert ledger["captured_cents"] == 1200
    assert ledger["refunded_cents"] == 0 and ledger["disputed_cents"] == 0
    assert ledger["by_currency"]["usd"]["captured_cents"] == 1200
    first, second = ledger["sessions"]
    assert first["id"] == paid.id and first["client_reference_id"] == "order-1"
    assert first["status"] == "complete" and first["payment_status"] == "paid"
    assert second["payment_status"] == "unpaid" and second["payment_intent"]


def test_reset_forgets_everything(sim):
    sim.pay(sim.create({"idempotency_key": "a"}))
    sim.control("faults", {"route": "/v1/nothing", "kind": "cut"})
    sim.control("clock/advance", {"seconds": 5})
    sim.control("reset", {})
    assert sim.control("ledger", method="GET")["sessions"] == []
    assert sim.control("faults", method="GET")["faults"] == []
    assert sim.control("clock", method="GET")["offset_seconds"] == 0
    assert sim.client.v1.events.list().data == []
    sim.create({"idempotency_key": "a"}, client_reference_id="new")
