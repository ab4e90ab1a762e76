"""What machines can see in a page: axe, the HTML checker, and how wide it is."""

import json
import subprocess
from functools import cache

from playwright.sync_api import Error

from tests.browser.conftest import HEIGHTS
from tests.databases import ROOT

NODE_MODULES = ROOT / "node_modules"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def axe():
    return (NODE_MODULES / "axe-core" / "axe.min.js").read_text()


def ask(page, script, *told):
    """What the page answers; when it was just about to leave, the page that it left for."""
    for _page in range(3):
        page.wait_for_load_state()
        try:
            return page.evaluate(script, *told)
        except Error as error:
            if "context was destroyed" not in str(error):
                raise
    raise AssertionError(f"the browser goes from page to page, and is now on {page.url}")


def resize(page, width):
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})


def barriers(page, *rules, colors=True):
    """What axe finds, of all its rules or of these."""
    if not ask(page, "() => 'axe' in window"):
        page.add_init_script(axe())  # sent once, for all that are opened after this one
        ask(page, axe())
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    asked = {"runOnly": chosen, "resultTypes": ["violations"]}
    if not colors:
        asked["rules"] = {"color-contrast": {"enabled": False}}
    found = ask(page, "asked => axe.run(asked).then((found) => found.violations)", asked)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page):
    """How many pixels lie outside to the right."""
    return ask(page, "document.documentElement.scrollWidth - document.documentElement.clientWidth")


def invalid(folder):
    """What the HTML checker says of the files in the folder."""
    jar = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    # Half a minute is too short to be worth compiling for, and what is not compiled needs a stack.
    java = ["java", "-XX:TieredStopAtLevel=1", "-Xss4m"]
    command = [*java, "-jar", str(jar), "--errors-only", "--format", "json", str(folder)]
    checked = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return [
        f"{said['url'].rpartition('/')[2]}: {said['message']} {said.get('extract', '')}"
        for said in json.loads(checked.stderr)["messages"]
    ]
