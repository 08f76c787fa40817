"""The explorer as a student uses it: directions, attacks, drawings; by mouse and by keyboard; wide and narrow, dark.

Arguments: the address, a folder with cross.png (a picture) and text.png (none).
"""

import pathlib
import sys
import urllib.request

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from browser import NARROW, PATIENCE, WIDE, Browser, require, require_valid_html


def one(browser, selector):
    return browser.driver.find_element(By.CSS_SELECTOR, selector)


def wait(browser, condition, message):
    WebDriverWait(browser.driver, PATIENCE, poll_frequency=0.02).until(lambda _: condition(), message)


def images(browser, side):
    return [
        tile.get_attribute("data-image")
        for tile in browser.driver.find_elements(By.CSS_SELECTOR, f"#panel-{side} .top .tile")
    ]


def id_of(browser, side):
    return one(browser, f"#panel-{side} .facts").get_attribute("data-id")


def settled(browser):
    """Until nothing is asked any more."""
    before = None
    while before != (before := browser.driver.execute_script("return performance.getEntriesByType('resource').length")):
        browser.driver.execute_async_script("setTimeout(arguments[arguments.length - 1], 700)")


def directions(browser):
    wait(browser, lambda: id_of(browser, "left") and id_of(browser, "right"), "no direction is shown")
    before, shown = id_of(browser, "left"), images(browser, "left")
    require(len(shown) == 9, f"{len(shown)} images are shown, not 9")
    require(id_of(browser, "right") == "r000", "the right panel does not begin with a random direction")
    slider = one(browser, "#panel-left .neuron")
    key = Keys.ARROW_RIGHT if slider.get_attribute("value") == "0" else Keys.ARROW_LEFT
    # By the keyboard.
    slider.send_keys(key)
    wait(browser, lambda: id_of(browser, "left") != before, "a slider moves and nothing changes")
    number = one(browser, "#panel-right .number-number")
    shown = images(browser, "right")
    number.clear()
    number.send_keys("7")
    wait(browser, lambda: id_of(browser, "right") == "r007", "the number of a random direction is not heard")
    require(images(browser, "right") != shown, "another direction has the same images")
    # Many moves at once: what is shown in the end is where the slider is.
    slider = one(browser, "#panel-right .number")
    for _ in range(30):
        slider.send_keys(Keys.ARROW_RIGHT)
    wait(browser, lambda: id_of(browser, "right") == "r037", "the last of many moves is not what is shown")
    Select(one(browser, "#panel-left .kind")).select_by_value("mixture")
    wait(browser, lambda: id_of(browser, "left") == "mixture", "a mixture is not shown")
    shown = one(browser, "#panel-left .scores").text
    one(browser, "#panel-left .weights [type=range]").send_keys(Keys.HOME)
    wait(browser, lambda: one(browser, "#panel-left .scores").text != shown, "a weight moves and nothing changes")
    one(browser, "#lowest").click()
    wait(
        browser,
        lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#panel-left .low .tile"),
        "the lowest scores are not shown",
    )
    one(browser, "#lowest").click()
    # Wishes under way must not come after the complaint.
    one(browser, "#panel-left .weights [type=range]").send_keys(*[Keys.ARROW_RIGHT] * 3)
    Select(one(browser, "#panel-left .kind")).select_by_value("basis")
    require(not one(browser, "#panel-left .answer").is_displayed(), "what is not asked for any more stays")
    wait(browser, lambda: "no saved basis" in one(browser, "#panel-left .trouble").text, "a lack is not told")
    settled(browser)
    require("no saved basis" in one(browser, "#panel-left .trouble").text, "an older answer wipes the complaint")
    require(not one(browser, "#panel-left .answer").is_displayed(), "an older answer comes after the complaint")
    Select(one(browser, "#panel-left .kind")).select_by_value("neuron")
    wait(browser, lambda: one(browser, "#panel-left .trouble").text == "", "the complaint stays")
    wait(browser, lambda: one(browser, "#panel-left .answer").is_displayed(), "the answer stays away")
    # An empty box leaves the last seed.
    seed = one(browser, "#panel-right .seed")
    wait(browser, lambda: id_of(browser, "right"), "no direction")
    seed.clear()
    seed.send_keys("7")
    settled(browser)
    seven = images(browser, "right")
    seed.clear()
    settled(browser)
    require(images(browser, "right") == seven, "an empty box is another seed")
    seed.send_keys("1")
    pixelated = browser.driver.execute_script(
        "return getComputedStyle(document.querySelector('.tile img')).imageRendering"
    )
    require(pixelated == "pixelated", "images are smoothed")


def attack(browser):
    # From a top image to its attack.
    tile = one(browser, "#panel-left .top .tile")
    index = tile.get_attribute("data-image")
    tile.send_keys(Keys.ENTER)
    verdict = one(browser, "#verdict")
    wait(browser, lambda: f"Image {index} is" in verdict.text, "a click on an image does not attack it")
    require(one(browser, "#image").get_attribute("value") == index, "the number is not that of the image")
    rows = len(browser.driver.find_elements(By.CSS_SELECTOR, "#attack-bars tr"))
    require(rows == 3, f"{rows} bars for 3 classes")
    one(browser, "#epsilon").send_keys(Keys.HOME)
    wait(browser, lambda: "L2 0," in one(browser, "#norms").text, "ε = 0 changes the image")
    first = one(browser, "#adversarial").get_attribute("src")
    bars = one(browser, "#attack-bars").text
    one(browser, "#epsilon").send_keys(Keys.END)
    wait(browser, lambda: one(browser, "#adversarial").get_attribute("src") != first, "ε moves, the image stays")
    wait(browser, lambda: one(browser, "#attack-bars").text != bars, "ε moves, the bars stay")
    # The details are closed; polylines need none of them.
    lines = browser.driver.find_elements(By.CSS_SELECTOR, "#line polyline")
    require(len(lines) == 3, f"{len(lines)} lines for 3 classes")
    for kind in ["fgm-l2", "pgd", "deepfool", "ddn", "lbfgs"]:
        Select(one(browser, "#attack-kind")).select_by_value(kind)
        hidden = one(browser, "#epsilon-row").get_attribute("hidden") is not None
        require(hidden == (kind in ["deepfool", "ddn", "lbfgs"]), f"{kind}: ε is there or not, wrongly")
    Select(one(browser, "#attack-kind")).select_by_value("deepfool")
    wait(browser, lambda: verdict.get_attribute("data-verdict") in ["succeeded", "alreadyWrong"], "DeepFool fails")
    one(browser, "#random-image").click()
    image = one(browser, "#image")
    image.clear()
    image.send_keys("1")
    wait(browser, lambda: "Image 1 is" in verdict.text, "an image's number is not heard")
    # An empty box leaves the image; a number that is none leaves no older answer beside the complaint.
    image.clear()
    Select(one(browser, "#attack-kind")).select_by_value("fgsm")
    settled(browser)
    require("Image 1 is" in verdict.text, f"an empty box is another image: {verdict.text}")
    one(browser, "#epsilon-number").clear()
    one(browser, "#epsilon-number").send_keys("1e39")
    wait(browser, lambda: one(browser, "#trouble").text, "an ε that cannot be is taken")
    require(not one(browser, "#attack-result").is_displayed(), "an older attack stands beside the complaint")
    one(browser, "#epsilon-number").clear()
    one(browser, "#epsilon-number").send_keys("0.1")
    wait(browser, lambda: one(browser, "#attack-result").is_displayed(), "the attack does not come back")
    before = verdict.text
    label = one(browser, "#clean-caption").text
    targets = Select(one(browser, "#target"))
    other = next(o.text for o in targets.options[1:] if o.text not in label)
    targets.select_by_visible_text(other)
    wait(browser, lambda: other in verdict.text or verdict.text != before, "a target changes nothing")


def picture(browser, folder):
    one(browser, 'nav a[href="#picture"]').click()
    canvas = one(browser, "#canvas")
    said = one(browser, "#picture-verdict")
    ActionChains(browser.driver).move_to_element_with_offset(
        canvas, -60, -60
    ).click_and_hold().move_by_offset(120, 120).release().perform()
    wait(browser, lambda: "The network says" in said.text, "a drawing gives no answer")
    wait(browser, lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, "#picture-bars tr")) == 3, "no bars")
    wait(browser, lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#neurons .tile"), "no neurons")
    drawn = one(browser, "#seen").get_attribute("src")
    # With the keyboard: pen down, to the right.
    canvas.send_keys(" ", *[Keys.ARROW_RIGHT] * 6, *[Keys.ARROW_UP] * 6, " ")
    wait(browser, lambda: one(browser, "#seen").get_attribute("src") != drawn, "the keyboard draws nothing")
    one(browser, "#file").send_keys(str(pathlib.Path(folder, "text.png")))
    trouble = one(browser, "#trouble")
    wait(browser, lambda: "neither a PNG nor a JPEG" in trouble.text, "a file that is no picture is taken")
    require(not one(browser, "#picture-result").is_displayed(), "the picture before stays beside the complaint")
    require(not one(browser, "#attack-picture").is_enabled(), "a file that is no picture can be attacked")
    drawn = one(browser, "#seen").get_attribute("src")
    one(browser, "#file").send_keys(str(pathlib.Path(folder, "cross.png")))
    wait(browser, lambda: one(browser, "#seen").get_attribute("src") != drawn, "a file is not taken")
    wait(browser, lambda: trouble.text == "", "the complaint stays")
    drawn = one(browser, "#seen").get_attribute("src")
    one(browser, "#inverted").click()
    wait(browser, lambda: one(browser, "#seen").get_attribute("src") != drawn, "inverting changes nothing")
    one(browser, "#clear").click()
    require(not one(browser, "#picture-result").is_displayed(), "an empty canvas is a picture")
    one(browser, "#file").send_keys(str(pathlib.Path(folder, "cross.png")))
    wait(browser, lambda: one(browser, "#attack-picture").is_enabled(), "a file is not taken again")
    one(browser, "#attack-picture").click()
    wait(browser, lambda: "Your picture is taken for" in one(browser, "#verdict").text, "it is not attacked")
    one(browser, 'nav a[href="#picture"]').click()


def every_control_is_reached(browser, room):
    """Tab walks through all that can be used, and each shows where the focus is."""
    driver = browser.driver
    driver.execute_script("document.querySelector('.skip').focus()")
    ActionChains(driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    reached = set()
    for _ in range(150):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        key, outline = driver.execute_script(
            "const e = document.activeElement;"
            "e.dataset.walk = e.dataset.walk || String(Math.random());"
            "return [e === document.body ? '' : e.dataset.walk, getComputedStyle(e).outlineStyle]"
        )
        if not key or key in reached:
            break
        require(outline != "none", f"{room}: the focus cannot be seen on {driver.switch_to.active_element.tag_name}")
        reached.add(key)
    missing = driver.execute_script(
        "return [...document.querySelectorAll('a[href], button, input, select, canvas, summary')]"
        ".filter(e => e.checkVisibility() && !e.disabled && !e.dataset.walk).map(e => e.outerHTML.slice(0, 100))"
    )
    require(not missing, f"{room}: the Tab key does not lead to {missing}")


def play(address, folder):
    require_valid_html(urllib.request.urlopen(address).read().decode())
    for width, dark in [(WIDE, False), (NARROW, True), (WIDE, True), (NARROW, False)]:
        with Browser(width, dark=dark) as browser:
            browser.open(address)
            is_first = (width, dark) in [(WIDE, False), (NARROW, True)]
            name = f"explore-{width}-{'dark' if dark else 'light'}"
            wait(browser, lambda: len(images(browser, "right")) == 9, "no images are shown")
            if is_first:
                directions(browser)
            browser.screenshot(f"{name}-directions", whole=True)
            browser.require_no_sideways_scrolling()
            browser.require_accessible()
            if is_first:
                attack(browser)
            else:
                one(browser, 'nav a[href="#attack"]').click()
            wait(browser, lambda: one(browser, "#verdict").text, "no verdict")
            browser.screenshot(f"{name}-attack", whole=True)
            browser.require_no_sideways_scrolling()
            browser.require_accessible()
            if is_first:
                picture(browser, folder)
            one(browser, 'nav a[href="#picture"]').click()
            browser.screenshot(f"{name}-picture", whole=True)
            browser.require_no_sideways_scrolling()
            browser.require_accessible()
            if is_first:
                for room in ["directions", "attack", "picture"]:
                    one(browser, f'nav a[href="#{room}"]').click()
                    every_control_is_reached(browser, room)
            browser.collect()
            # What the console may complain about: the file that is no picture and the ε that cannot be, both refused.
            browser.messages = [m for m in browser.messages if not ("400" in m and ("/picture" in m or "/attack" in m))]
            browser.require_silence()
            browser.require_addresses(address)


    # By its own address a room asks for nothing that cannot be.
    with Browser(WIDE) as browser:
        browser.open(address + "#attack")
        wait(browser, lambda: one(browser, "#verdict").text, "a room's own address shows nothing")
        browser.require_silence()


play(*sys.argv[1:])
