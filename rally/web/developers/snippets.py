"""Runnable examples of an operation, in three languages, made of its row.

Only the site's address, the token and ids come from the environment; nothing else is to be
changed before they run.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from rally.api.tiles import contract
from rally.api.tiles.contract import Operation

VARIABLE = re.compile(r'"\$([A-Z_]+)"')
SIGNED_CURL = """\
BODY='{body}'
TIME=$(date +%s)
SIGNATURE=$(printf '%s' "$TIME.$BODY" \\
  | openssl dgst -sha256 -hmac "$STRIPE_WEBHOOK_SECRET" -r | cut -d' ' -f1)
curl --fail-with-body -sS -X POST "$RALLY_URL/api/stripe/webhook" \\
  -H "Content-Type: application/json" \\
  -H "Stripe-Signature: t=$TIME,v1=$SIGNATURE" \\
  --data "$BODY\""""
SIGNED_JAVASCRIPT = """\
import {{ createHmac }} from "node:crypto";

const body = JSON.stringify({body});
const time = Math.floor(Date.now() / 1000);
const signature = createHmac("sha256", process.env.STRIPE_WEBHOOK_SECRET)
  .update(`${{time}}.${{body}}`)
  .digest("hex");
const response = await fetch(`${{process.env.RALLY_URL}}/api/stripe/webhook`, {{
  method: "POST",
  headers: {{
    "Content-Type": "application/json",
    "Stripe-Signature": `t=${{time}},v1=${{signature}}`,
  }},
  body,
}});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());"""
SIGNED_PYTHON = """\
import hashlib
import hmac
import json
import os
import time

import requests

body = json.dumps({body})
now = int(time.time())
key = os.environ["STRIPE_WEBHOOK_SECRET"].encode()
signature = hmac.new(key, f"{{now}}.{{body}}".encode(), hashlib.sha256).hexdigest()
response = requests.post(
    f"{{os.environ['RALLY_URL']}}/api/stripe/webhook",
    headers={{
        "Content-Type": "application/json",
        "Stripe-Signature": f"t={{now}},v1={{signature}}",
    }},
    data=body,
    timeout=30,
)
response.raise_for_status()
print(response.json())"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One example: the language's name for people and for the highlighter, and its text."""

    language: str
    label: str
    code: str


def of(operation: Operation) -> list[Snippet]:
    """The operation in curl, JavaScript and Python."""
    if operation.who == contract.STRIPE:
        plain = json.dumps(operation.body)
        pretty = json.dumps(operation.body, indent=2)
        return [
            Snippet("bash", "curl", SIGNED_CURL.format(body=plain)),
            Snippet("javascript", "JavaScript", SIGNED_JAVASCRIPT.format(body=pretty)),
            Snippet("python", "Python", SIGNED_PYTHON.format(body=_python(operation.body))),
        ]
    return [
        Snippet("bash", "curl", curl(operation)),
        Snippet("javascript", "JavaScript", javascript(operation)),
        Snippet("python", "Python", python(operation)),
    ]


def variable(placeholder: str) -> str:
    """The environment's name for an id in a path: boardId is BOARD_ID."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", placeholder).upper()


def _headers(operation: Operation) -> dict[str, str]:
    """Header and the variable in its value: `Bearer $RALLY_TOKEN`."""
    found = {}
    if operation.who == contract.MEMBER:
        found["Authorization"] = "Bearer $RALLY_TOKEN"
    elif operation.who == contract.HOLDER and not (operation.body or {}).get("ownerToken"):
        found["X-Owner-Token"] = "$OWNER_TOKEN"
    if operation.body is not None:
        found["Content-Type"] = "application/json"
    return found


def _query(operation: Operation) -> str:
    pairs = [f"{name}={example}" for name, (_words, example) in operation.query.items()]
    return "?" + "&".join(pairs) if pairs else ""


def _path(operation: Operation, form: str) -> str:
    """The path with each placeholder put as the language reads its environment."""
    path = operation.path
    for name in operation.placeholders:
        path = path.replace("{" + name + "}", form % variable(name))
    return path + _query(operation)


def curl(operation: Operation) -> str:
    """The call on a command line."""
    verb = "" if operation.verb == "GET" else f" -X {operation.verb}"
    lines = [f'curl --fail-with-body -sS{verb} "$RALLY_URL{_path(operation, "$%s")}"']
    lines += [f'  -H "{name}: {value}"' for name, value in _headers(operation).items()]
    if operation.body is None:
        return " \\\n".join(lines)
    if not operation.body:
        return " \\\n".join([*lines, "  --data '{}'"])
    body = json.dumps(operation.body, indent=2)
    return " \\\n".join([*lines, "  --data @- <<JSON"]) + f"\n{body}\nJSON"


def javascript(operation: Operation) -> str:
    """The call in a module for Node 18 and later."""
    url = "${process.env.RALLY_URL}" + _path(operation, "${process.env.%s}")
    options = []
    if operation.verb != "GET":
        options.append(f'  method: "{operation.verb}",')
    headers = _headers(operation)
    if headers:
        options.append("  headers: {")
        for name, value in headers.items():
            options.append(f'    "{name}": {_javascript_text(value)},')
        options.append("  },")
    if operation.body is not None:
        body = VARIABLE.sub(r"process.env.\1", json.dumps(operation.body, indent=2))
        options.append(f"  body: JSON.stringify({_indented(body, 2)}),")
    tail = ", {\n" + "\n".join(options) + "\n}" if options else ""
    return (
        f"const response = await fetch(`{url}`{tail});\n"
        "if (!response.ok) throw new Error(await response.text());\n"
        "console.log(await response.json());"
    )


def _javascript_text(value: str) -> str:
    if "$" not in value:
        return json.dumps(value)
    return "`" + re.sub(r"\$([A-Z_]+)", r"${process.env.\1}", value) + "`"


def python(operation: Operation) -> str:
    """The call with the requests library."""
    lines = ["import os", "", "import requests", ""]
    url = "{os.environ['RALLY_URL']}" + _path(operation, "{os.environ['%s']}")
    lines += [f"response = requests.{operation.verb.lower()}(", f'    f"{url}",']
    headers = {k: v for k, v in _headers(operation).items() if k != "Content-Type"}
    if headers:
        made = ", ".join(f'"{name}": {_python_text(value)}' for name, value in headers.items())
        lines.append(f"    headers={{{made}}},")
    if operation.body is not None:
        lines.append(f"    json={_indented(_python(operation.body), 4)},")
    return "\n".join([*lines, "    timeout=30,", ")", "response.raise_for_status()",
                      "print(response.json())"])  # fmt: skip


def _python_text(value: str) -> str:
    if "$" not in value:
        return json.dumps(value)
    return 'f"' + re.sub(r"\$([A-Z_]+)", r"{os.environ['\1']}", value) + '"'


def _python(value: Any) -> str:
    """A JSON value as Python writes it, indented as JSON is."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    text = re.sub(r"(?<=[:\[,\s])true\b", "True", text)
    text = re.sub(r"(?<=[:\[,\s])false\b", "False", text)
    text = re.sub(r"(?<=[:\[,\s])null\b", "None", text)
    return VARIABLE.sub(r'os.environ["\1"]', text)


def _indented(text: str, by: int) -> str:
    """The text, every line but the first moved in."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * by + line for line in rest)])
