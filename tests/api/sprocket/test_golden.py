"""What goes over the wire, byte by byte: an answer of each endpoint, as JSON and as XML.

`WRITE_GOLDEN=write` writes the files anew. Ids, times and addresses are made even, because
they differ from run to run.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from rally.api.sprocket.endpoints import ENDPOINTS
from tests.api.sprocket import calls, shapes
from tests.api.sprocket.world import Wire, World, flattened, parsed

FOLDER = Path(__file__).parent / "golden"
INDEX = FOLDER / "INDEX.md"
REFERENCE, FORMS = "../../../../docs/api/sprocket.md", "one-object-a-list-an-error"
WRITE = os.environ.get("WRITE_GOLDEN") == "write"
IDS = "Id|Team_Id|Campaign_Id|User_Id|Series_Id|int"
TIMES = "Date|Paid_At|Last_Modified_On"
EXAMPLES = calls.examples()


def even(wire: bytes) -> str:
    """The same for every run: each id is 1, each time the first second of 2026."""
    text = wire.decode()
    for names, value in ((IDS, "1"), (TIMES, "1767225600")):
        text = re.sub(rf'"({names})":\d+', rf'"\1":{value}', text)
        text = re.sub(rf"<({names})>\d+</", rf"<\1>{value}</", text)
    text = re.sub(r'"User_Ids":\[[\d,]+\]', '"User_Ids":[1,1]', text)
    text = re.sub(r"/c/[a-z0-9-]+/", "/c/new-boats/", text)
    text = re.sub(r"/s/[a-z0-9-]+/", "/s/yearly-run/", text)
    return text + "\n"


def compare(name: str, wire: bytes) -> None:
    """With the file, or into it."""
    path = FOLDER / name
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(even(wire))
    assert even(wire) == path.read_text(), name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_answer_of_each_endpoint(example: calls.Example, world: World, wire: Wire,
                                    record_property: Any) -> None:  # fmt: skip
    endpoint = example.endpoint
    body = calls.filled(example.body, world, endpoint.table.name)
    query = "leader_count=2" if endpoint.leaders else ""
    # What is written once with a key is answered the same in the other form.
    key = {"Idempotency_Key": "golden"} if endpoint.verb == "POST" else {}
    send: Any = lambda **more: wire.call(  # noqa: E731  # short
        endpoint.verb, example.path(world), body, by=example.by, query=query, **key, **more
    )
    if endpoint.deletes:
        answer = send()
        compare(f"{example.name}.json", answer.content)
        assert list(json.loads(answer.content)) == ["Id"]
        return
    xml = send(Accept="application/xml")
    answer = send(Accept="application/json")
    assert (answer.status_code, xml.status_code) == (200, 200), (answer.content, xml.content)
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert xml["Content-Type"] == "application/xml; charset=utf-8"
    compare(f"{example.name}.json", answer.content)
    compare(f"{example.name}.xml", xml.content)
    data = json.loads(answer.content)
    root, told = parsed(xml.content)
    assert re.sub(r"\d{10}", "T", str(told)) == re.sub(r"\d{10}", "T", str(flattened(data, root)))
    looked_at = check_shapes(data)
    record_property("sprocket values compared", looked_at)


def check_shapes(data: dict[str, Any]) -> int:
    """Each object in an answer against what was typed by hand."""
    seen = 0
    if "Results" in data:
        return sum(check_shapes(one) for one in data["Results"])
    for name, value in data.items():
        if name in shapes.LISTS and isinstance(value, list):
            seen += sum(_object(shapes.LISTS[name], one) for one in value)
            assert list(data)[1:] == ["Total_Count", "Limit", "Offset"]
        elif name in shapes.OBJECTS:
            seen += _object(name, value)
    return seen


def _object(name: str, value: dict[str, Any]) -> int:
    shape = shapes.OBJECTS[name]
    if name == "Donation" and "Donor" not in value:
        shape = shapes.OWN_DONATION
    return shapes.check(value, shape, name)


def test_the_index_leads_from_every_file_to_its_line_of_the_reference() -> None:
    lines = [
        f"| [`{one.name}.{form.lower()}`]({one.name}.{form.lower()}) "
        f"| [`{one.endpoint.verb} /sprocket/v2/{one.endpoint.path}`]({REFERENCE}#{one.name}) "
        f"| [{form}]({REFERENCE}#{FORMS}) "
        f"| [{one.endpoint.table.name}]({REFERENCE}#{one.endpoint.table.name.lower()}) |"
        for one in EXAMPLES
        for form in (("JSON",) if one.endpoint.deletes else ("JSON", "XML"))
    ]
    text = "\n".join([
        "# Golden answers", "",
        "Each file with the line of the reference that says what the call does and who may make",
        "it, the form, and the object whose fields the answer has.", "",
        "| File | Call | Form | Object |", "| --- | --- | --- | --- |", *lines, "",
    ])  # fmt: skip
    if WRITE:
        INDEX.write_text(text)
    assert INDEX.read_text() == text
    assert len(EXAMPLES) == len(ENDPOINTS)


def test_every_golden_file_has_one_line_and_every_link_arrives() -> None:
    listed = re.findall(r"^\| \[`([^`]+)`\]", INDEX.read_text(), re.M)
    kept = {path.name for path in FOLDER.iterdir()} - {INDEX.name}
    assert sorted(listed) == sorted(kept) and len(listed) == len(set(listed))
    page = (FOLDER / REFERENCE).read_text()
    anchors = re.findall(r'<a id="([^"]+)"></a>', page)
    # As the readers of such pages make them: lower case, spaces to hyphens, the rest taken out.
    for heading in re.findall(r"^#+ (.+)$", page, re.M):
        anchors.append(re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-"))
    assert len(anchors) == len(set(anchors))
    links = re.findall(r"\]\(([^)]+)\)", INDEX.read_text())
    assert len(links) == 4 * len(listed)
    for link in links:
        path, _hash, anchor = link.partition("#")
        assert (FOLDER / path).is_file(), link
        assert not anchor or anchor in anchors, link


def test_the_tables_have_the_fields_that_were_typed_by_hand() -> None:
    tables = {one.table.name: one.table for one in ENDPOINTS}
    for name, shape in shapes.OBJECTS.items():
        fields = {one.name for one in tables[name].fields}
        assert fields - shape.keys() <= {"Last_Modified_On"}, name
        assert shape.keys() <= fields, name


def test_pretty_changes_white_space_alone(wire: Wire, world: World) -> None:
    path = f"campaigns/{world.campaign.pk}"
    for accept in ("application/json", "application/xml"):
        plain = wire.call("GET", path, by="client", Accept=accept).content
        pretty = wire.call("GET", path, by="client", query="pretty=true", Accept=accept).content
        assert pretty != plain
        assert re.sub(rb"\s", b"", pretty) == re.sub(rb"\s", b"", plain)
        assert (parsed if "xml" in accept else json.loads)(plain) == _stripped(accept, pretty)


def _stripped(accept: str, pretty: bytes) -> Any:
    return parsed(pretty) if "xml" in accept else json.loads(pretty)
