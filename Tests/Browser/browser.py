"""A headless Chromium for the scenarios beside this file, and what every page is asked.

Selenium drives it; axe-core, where INTRIGUE_AXE names its file, looks for what keeps people out; html5lib, tidy and,
where INTRIGUE_VNU names its file, the Nu checker read the HTML. Screenshots go to the folder that INTRIGUE_SCREENSHOTS names, or are only looked at by `is_drawn`.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import urllib.parse

import html5lib
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service

WIDE, NARROW = 1280, 390


# Seconds.
PATIENCE = 600


def started(options):
    """The driver; on a busy machine it may not answer in the time that Selenium gives it, and is started again."""
    for attempt in range(4):
        try:
            return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        except WebDriverException:
            if attempt == 3:
                raise
    return None


def require(condition, message):
    """Ends the scenario with what is wrong; the exit code is then 1."""
    if not condition:
        raise SystemExit(message)


class Browser:
    """One window. `with Browser(WIDE) as browser: browser.open(address)`."""

    def __init__(self, width, height=900, dark=False, scripts=True):
        options = webdriver.ChromeOptions()
        for argument in [
            "--headless=new",
            # Chromium's sandbox refuses to run for root, as in a container.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--hide-scrollbars",
            # Whatever would leave the machine finds no address.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
            f"--window-size={width},{height}",
        ]:
            options.add_argument(argument)
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2}
            )
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = started(options)
        # A machine that builds and tests something else beside takes its time.
        self.driver.set_page_load_timeout(PATIENCE)
        self.driver.set_script_timeout(PATIENCE)
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        scheme = "dark" if dark else "light"
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        self.messages = []
        self.addresses = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, address):
        self.driver.get(address)

    def collect(self):
        """Takes what the console said and what was asked for since the last time into `messages` and `addresses`."""
        self.messages += [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.addresses.append(message["params"]["request"]["url"])

    def require_silence(self):
        """No word on the console."""
        self.collect()
        require(not self.messages, f"the console says: {self.messages}")

    def require_addresses(self, *prefixes):
        """Nothing was asked for that begins otherwise; data and blob addresses stay in the page."""
        self.collect()
        require(self.addresses, "no request was seen: the log of requests is empty")
        for address in self.addresses:
            require(
                address.startswith(prefixes + ("data:", "blob:")), f"a request leaves the page: {address}"
            )

    def require_no_sideways_scrolling(self):
        wide, there = self.driver.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        require(wide <= there, f"the page is {wide} pixels wide in a window of {there}")

    def require_accessible(self):
        """What axe-core finds, the rules of WCAG 2.2 A and AA and its best practices; and what needs no library."""
        for sentence in self.driver.execute_script(CHECKLIST):
            raise SystemExit(f"accessibility: {sentence}")
        axe = os.environ.get("INTRIGUE_AXE")
        if not axe:
            print("axe-core is not here; only the checklist was asked", file=sys.stderr)
            return
        self.driver.execute_script(pathlib.Path(axe).read_text(encoding="utf-8"))
        result = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']})"
            ".then(result => done(result), error => done({error: String(error)}))"
        )
        require("error" not in result, f"axe-core failed: {result.get('error')}")
        require(len(result["passes"]) > 5, "axe-core looked at nothing")
        for violation in result["violations"]:
            nodes = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
            raise SystemExit(f"accessibility, {violation['id']}: {violation['help']}: {nodes}")

    def screenshot(self, name, whole=False):
        """Of the window, or of the whole page up to 6,000 pixels; must show more than one colour."""
        arguments = {"format": "png"}
        if whole:
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            width = self.driver.execute_script("return document.documentElement.clientWidth")
            clip = {"x": 0, "y": 0, "width": width, "height": min(height, 6000), "scale": 1}
            arguments |= {"captureBeyondViewport": True, "clip": clip}
        data = base64.b64decode(self.driver.execute_cdp_cmd("Page.captureScreenshot", arguments)["data"])
        # An empty page of this size is a few kilobytes of PNG.
        require(len(data) > 6000, f"the screenshot {name} shows hardly anything ({len(data)} bytes)")
        folder = os.environ.get("INTRIGUE_SCREENSHOTS")
        if folder:
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            pathlib.Path(folder, f"{name}.png").write_bytes(data)

    def print_to_pdf(self, name):
        """Prints the page, returns the PDF."""
        data = base64.b64decode(
            self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"]
        )
        folder = os.environ.get("INTRIGUE_SCREENSHOTS")
        if folder:
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            pathlib.Path(folder, f"{name}.pdf").write_bytes(data)
        return data


# Sentences about what is wrong, none where all is well.
CHECKLIST = """
const wrong = [];
const say = (element, what) => wrong.push(what + ": " + element.outerHTML.slice(0, 200));
if (!document.documentElement.lang) wrong.push("the page does not say its language");
if (!document.title.trim()) wrong.push("the page has no title");
if (document.querySelectorAll("h1").length !== 1) wrong.push("the page has not exactly one first heading");
if (document.querySelectorAll("main").length !== 1) wrong.push("the page has not exactly one main part");
let level = 0;
for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
  const own = Number(heading.tagName[1]);
  if (own > level + 1) say(heading, "a heading skips a level");
  level = own;
}
const ids = new Set();
for (const element of document.querySelectorAll("[id]")) {
  if (ids.has(element.id)) say(element, "an anchor is there twice");
  ids.add(element.id);
}
for (const link of document.querySelectorAll('a[href^="#"]'))
  if (!ids.has(decodeURIComponent(link.getAttribute("href").slice(1)))) say(link, "a link leads nowhere");
for (const image of document.querySelectorAll("img, [role=img], canvas"))
  if (!(image.getAttribute("alt") || image.getAttribute("aria-label") || image.getAttribute("aria-labelledby")
        || image.closest("[aria-hidden=true]") || image.getAttribute("alt") === ""))
    say(image, "a picture has no words");
for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
  if (!(control.labels && control.labels.length) && !control.getAttribute("aria-label")
      && !control.getAttribute("aria-labelledby"))
    say(control, "a control has no label");
for (const button of document.querySelectorAll("button, a[href], summary"))
  if (!button.textContent.trim() && !button.getAttribute("aria-label") && !button.querySelector("img[alt]"))
    say(button, "a control has no name");
for (const element of document.querySelectorAll("[tabindex]"))
  if (Number(element.getAttribute("tabindex")) > 0) say(element, "a tabindex above 0 breaks the order of focus");
return wrong;
"""


def require_valid_html(text):
    """No error for the parser of the HTML standard, none for tidy and none for the Nu checker."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    for (line, _), code, variables in parser.errors:
        raise SystemExit(f"HTML, line {line}: {html5lib.constants.E[code] % variables}")
    tidy = subprocess.run(
        ["tidy", "-quiet", "-errors", "--show-warnings", "yes", "--drop-empty-elements", "no"],
        input=text.encode(),
        stderr=subprocess.PIPE,
        check=False,
    )
    complaints = [
        line
        for line in tidy.stderr.decode().splitlines()
        # tidy 5.6 is older than these.
        if line.strip() and not any(word in line for word in OUTSIDE_TIDY)
    ]
    require(not complaints, "HTML: " + "; ".join(complaints[:5]))
    checker = os.environ.get("INTRIGUE_VNU")
    if checker:
        # The checker's knowledge of CSS is older than variables in lengths.
        result = subprocess.run(
            ["java", "-Xss8m", "-jar", checker, "--skip-non-html", "--filterpattern", "CSS: .*", "-"],
            input=text.encode(),
            stderr=subprocess.PIPE,
            check=False,
        )
        lines = [line for line in result.stderr.decode().splitlines() if "error" in line.split(": ")[:3]]
        require(not lines, "HTML: " + "; ".join(line[:300] for line in lines[:5]))
        require("Exception" not in result.stderr.decode(), f"the Nu checker failed: {result.stderr.decode()[:300]}")


OUTSIDE_TIDY = ('attribute "loading"', "attribute name")


def file_address(path):
    return "file://" + urllib.parse.quote(str(pathlib.Path(path).resolve()))
