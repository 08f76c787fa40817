"""A report of names that another program would run: they are shown, nothing runs, and nothing could.

Arguments: the folder of the report, a file of JSON with the names of its classes.
"""

import json
import pathlib
import sys
import time

from browser import WIDE, Browser, file_address, require

INJECTED = """
const done = arguments[arguments.length - 1];
const refused = [];
document.addEventListener("securitypolicyviolation", event => refused.push(event.effectiveDirective));
document.body.insertAdjacentHTML("beforeend", "<img src=data:, onerror=\\"document.title = 'pwned'\\">");
const script = document.createElement("script");
script.textContent = "document.title = 'pwned'";
document.body.append(script);
setTimeout(() => done(refused), 1000);
"""


def main():
    folder = pathlib.Path(sys.argv[1])
    names = json.loads(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8"))
    with Browser(WIDE) as browser:
        browser.open(file_address(folder / "index.html"))
        title = browser.driver.title
        shown = browser.driver.execute_script(
            "return [...document.querySelectorAll('td')].map(cell => [cell.textContent, cell.dataset.value])"
        )
        for name in names:
            # Blanks at the ends of a line of class-names.txt are no part of a name.
            require([name.strip()] * 2 in shown, f"{name!r} is not shown: {shown[:12]}")
        require(
            browser.driver.find_elements("css selector", "th button"), "the page's own script does not run"
        )
        time.sleep(1)
        require(browser.driver.title == title and "pwned" not in title, "a name was run")
        browser.require_silence()
        refused = browser.driver.execute_async_script(INJECTED)
        require(browser.driver.title == title, "a handler in an attribute or a script of another ran")
        require(
            sorted(refused) == ["script-src-attr", "script-src-elem"], f"the policy refused {refused}"
        )


main()
