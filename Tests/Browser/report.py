"""A report as a reader meets it: from a disk, with and without scripts, wide and narrow, dark, printed.

Arguments: the folder of a report, the folder of one in a single file.
"""

import pathlib
import sys

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import NARROW, WIDE, Browser, file_address, require, require_valid_html


def all_pictures_load(browser):
    """Lazy pictures are fetched when they come near the window."""
    driver = browser.driver
    pictures = driver.find_elements(By.CSS_SELECTOR, "main img")
    require(pictures, "the page shows no picture")
    for picture in pictures:
        driver.execute_script("arguments[0].loading = 'eager'", picture)
    failed = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "Promise.all([...document.querySelectorAll('main img')].map(image => image.decode()"
        ".then(() => null, () => image.getAttribute('src').slice(0, 100))))"
        ".then(names => done(names.filter(name => name)))"
    )
    require(not failed, f"pictures that do not load: {failed}")


def sprites_load(browser):
    """Each tile of a direction lies inside a sprite sheet that loads and is no larger than browsers show."""
    problems = browser.driver.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        const tiles = [...document.querySelectorAll(".strip")];
        const sheets = new Map(tiles.map(tile => [getComputedStyle(tile).backgroundImage, null]));
        Promise.all([...sheets.keys()].map(async source => {
          const image = new Image();
          image.src = source.slice(5, -2);
          await image.decode();
          sheets.set(source, image);
        })).then(() => {
          const wrong = tiles.filter(tile => {
            const style = getComputedStyle(tile), sheet = sheets.get(style.backgroundImage);
            const [x, y] = style.backgroundPosition.split(" ").map(parseFloat);
            const [width, height] = style.backgroundSize.split(" ").map(parseFloat);
            const scale = width / sheet.naturalWidth;
            return sheet.naturalWidth > 4096 || sheet.naturalHeight > 4096
              || Math.abs(height - scale * sheet.naturalHeight) > 0.01
              || -x + tile.clientWidth > width + 0.01 || -y + tile.clientHeight > height + 0.01;
          });
          done(tiles.length === 0 ? "there are no tiles" : wrong.length ? wrong.length + " tiles lie outside" : "");
        }, error => done("a sprite sheet does not load: " + error));
        """
    )
    require(not problems, f"sprites: {problems}")


def open_all(browser):
    browser.driver.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def values(table, column):
    return [
        row.find_elements(By.TAG_NAME, "td")[column].get_attribute("data-value")
        for row in table.find_elements(By.CSS_SELECTOR, "tbody tr")
    ]


def sorting_works(browser):
    open_all(browser)
    tables = browser.driver.find_elements(By.CSS_SELECTOR, "table.sortable")
    require(tables, "the page has no table")
    sorted_columns = 0
    for table in tables:
        heads = table.find_elements(By.CSS_SELECTOR, "thead th")
        for column, head in enumerate(heads):
            before = values(table, column)
            if "number" not in head.get_attribute("class") or len(set(before)) < 3:
                continue
            button = head.find_element(By.TAG_NAME, "button")
            # By the keyboard, as by the mouse.
            button.send_keys(Keys.ENTER)
            expected = sorted(before, key=lambda value: float(value) if value else float("inf"))
            require(
                values(table, column) == expected and head.get_attribute("aria-sort") == "ascending",
                f"{head.text} is not sorted upwards",
            )
            button.send_keys(Keys.ENTER)
            numbers = [float(value) for value in values(table, column) if value]
            require(
                numbers == sorted(numbers, reverse=True) and head.get_attribute("aria-sort") == "descending",
                f"{head.text} is not sorted downwards",
            )
            sorted_columns += 1
            break
    require(sorted_columns, "no table has a column of numbers to sort")


def links_lead_somewhere(browser):
    driver = browser.driver
    links = driver.find_elements(By.CSS_SELECTOR, "nav a")
    require(links, "the page has no list of its sections")
    for link in links:
        link.click()
        target = driver.find_element(By.ID, link.get_attribute("href").split("#")[1])
        top = driver.execute_script("return arguments[0].getBoundingClientRect().top", target)
        height = driver.execute_script("return innerHeight")
        require(-2 <= top < height, f"{link.text} leads to a place at {top} in a window of {height}")


def directions_can_be_judged_blind(browser):
    """Only reports with a gallery have directions."""
    parts = browser.driver.find_elements(By.CSS_SELECTOR, "details.directions")
    require(parts, "the report shows no directions one by one")
    open_all(browser)
    names = [article.get_attribute("id") for article in parts[0].find_elements(By.TAG_NAME, "article")]
    box = parts[0].find_element(By.CSS_SELECTOR, "input[type=checkbox]")
    box.send_keys(Keys.SPACE)
    shown = parts[0].find_elements(By.CSS_SELECTOR, "h3, .facts, small")
    require(not any(element.is_displayed() for element in shown), "a blind gallery shows names or numbers")
    told = parts[0].find_elements(By.CSS_SELECTOR, "article, .strips [role=img]")
    require(
        not any(element.get_attribute("aria-labelledby") for element in told)
        and all((element.get_attribute("aria-label") or "").startswith(("Direction ", "Images")) for element in told),
        "a blind gallery tells a screen reader what it hides",
    )
    shuffled = [article.get_attribute("id") for article in parts[0].find_elements(By.TAG_NAME, "article")]
    require(sorted(shuffled) == sorted(names) and shuffled != names, "a blind gallery is not shuffled")
    browser.screenshot("report-1280-blind")
    box.send_keys(Keys.SPACE)
    again = [article.get_attribute("id") for article in parts[0].find_elements(By.TAG_NAME, "article")]
    require(again == names, "the order does not come back")
    told = [element.get_attribute("aria-label") for element in parts[0].find_elements(By.CSS_SELECTOR, ".strips [role=img]")]
    require(all(": " in words for words in told), f"the words do not come back: {told[:2]}")


def a_row_has_an_address(browser, address):
    """The anchor of a row inside a closed part opens that part."""
    row = browser.driver.find_element(By.CSS_SELECTOR, "tbody tr[id]").get_attribute("id")
    browser.open("about:blank")
    browser.open(f"{address}#{row}")
    shown = browser.driver.execute_script(
        "return document.getElementById(arguments[0]).getBoundingClientRect().height > 0", row
    )
    require(shown, f"#{row} does not open what hides it")


def the_keyboard_gets_in(browser, address):
    driver = browser.driver
    browser.open("about:blank")
    browser.open(address)
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    focused = driver.switch_to.active_element
    require("skip" in focused.get_attribute("class"), f"the first stop of the keyboard is {focused.text}")
    require(focused.is_displayed(), "the link to the content is not shown when it has the focus")
    outline = driver.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused)
    require(outline != "none", "the focus cannot be seen")


def ground(browser):
    """Red, green and blue of the ground."""
    colour = browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    return [int(part) for part in colour.strip("rgba()").split(",")[:3]]


def main():
    folder, single = (pathlib.Path(argument) for argument in sys.argv[1:3])
    page = folder / "index.html"
    address = file_address(page)
    here = file_address(folder)
    text = page.read_text(encoding="utf-8")
    require_valid_html(text)

    with Browser(WIDE) as browser:
        browser.open(address)
        browser.screenshot("report-1280")
        all_pictures_load(browser)
        require(ground(browser) == [255, 255, 255], "the ground is not white")
        browser.require_no_sideways_scrolling()
        links_lead_somewhere(browser)
        the_keyboard_gets_in(browser, address)
        browser.require_accessible()
        sorting_works(browser)
        browser.require_accessible()
        browser.require_no_sideways_scrolling()
        browser.screenshot("report-1280-open", whole=True)
        sprites_load(browser)
        directions_can_be_judged_blind(browser)
        a_row_has_an_address(browser, address)
        browser.require_silence()
        browser.require_addresses(here, "about:blank")
        printed = browser.print_to_pdf("report")
        require(printed.startswith(b"%PDF") and len(printed) > 20_000, "printing gives no document")

    with Browser(NARROW, dark=True) as browser:
        browser.open(address)
        require(max(ground(browser)) < 60, f"the ground is {ground(browser)} where dark is asked for")
        all_pictures_load(browser)
        browser.require_no_sideways_scrolling()
        browser.require_accessible()
        browser.screenshot("report-390-dark", whole=True)
        open_all(browser)
        browser.require_no_sideways_scrolling()
        browser.require_accessible()
        browser.require_silence()

    with Browser(WIDE, scripts=False) as browser:
        browser.open(address)
        shown = browser.driver.find_element(By.TAG_NAME, "main").text
        for heading in browser.driver.find_elements(By.TAG_NAME, "h2"):
            require(heading.text in shown, f"{heading.text} is not shown without scripts")
        require(
            not browser.driver.find_elements(By.CSS_SELECTOR, "th button"),
            "scripts ran where they are switched off",
        )
        summary = browser.driver.find_element(By.CSS_SELECTOR, "details:not([open]) summary")
        summary.click()
        require(
            summary.find_element(By.XPATH, "..").get_attribute("open") is not None,
            "a closed part does not open without scripts",
        )
        browser.require_silence()
        browser.require_addresses(here)

    require_valid_html((single / "index.html").read_text(encoding="utf-8"))
    with Browser(WIDE) as browser:
        browser.open(file_address(single / "index.html"))
        all_pictures_load(browser)
        open_all(browser)
        sprites_load(browser)
        browser.require_silence()
        browser.require_addresses(file_address(single / "index.html"))


main()
