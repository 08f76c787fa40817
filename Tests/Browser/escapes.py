"""Texts that were escaped for HTML, as a browser reads them: the same text, between tags and in an attribute, no script run.

Argument: a folder with page.html, a <pre> for each text of texts.json.
"""

import json
import pathlib
import sys
import time

from browser import WIDE, Browser, file_address, require


def main():
    folder = pathlib.Path(sys.argv[1])
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    with Browser(WIDE) as browser:
        browser.open(file_address(folder / "page.html"))
        time.sleep(1)
        shown = browser.driver.execute_script(
            "return [...document.querySelectorAll('pre')].map(p => [p.textContent, p.title, p.children.length])"
        )
        require(len(shown) == len(texts), f"{len(shown)} texts of {len(texts)} are shown")
        for text, (content, title, children) in zip(texts, shown):
            require(content == "." + text, f"{text!r} is shown as {content[1:]!r}")
            require(title == text, f"{text!r} as an attribute is {title!r}")
            require(children == 0, f"{text!r} makes an element")
        require(browser.driver.title == "still", "a text was run")
        require(
            browser.driver.execute_script("return document.querySelectorAll('body *:not(pre), script').length") == 1,
            "a text makes an element",
        )


main()
