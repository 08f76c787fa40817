"""A study as those who take part meet it: by clicking on a wide window, by keys on a narrow one, both at once.

Arguments: the address of the start page, the address of the organiser's page, how many answers one person gives.
"""

import sys
import urllib.request

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import NARROW, WIDE, Browser, require, require_valid_html

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

    def looks(self, part):
        """At the first of each part."""
        self.browser.require_no_sideways_scrolling()
        self.browser.require_accessible()
        self.browser.screenshot(f"study-{self.name}-{part}", whole=True)

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
        self.looks("instructions")
        self.driver.find_element(By.ID, "begin").click()

    def answer(self, number, by_keys):
        part = self.driver.execute_script("return question.part")
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
            require(words.startswith(("Correct:", "Not this time:")), f"practice says: {words}")
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
        trial = person.answer(number, by_keys)
        number += 1
        yield
    require(number == count, f"{person.name} gave {number} answers, {count} were expected")


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
        buttons = third.driver.find_elements(By.CSS_SELECTOR, "#participants button")
        require(len(buttons) == 1, f"{len(buttons)} places can be freed, one was expected")
        third.driver.find_element(By.ID, "free").click()
        WebDriverWait(third.driver, PATIENCE).until(lambda driver: len(people(driver)) == 2)
        require(not third.driver.find_element(By.ID, "free").is_displayed(), "a place can still be freed")
        third.require_accessible()
        third.require_no_sideways_scrolling()
        third.screenshot("study-organiser-1280", whole=True)
        third.require_silence()
    with Browser(NARROW) as narrow:
        narrow.open(organiser)
        WebDriverWait(narrow.driver, PATIENCE).until(
            lambda driver: "2 finished" in driver.find_element(By.ID, "state").text
        )
        narrow.require_no_sideways_scrolling()
        narrow.screenshot("study-organiser-390", whole=True)


main()
