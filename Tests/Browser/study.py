"""A study as those who take part meet it: by clicking on a wide window, by keys on a narrow one, both at once; and as
the organiser invites them.

Arguments: the address of the start page, the address of the organiser's page, how many answers one person gives.
"""

import sys
import time
import urllib.request

import zbar
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import NARROW, WIDE, ZOOMED, Browser, require, require_valid_html

PATIENCE = 20


class Person:
    """Somebody in a window of their own."""

    def __init__(self, browser, address, name):
        self.browser, self.driver, self.name = browser, browser.driver, name
        self.seen = []
        browser.open(address)
        self.wait_for("welcome")

    def wait_for(self, section):
        WebDriverWait(self.driver, PATIENCE).until(lambda _: self.section() == section)

    def section(self):
        shown = [s.get_attribute("id") for s in self.driver.find_elements(By.CSS_SELECTOR, "main section") if s.is_displayed()]
        return shown[0] if len(shown) == 1 else None

    def state(self):
        """The trial on the screen once it may be answered, or the section where there is none."""
        return self.driver.execute_script("return isOpen ? question.trial : null")

    def wait_for_question(self, before):
        def ready(_):
            return self.section() == "end" or self.state() not in (None, before)

        WebDriverWait(self.driver, PATIENCE).until(ready)
        return None if self.section() == "end" else self.state()

    def tiles_are_drawn(self):
        tiles = [t for t in self.driver.find_elements(By.CSS_SELECTOR, ".tile") if t.is_displayed()]
        require(len(tiles) in (6, 9, 20), f"{self.name}: {len(tiles)} images are shown")
        for tile in tiles:
            require(min(tile.size["width"], tile.size["height"]) >= 36, f"{self.name}: an image has {tile.size}")
            require(tile.value_of_css_property("image-rendering") == "pixelated", "images are smoothed")
            require(tile.get_attribute("aria-label"), "an image has no words")

    def press(self, key):
        self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "text": key})
        self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyUp", "key": key})

    def words(self, identifier):
        return self.driver.find_element(By.ID, identifier).text

    def stays(self, what):
        """Nothing is answered for as long as an answer takes, and longer."""
        trial = self.state()
        time.sleep(0.5)
        require(self.state() == trial is not None, f"{self.name}: {what} answers")

    def keys_only_in_the_question(self):
        """Numbers outside of the question, or switched off, answer nothing (WCAG 2.1.4)."""
        keys = self.driver.find_element(By.ID, "keys")
        keys.send_keys("3")
        self.stays("a number outside of the question")
        self.driver.execute_script("document.activeElement.blur()")
        self.press("3")
        self.stays("a number on the page as a whole")
        keys.send_keys(Keys.SPACE)
        self.driver.execute_script("document.getElementById('title').focus()")
        self.press("3")
        self.stays("a number that was switched off")
        self.driver.refresh()
        self.wait_for_question(None)
        require(not self.driver.find_element(By.ID, "keys").is_selected(), "a reload switches the numbers on")
        self.press("3")
        self.stays("a number that was switched off before a reload")
        self.driver.find_element(By.ID, "keys").send_keys(Keys.SPACE)
        self.driver.execute_script("document.getElementById('title').focus()")

    def undo(self, trial, after):
        """The latest answer is taken back, once: its question is there again. Returns what comes after it then."""
        undo = self.driver.find_element(By.ID, "undo")
        require(undo.is_displayed(), f"{self.name}: there is nothing to undo with")
        undo.send_keys(Keys.ENTER)
        require(self.wait_for_question(after) == trial, f"{self.name}: undo leads to another question")
        require("was undone" in self.words("undo-words"), f"{self.name}: undo says {self.words('undo-words')}")
        require(not self.driver.find_element(By.ID, "undo").is_displayed(), f"{self.name}: undo goes on and on")
        require(not self.driver.find_elements(By.CSS_SELECTOR, ".chosen"), f"{self.name}: the old answer is chosen")
        self.browser.require_focus("#title", "an undo")
        self.driver.refresh()
        require(self.wait_for_question(None) == trial, f"{self.name}: a reload forgets the undo")

    def looks(self, part):
        """At the first of each part."""
        self.browser.require_no_sideways_scrolling()
        self.browser.require_accessible()
        self.browser.screenshot(f"study-{self.name}-{part}", whole=True)

    def is_told_the_rules(self):
        rules = [rule.text for rule in self.driver.find_elements(By.CSS_SELECTOR, "#rules li")]
        for words in [
            "rate all sheets", "more than 15 seconds on these instructions", "43 seconds", "4.8 minutes",
            "11 questions", "before the time is up", "2 of the 3 control questions", "same side",
        ]:
            require(any(words in rule for rule in rules), f"no rule of exclusion says {words}: {rules}")

    def join(self):
        self.looks("welcome")
        self.driver.find_element(By.ID, "join").click()
        WebDriverWait(self.driver, PATIENCE).until(
            lambda driver: driver.find_element(By.ID, "consent-missing").text.startswith("Please tick")
        )
        self.driver.find_element(By.ID, "consent").click()
        self.driver.find_element(By.ID, "join").click()
        self.wait_for("instructions")
        require(self.driver.find_element(By.ID, "who").text.startswith("You are "), "no name is given")
        self.browser.require_focus("#title", "joining")
        self.is_told_the_rules()
        self.looks("instructions")
        self.driver.find_element(By.ID, "begin").click()

    def answer(self, number, by_keys):
        part = self.driver.execute_script("return question.part")
        self.browser.require_focus("#title", f"answer {number}")
        if part not in self.seen:
            self.seen.append(part)
            self.tiles_are_drawn()
            self.looks(part)
        value = 1 + number % (5 if part == "sheet" else 6)
        place = "#ratings" if part == "sheet" else "#choices"
        trial = self.state()
        if by_keys:
            self.press(str(value))
        else:
            self.driver.find_element(By.CSS_SELECTOR, f"{place} button[data-value='{value}']").click()
        if part == "practice":
            WebDriverWait(self.driver, PATIENCE).until(
                lambda driver: driver.find_element(By.ID, "feedback-text").is_displayed()
            )
            words = self.driver.find_element(By.ID, "feedback-text").text
            require(words.startswith(("Correct:", "Not correct:")), f"practice says: {words}")
            require(
                self.driver.switch_to.active_element.get_attribute("id") == "next", "the button for more has no focus"
            )
            if number == 0:
                self.looks("feedback")
            if by_keys:
                self.driver.switch_to.active_element.send_keys("\ue007")
            else:
                self.driver.find_element(By.ID, "next").click()
        return self.wait_for_question(trial)


def answer_all(person, by_keys, count):
    """Yields after each answer, so that two people can take turns."""
    trial = person.wait_for_question(None)
    number = 0
    while trial is not None:
        if number == 7:
            # A reload in the middle: the same question again.
            person.driver.refresh()
            require(person.wait_for_question(None) == trial, f"{person.name}: a reload leads elsewhere")
        if number == 4 and by_keys:
            person.keys_only_in_the_question()
        before, trial = trial, person.answer(number, by_keys)
        if number in (5, count - 2):
            person.undo(before, trial)
            require(person.answer(number + 1, by_keys) == trial, f"{person.name}: another question follows an undo")
        if number == count - 2:
            require("last one" in person.words("undo-words"), f"{person.name} is not told that this is the last")
        number += 1
        yield
    require(number == count, f"{person.name} gave {number} answers, {count} were expected")


def organiser_invites(browser, address):
    """The address is there to copy, with and without the clipboard of secure pages, and as a code for phones."""
    driver = browser.driver
    require(driver.find_element(By.ID, "address").get_attribute("value") == address, "the address is another")
    require(driver.find_element(By.ID, "loopback").is_displayed(), "nobody is told that no other machine gets here")
    pixels = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "const code = document.getElementById('code');"
        "const shown = new Image(); shown.src = code.src;"
        "shown.decode().then(() => {"
        "  const canvas = Object.assign(document.createElement('canvas'), {width: 300, height: 300});"
        "  const pencil = canvas.getContext('2d');"
        "  pencil.drawImage(shown, 0, 0, 300, 300);"
        "  const data = pencil.getImageData(0, 0, 300, 300).data;"
        "  done(Array.from({length: 90000}, (_, pixel) => data[4 * pixel]));"
        "}, error => done(String(error)))"
    )
    require(isinstance(pixels, list), f"the code is no picture: {pixels}")
    picture = zbar.Image(300, 300, "Y800", bytes(pixels))
    zbar.ImageScanner().scan(picture)
    read_by_phone = [symbol.data for symbol in picture]
    require(read_by_phone == [address], f"a phone reads {read_by_phone}")
    driver.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    driver.execute_script("window.clipboard = navigator.clipboard")
    held = "clipboard.readText().then(arguments[arguments.length - 1], e => arguments[arguments.length - 1](String(e)))"
    for lacks in (False, True):
        driver.execute_async_script("clipboard.writeText('nothing').then(arguments[arguments.length - 1])")
        if lacks:
            # As on a page whose address is not secure.
            driver.execute_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        driver.find_element(By.ID, "copy").click()
        WebDriverWait(driver, PATIENCE).until(
            lambda driver: driver.find_element(By.ID, "copied").text == "Copied."
        )
        require(driver.execute_async_script(held) == address, f"something else is copied, clipboard missing: {lacks}")
        browser.require_focus("#copy", "copying")


def read(address):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address) as answer:
        return answer.read().decode()


def main():
    address, organiser, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for page in (address, organiser):
        require_valid_html(read(page))
    with Browser(WIDE) as wide, Browser(NARROW, dark=True) as narrow, Browser(WIDE) as third:
        third.open(organiser)
        clicking, typing = Person(wide, address, "1280"), Person(narrow, address, "390-dark")
        clicking.join()
        typing.join()
        turns = [answer_all(clicking, False, count), answer_all(typing, True, count)]
        while turns:
            for turn in list(turns):
                if next(turn, turns) is turns:
                    turns.remove(turn)
        for person in (clicking, typing):
            person.wait_for("end")
            person.looks("end")
            words = person.driver.find_element(By.ID, "score").text
            require("of 3 practice" in words and "of 3 control" in words, f"the end says: {words}")
            person.driver.refresh()
            person.wait_for("end")
            person.browser.require_silence()
            person.browser.require_addresses(address)
        names = {p.driver.find_element(By.ID, "who").text for p in (clicking, typing)}
        require(len(names) == 2, f"two people have the name {names}")
        WebDriverWait(third.driver, PATIENCE).until(
            lambda driver: "2 finished" in driver.find_element(By.ID, "state").text
        )
        # Somebody joins and does not answer: the place is freed, and only that one.
        cookieless = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        cookieless.open(urllib.request.Request(address + "join", b"{}", {"Content-Type": "application/json"}))
        people = lambda driver: driver.find_elements(By.CSS_SELECTOR, "#participants tr")
        WebDriverWait(third.driver, PATIENCE).until(lambda driver: len(people(driver)) == 3)
        third.require_accessible()
        organiser_invites(third, address)
        buttons = third.driver.find_elements(By.CSS_SELECTOR, "#participants button")
        require(len(buttons) == 1, f"{len(buttons)} places can be freed, one was expected")
        third.driver.find_element(By.ID, "free").send_keys(Keys.ENTER)
        WebDriverWait(third.driver, PATIENCE).until(lambda driver: len(people(driver)) == 2)
        require(not third.driver.find_element(By.ID, "free").is_displayed(), "a place can still be freed")
        third.require_focus(".wide", "freeing the last place")
        third.require_accessible()
        third.require_no_sideways_scrolling()
        third.screenshot("study-organiser-1280", whole=True)
        third.require_silence()
    for width, forced in [(NARROW, False), (ZOOMED, False), (WIDE, True)]:
        with Browser(width, forced=forced, dark=forced) as other:
            other.open(organiser)
            WebDriverWait(other.driver, PATIENCE).until(
                lambda driver: "2 finished" in driver.find_element(By.ID, "state").text
            )
            other.require_no_sideways_scrolling()
            other.screenshot(f"study-organiser-{width}{'-forced' if forced else ''}", whole=True)
    # At 400 %, and in the system's colours: all parts are there and fit, and what was chosen is seen.
    with Browser(ZOOMED, height=640) as zoomed, Browser(WIDE, forced=True) as forced:
        for name, browser in [("320", zoomed), ("forced", forced)]:
            person = Person(browser, address, name)
            person.join()
            trial = person.wait_for_question(None)
            for number in range(count - 1):
                trial = person.answer(number, False)
            colours = browser.driver.execute_script(
                "const [one, other] = document.querySelectorAll('#ratings button');"
                "one.classList.add('chosen');"
                "return [one, other].map(button => getComputedStyle(button).backgroundColor)"
            )
            require(colours[0] != colours[1], f"{name}: what was chosen looks like what was not")


main()
