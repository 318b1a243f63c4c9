"""What several browser tests do: find free tiles, fill in the form, look for axe findings."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.site import Site

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = (
    f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(r => JSON.stringify("
    "r.violations.map(v => [v.id, v.help, v.nodes.map(n => n.target.join(' '))])))"
)
BOARD = "/b/board123/"
BIG = "bigboard0001"


def findings(page: Page) -> list[Any]:
    """What axe-core finds. It comes in by the debugger, so the page's own policy stays on."""
    door = page.context.new_cdp_session(page)
    door.send("Runtime.evaluate", {"expression": AXE})
    asked = {"expression": RUN, "awaitPromise": True, "returnByValue": True}
    answer = door.send("Runtime.evaluate", asked)
    door.detach()
    found: list[Any] = json.loads(answer["result"]["value"])
    return found


def free(page: Page, most: int = 3, skip: int = 0) -> list[str]:
    """Numbers of free tiles on the page, the dearest first."""
    boxes = page.locator(".t.f input[name=tile]:not([disabled])")
    numbers = [str(box.get_attribute("value")) for box in boxes.all()]
    return sorted(numbers, key=int, reverse=True)[skip : skip + most]


def pick(page: Page, numbers: list[str]) -> None:
    for number in numbers:
        page.locator(f"#t{number} input").check(force=True)


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Sample Person")
    page.get_by_label("E-mail address").fill("sample.person@example.com")


def big_board(site: Site) -> str:
    """The address of a board of 10,000 tiles beside the demo's, made once."""
    site.manage(
        "shell", "-c",
        "from boards import building\n"
        "from boards.models import Board\n"
        "from campaigns.models import Campaign\n"
        "campaign = Campaign.objects.get(code='8de300')\n"
        f"if not Board.objects.filter(public_id='{BIG}').exists():\n"
        f"    building.build(Board(public_id='{BIG}', campaign=campaign, goal=campaign.goal,\n"
        "        title='Ten thousand', currency='USD', max_num=10000, columns=100, position=9))\n"
        "    building.follow_campaign(campaign)\n",
    )  # fmt: skip
    return f"{site.base_url}/b/{BIG}/"
