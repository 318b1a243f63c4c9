import pytest
from tests.api.sprocket import world as w
from rally.api.sprocket.endpoints import ENDPOINTS
import json

pytestmark = pytest.mark.django_db


def test_all():
    world = w.build()
    wire = w.Wire(world)
    for e in ENDPOINTS:
        if e.verb != "GET":
            continue
        path = e.path.format(**world.ids)
        by = (
            "client"
            if e.auth == "ClientSecret"
            else (
                "admin"
                if e.path.startswith("admin")
                else "captain"
                if "{team}/donations" in e.path
                else "user"
            )
        )
        a = wire.call("GET", path, by=by, query="leader_count=3")
        print(e.path, a.status_code, a.content.decode()[:1500])
        x = wire.call("GET", path, by=by, query="leader_count=3", Accept="application/xml")
        if a.status_code == 200:
            root, got = w.parsed(x.content)
            assert got == w.flattened(json.loads(a.content), root), e.path
        else:
            print("FAIL")
