"""A study whose time is nearly nothing, as somebody slow meets it: told before it is over, told when it is, not stopped.

Arguments: the address of the start page, the seconds for all questions.
"""

import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import NARROW, Browser, require

PATIENCE = 60


def main():
    address, most = sys.argv[1], float(sys.argv[2])
    with Browser(NARROW) as browser:
        driver = browser.driver

        def wait(condition):
            WebDriverWait(driver, PATIENCE, poll_frequency=0.1).until(lambda _: condition())

        def time_words():
            return driver.find_element(By.ID, "time").text

        def answer():
            before = driver.execute_script("return question && question.trial")
            driver.find_element(By.CSS_SELECTOR, "#choices button[data-value='2']").click()
            return before

        browser.open(address)
        wait(lambda: driver.find_element(By.ID, "consent").is_displayed())
        driver.find_element(By.ID, "consent").click()
        driver.find_element(By.ID, "join").click()
        wait(lambda: driver.find_element(By.ID, "begin").is_displayed())
        rules = driver.find_element(By.ID, "rules").text
        require(f"at most {most:g} seconds" in rules, f"the rules do not say the time: {rules}")
        driver.find_element(By.ID, "begin").click()
        for _ in range(3):
            wait(lambda: driver.execute_script("return isOpen"))
            require(time_words() == "", f"practice is timed: {time_words()}")
            answer()
            wait(lambda: driver.find_element(By.ID, "next").is_displayed())
            driver.find_element(By.ID, "next").click()
            wait(lambda: driver.execute_script("return isOpen"))
        require(time_words() == "", f"the time is nearly over as it begins: {time_words()}")
        wait(lambda: "11 remaining questions" in time_words())
        require(time_words().startswith("Less than "), f"before the time is over: {time_words()}")
        browser.require_accessible()
        # The next question goes on with what is left.
        before = answer()
        wait(lambda: driver.execute_script("return isOpen && question.trial") not in (False, before))
        require("10 remaining questions" in time_words() or "are over" in time_words(), f"then: {time_words()}")
        wait(lambda: "are over" in time_words())
        require("you may continue" in time_words(), f"after the time: {time_words()}")
        browser.screenshot("study-time-over", whole=True)
        browser.require_no_sideways_scrolling()
        before = answer()
        wait(lambda: driver.execute_script("return isOpen && question.trial") not in (False, before))
        require("are over" in time_words(), f"after another answer: {time_words()}")
        browser.require_silence()


main()
