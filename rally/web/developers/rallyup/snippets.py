"""Runnable examples of a call, in three languages, made of its row in the table.

The site's address, the token and ids come from the environment; nothing else is to be changed.
"""

import re

from rally.api.rallyup.calls import Endpoint, Who
from rally.web.developers.snippets import Snippet

NAME = re.compile(r"\{id\}")
VARIABLE = re.compile(r"\$([A-Z_]+)")
# What the id in an address is called, by what stands before it.
IDS = {"campaigns": "CAMPAIGN_ID", "transactions": "TRANSACTION_ID",
       "organizations": "ORGANIZATION_ID", "webhooks": "WEBHOOK_ID"}  # fmt: skip
TOKENS = {Who.ORGANIZATION: "token", Who.PARTNER: "partnertoken"}


def token(who: Who) -> Snippet:
    """The token call, which keeps its answer's token in the environment."""
    code = (
        'ACCESS_TOKEN=$(curl --fail-with-body -sS "$RALLY_URL/v1/' + TOKENS[who] + '" \\\n'
        '  --data-urlencode "grant_type=password" \\\n'
        '  --data-urlencode "username=$API_LOGIN" \\\n'
        '  --data-urlencode "password=$API_SECRET" \\\n'
        '  | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')\n'
        'echo "$ACCESS_TOKEN"'
    )
    return Snippet("bash", "curl", code)


def of(endpoint: Endpoint) -> list[Snippet]:
    """The call in curl, JavaScript and Python."""
    return [
        Snippet("bash", "curl", curl(endpoint)),
        Snippet("javascript", "JavaScript", javascript(endpoint)),
        Snippet("python", "Python", python(endpoint)),
    ]


def variables(endpoint: Endpoint) -> list[str]:
    """What an example reads from the environment."""
    found = ["RALLY_URL", "ACCESS_TOKEN", *([_id(endpoint)] if "{id}" in endpoint.path else [])]
    named = [VARIABLE.fullmatch(value) for _name, value in _pairs(endpoint)]
    return list(dict.fromkeys([*found, *(one[1] for one in named if one)]))


def _id(endpoint: Endpoint) -> str:
    return IDS[endpoint.path.rpartition("/{")[0].rpartition("/")[2]]


def _pairs(endpoint: Endpoint) -> list[tuple[str, str]]:
    """What is sent: everything that is needed, and what else has an example."""
    return [(one.name, one.example) for one in endpoint.parameters if one.example]


def curl(endpoint: Endpoint) -> str:
    """On a command line."""
    path = NAME.sub(lambda _found: "$" + _id(endpoint), endpoint.path)
    verb = "" if endpoint.verb == "GET" else f" -X {endpoint.verb}"
    lines = [f'curl --fail-with-body -sS{verb} "$RALLY_URL/{path}"',
             '  -H "Authorization: Bearer $ACCESS_TOKEN"']  # fmt: skip
    pairs = _pairs(endpoint)
    if pairs and endpoint.verb == "GET":
        lines.append("  --get")
    lines += [f'  --data-urlencode "{name}={value}"' for name, value in pairs]
    return " \\\n".join(lines)


def javascript(endpoint: Endpoint) -> str:
    """In a module for Node 18 and later."""
    path = NAME.sub(lambda _found: "${env." + _id(endpoint) + "}", endpoint.path)
    lines, pairs, query = ["const { env } = process;"], _pairs(endpoint), ""
    if pairs:
        lines.append("const sent = new URLSearchParams({")
        lines += [f'  "{name}": {_javascript(value)},' for name, value in pairs]
        lines.append("});")
        query = "?${sent}" if endpoint.verb == "GET" else ""
    lines.append("const response = await fetch(`${env.RALLY_URL}/" + path + query + "`, {")
    if endpoint.verb != "GET":
        lines.append(f'  method: "{endpoint.verb}",')
    lines.append("  headers: { Authorization: `Bearer ${env.ACCESS_TOKEN}` },")
    if pairs and not query:
        lines.append("  body: sent,")
    lines += ["});", "if (!response.ok) throw new Error(await response.text());",
              "console.log(response.status === 204 ? [] : await response.json());"]  # fmt: skip
    return "\n".join(lines)


def _javascript(value: str) -> str:
    found = VARIABLE.fullmatch(value)
    return f"env.{found[1]}" if found else f'"{value}"'


def python(endpoint: Endpoint) -> str:
    """With the requests library."""
    path = NAME.sub(lambda _found: "{env['" + _id(endpoint) + "']}", endpoint.path)
    lines = ["from os import environ as env", "", "import requests", "",
             f"response = requests.{endpoint.verb.lower()}(",
             f"    f\"{{env['RALLY_URL']}}/{path}\",",
             '    headers={"Authorization": f"Bearer {env[\'ACCESS_TOKEN\']}"},']  # fmt: skip
    pairs = _pairs(endpoint)
    if pairs:
        lines.append("    params={" if endpoint.verb == "GET" else "    data={")
        lines += [f'        "{name}": {_python(value)},' for name, value in pairs]
        lines.append("    },")
    lines += ["    timeout=30,", ")", "response.raise_for_status()",
              "print([] if response.status_code == 204 else response.json())"]  # fmt: skip
    return "\n".join(lines)


def _python(value: str) -> str:
    found = VARIABLE.fullmatch(value)
    return f'env["{found[1]}"]' if found else f'"{value}"'
