"""Several records in one body: done one by one, told one by one, in the order they came."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from rally.api.sprocket import errors
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.errors import Refusal
from rally.api.sprocket.fields import Table
from rally.api.sprocket.names import ITEMS
from rally.api.sprocket.xmlin import Node
from rally.kit.errors import DomainError

logger = logging.getLogger(__name__)
MOST = 100
SETTING = "setting"
WHOLE = "batch_respond_with_complete_objects"
# Takes a record and its place; answers its id and, shown, the object.
Work = Callable[[Any, int], tuple[int, Callable[[], dict[str, Any]]]]
# Counts so many calls of the caller.
Count = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of a body, and whether whole objects are wanted back."""

    records: list[Any]
    whole: bool


def within(body: Any, table: Table) -> Batch | None:
    """The batch in a body, or None for a single object. Raises Refusal for a bad one."""
    if isinstance(body, Node):
        return _of_xml(body, table)
    if not isinstance(body, Mapping) or table.plural not in body or table.name in body:
        return None
    records = body[table.plural]
    if not isinstance(records, list):
        raise Refusal(errors.UNREADABLE, _("%(name)s must be a list.") % {"name": table.plural})
    return _checked(Batch(records, _whole(body.get(SETTING))), table)


def _of_xml(body: Node, table: Table) -> Batch | None:
    [(root, content)] = body.children
    if root != table.plural:
        return None
    children = content.children if isinstance(content, Node) else ()
    item = ITEMS[table.plural]
    if {name for name, _value in children} - {item, SETTING}:
        raise Refusal(errors.UNREADABLE)
    setting = dict(value for value in children if value[0] == SETTING).get(SETTING)
    inner = dict(setting.children) if isinstance(setting, Node) else None
    records = [value for name, value in children if name == item]
    return _checked(Batch(records, _whole(inner)), table)


def _whole(setting: Any) -> bool:
    value = setting.get(WHOLE) if isinstance(setting, Mapping) else None
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _checked(batch: Batch, table: Table) -> Batch:
    if not 0 < len(batch.records) <= MOST:
        raise Refusal(
            errors.OUT_OF_RANGE,
            _("%(name)s must hold 1 to %(most)d records.") % {"name": table.plural, "most": MOST},
            field=table.plural,
        )
    return batch


def run(batch: Batch, table: Table, count: Count, work: Work) -> Answer:
    """Do each record in a transaction of its own; what fails is told, and the others stand.

    A batch counts as many calls as it has records. Raises RateLimited before any is done.
    """
    if len(batch.records) > 1:
        count(len(batch.records) - 1)
    results = [
        _result(batch, table, record, index, work) for index, record in enumerate(batch.records)
    ]
    good = sum(result["Status_Code"] == 200 for result in results)
    return Answer({"Success_Count": good, "Error_Count": len(results) - good, "Results": results})


def _result(batch: Batch, table: Table, record: Any, index: int, work: Work) -> dict[str, Any]:
    try:
        key, shown = work(record, index)
        told: dict[str, Any] = {"Status_Code": 200, "Id": key}
        return told | ({table.name: shown()} if batch.whole else {})
    except DomainError as why:
        return {"Status_Code": errors.number_of(why)[0], "Error": errors.of(why, table)}
    except Exception:
        logger.exception("A record of a batch failed")
        status, sentence = errors.MEANING[errors.INTERNAL]
        return {"Status_Code": status,
                "Error": errors.body(status, errors.INTERNAL, str(sentence))}  # fmt: skip
