"""What is being bought: inline prices only, one currency per session.

Stripe documentation: "Create a Checkout Session" (line_items.price_data).
"""

from __future__ import annotations

from payments.simulator import money, params
from payments.simulator.listing import Call, envelope, found, limit_of, no_such
from payments.simulator.wire import Json, StripeError

_MOST = 100
_ITEM = frozenset({"price_data", "quantity", "metadata", "price"})
_PRICE = frozenset({"currency", "product_data", "unit_amount", "tax_behavior"})


def built(call: Call, given: list[Json]) -> tuple[list[Json], str]:
    """The wire shape of all items and their currency."""
    if not given:
        raise params.missing("line_items")
    if len(given) > _MOST:
        raise StripeError(f"You can only specify up to {_MOST} line items.", param="line_items")
    items = [_item(call, item, f"line_items[{n}]") for n, item in enumerate(given)]
    currencies = {item["currency"] for item in items}
    if len(currencies) > 1:
        raise StripeError(
            "All prices on a Checkout Session must use the same currency.", param="line_items"
        )
    return items, currencies.pop()


def refuse_unknown(given: Json, known: frozenset[str], at: str) -> None:
    """Real parameters this stand-in doesn't act on are refused, never silently ignored."""
    for key in given:
        if key not in known:
            param = f"{at}[{key}]" if at else key
            raise StripeError(
                f"The simulator doesn't implement the parameter {param}.",
                code="simulator_unsupported",
                param=param,
            )


def _item(call: Call, given: Json, at: str) -> Json:
    refuse_unknown(given, _ITEM, at)
    if "price" in given:
        raise no_such("price", given["price"], param=f"{at}[price]", status=400)
    if "price_data" not in given:
        raise StripeError(
            f"You must specify either `price` or `price_data` for {at}.",
            code="parameter_missing",
            param=f"{at}[price]",
        )
    if "quantity" not in given:
        raise params.missing(f"{at}[quantity]")
    quantity = given["quantity"]
    if not 1 <= quantity <= 999_999:
        raise StripeError(
            "This value must be between 1 and 999999.",
            code="parameter_invalid_integer",
            param=f"{at}[quantity]",
        )
    metadata = params.check_metadata(given.get("metadata", {}), f"{at}[metadata]")
    price, name = _price(call, given["price_data"], f"{at}[price_data]")
    total = quantity * price["unit_amount"]
    return {
        "id": call.sim.ids.new("line_item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": name,
        "metadata": metadata,
        "price": price,
        "quantity": quantity,
    }


def _price(call: Call, given: Json, at: str) -> tuple[Json, str]:
    refuse_unknown(given, _PRICE, at)
    for needed in ("unit_amount", "product_data"):
        if needed not in given:
            raise params.missing(f"{at}[{needed}]")
    currency = money.check_currency(given["currency"], f"{at}[currency]")
    amount = given["unit_amount"]
    money.check_amount(amount, currency, f"{at}[unit_amount]")
    product = given["product_data"]
    params.check_metadata(product.get("metadata", {}), f"{at}[product_data][metadata]")
    price = {
        "id": call.sim.ids.new("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": call.sim.clock.now(),
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": call.sim.ids.new("product"),
        "recurring": None,
        "tax_behavior": given.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return price, product["name"]


def listed_items(call: Call) -> Json:
    """GET /v1/checkout/sessions/{id}/line_items, oldest first as Stripe shows them."""
    session = found(call, "checkout.session", param="session")
    items: list[Json] = session.private["line_items"]
    places = {item["id"]: n for n, item in enumerate(items)}
    limit, start, stop = limit_of(call), 0, len(items)
    for name in ("starting_after", "ending_before"):
        if name in call.params and call.params[name] not in places:
            raise no_such("item", call.params[name], param=name, status=400)
    if "starting_after" in call.params:
        start = places[call.params["starting_after"]] + 1
    if "ending_before" in call.params:
        stop = places[call.params["ending_before"]]
        page, more = items[max(0, stop - limit) : stop], stop > limit
    else:
        page, more = items[start : start + limit], stop - start > limit
    return envelope(page, call.path, more)
