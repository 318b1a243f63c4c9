"""Runnable examples of a call, in four languages, made of its row in the table.

The site's address, keys and ids come from the environment; nothing else is to be changed.
"""

import json
import re

from rally.api.sprocket import samples
from rally.api.sprocket.calls import Auth, Endpoint
from rally.api.sprocket.endpoints import BASE
from rally.web.developers.snippets import Snippet

NAME = re.compile(r"\{(\w+)\}")
PROGRAM = """\
static class Example
{
    static readonly HttpClient Http = new HttpClient();

    static string Get(string name) => Environment.GetEnvironmentVariable(name);

    static void Main() => Call().GetAwaiter().GetResult();

    static async Task Call()
    {
        STEPS
    }
}"""


def of(endpoint: Endpoint) -> list[Snippet]:
    """The call in curl, JavaScript, Python and C#."""
    return [
        Snippet("bash", "curl", curl(endpoint)),
        Snippet("javascript", "JavaScript", javascript(endpoint)),
        Snippet("python", "Python", python(endpoint)),
        Snippet("csharp", "C#", csharp(endpoint)),
    ]


def variables(endpoint: Endpoint) -> list[str]:
    """What an example reads from the environment."""
    keys = ["CLIENT_ID", "CLIENT_SECRET"] if _by_secret(endpoint) else ["ACCESS_TOKEN"]
    return ["RALLY_URL", *keys, *(f"{name.upper()}_ID" for name in NAME.findall(endpoint.path))]


def _by_secret(endpoint: Endpoint) -> bool:
    return endpoint.auth == Auth.CLIENT


def _path(endpoint: Endpoint, form: str) -> str:
    """The path with each placeholder put as the language reads its environment."""
    path = NAME.sub(lambda found: form % f"{found[1].upper()}_ID", endpoint.path)
    return f"/{BASE}/{path}"


def _body(endpoint: Endpoint, indent: int = 2) -> str:
    body = samples.body(endpoint)
    return json.dumps(body.data, indent=indent) if body else ""


def _moved(text: str, by: int) -> str:
    """The text, every line but the first moved in."""
    return text.replace("\n", "\n" + " " * by)


def curl(endpoint: Endpoint) -> str:
    """On a command line."""
    verb = "" if endpoint.verb == "GET" else f" -X {endpoint.verb}"
    who = (
        '--user "$CLIENT_ID:$CLIENT_SECRET"'
        if _by_secret(endpoint)
        else '-H "Authorization: Bearer $ACCESS_TOKEN"'
    )
    lines = [f'curl --fail-with-body -sS{verb} "$RALLY_URL{_path(endpoint, "$%s")}"', f"  {who}"]
    body = _body(endpoint)
    if not body:
        return " \\\n".join(lines)
    lines += ['  -H "Content-Type: application/json"', "  --data @- <<'JSON'"]
    return " \\\n".join(lines) + f"\n{body}\nJSON"


def javascript(endpoint: Endpoint) -> str:
    """In a module for Node 18 and later."""
    lines = ["const { env } = process;"]
    who = "`Bearer ${env.ACCESS_TOKEN}`"
    if _by_secret(endpoint):
        lines.append("const keys = btoa(`${env.CLIENT_ID}:${env.CLIENT_SECRET}`);")
        who = "`Basic ${keys}`"
    path = "${env.RALLY_URL}" + _path(endpoint, "${env.%s}")
    lines += [f"const response = await fetch(`{path}`, {{"]
    if endpoint.verb != "GET":
        lines.append(f'  method: "{endpoint.verb}",')
    body = _body(endpoint)
    kind = ', "Content-Type": "application/json"' if body else ""
    lines.append(f"  headers: {{ Authorization: {who}{kind} }},")
    if body:
        lines.append(f"  body: JSON.stringify({_moved(body, 2)}),")
    lines += ["});", "if (!response.ok) throw new Error(await response.text());",
              "console.log(await response.json());"]  # fmt: skip
    return "\n".join(lines)


def python(endpoint: Endpoint) -> str:
    """With the requests library."""
    url = "{env['RALLY_URL']}" + _path(endpoint, "{env['%s']}")
    lines = ["from os import environ as env", "", "import requests", "",
             f"response = requests.{endpoint.verb.lower()}(", f'    f"{url}",']  # fmt: skip
    if _by_secret(endpoint):
        lines.append('    auth=(env["CLIENT_ID"], env["CLIENT_SECRET"]),')
    else:
        lines.append('    headers={"Authorization": f"Bearer {env[\'ACCESS_TOKEN\']}"},')
    body = _body(endpoint, 4)
    if body:
        words = {"true": "True", "false": "False", "null": "None"}
        told = re.sub(r"(?<=: )(true|false|null)\b", lambda found: words[found[0]], body)
        lines.append(f"    json={_moved(told, 4)},")
    return "\n".join([*lines, "    timeout=30,", ")", "response.raise_for_status()",
                      "print(response.json())"])  # fmt: skip


def csharp(endpoint: Endpoint) -> str:
    """As a program of .NET 8, and of Mono and .NET Framework since 4.6."""
    body, by_secret = _body(endpoint), _by_secret(endpoint)
    names = ["", ".Net.Http", ".Net.Http.Headers", *([".Text"] if body or by_secret else []),
             ".Threading.Tasks"]  # fmt: skip
    path = '{Get("RALLY_URL")}' + _path(endpoint, '{Get("%s")}')
    steps = ["var request = new HttpRequestMessage(",
             f'    HttpMethod.{endpoint.verb.capitalize()}, $"{path}");']  # fmt: skip
    who = '"Bearer", Get("ACCESS_TOKEN")'
    if by_secret:
        steps.append('var keys = Encoding.UTF8.GetBytes($"{Get("CLIENT_ID")}:'
                     '{Get("CLIENT_SECRET")}");')  # fmt: skip
        who = '"Basic", Convert.ToBase64String(keys)'
    steps.append(f"request.Headers.Authorization = new AuthenticationHeaderValue({who});")
    if body:
        told = _moved(body.replace('"', '""'), 4)
        steps += ["request.Content = new StringContent(", f'    @"{told}",',
                  '    Encoding.UTF8, "application/json");']  # fmt: skip
    steps += ["var response = await Http.SendAsync(request);",
              "Console.WriteLine(await response.Content.ReadAsStringAsync());",
              "response.EnsureSuccessStatusCode();"]  # fmt: skip
    usings = "\n".join(f"using System{name};" for name in names)
    return f"{usings}\n\n{PROGRAM}".replace("STEPS", _moved("\n".join(steps), 8))
