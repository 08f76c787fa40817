// Columns of a table become buttons that sort it. Without scripts the tables stand as they are.
document.querySelectorAll("table.sortable").forEach(function (table) {
  var body = table.tBodies[0];
  table.querySelectorAll("thead th").forEach(function (head, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var descending = head.getAttribute("aria-sort") === "ascending";
      table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      var isNumber = head.classList.contains("number");
      Array.from(body.rows).map(function (row, place) {
        var value = row.cells[column] ? row.cells[column].getAttribute("data-value") : "";
        return { row: row, place: place, value: isNumber ? (value === "" ? Infinity : Number(value)) : value };
      }).sort(function (a, b) {
        var order = isNumber ? a.value - b.value : a.value.localeCompare(b.value);
        if (Number.isNaN(order)) order = 0;
        return (descending ? -order : order) || a.place - b.place;
      }).forEach(function (entry) { body.appendChild(entry.row); });
    });
  });
});

// A place inside a closed part opens that part; not every browser does that by itself.
function reveal() {
  var name = location.hash.slice(1);
  try { name = decodeURIComponent(name); } catch (error) { return; }
  var place = document.getElementById(name);
  for (var part = place; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (place) place.scrollIntoView();
}
window.addEventListener("hashchange", reveal);
if (location.hash) reveal();

// Puts other words in the place of those that are read aloud, or puts them back.
function hideWords(element, words, isHidden) {
  ["aria-label", "aria-labelledby"].forEach(function (name) {
    if (isHidden && element.hasAttribute(name)) element.setAttribute("data-" + name, element.getAttribute(name));
    element.removeAttribute(name);
    if (!isHidden && element.hasAttribute("data-" + name)) element.setAttribute(name, element.getAttribute("data-" + name));
  });
  if (isHidden) element.setAttribute("aria-label", words);
}

// Directions can be looked at without knowing which is a neuron: names and numbers hidden, order shuffled.
document.querySelectorAll("details.directions").forEach(function (part) {
  var articles = Array.from(part.querySelectorAll("article"));
  var label = document.createElement("label");
  var box = document.createElement("input");
  box.type = "checkbox";
  label.append(box, " Judge blind: hide names and numbers, shuffle the order");
  part.insertBefore(label, articles[0]);
  box.addEventListener("change", function () {
    part.classList.toggle("blind", box.checked);
    var order = articles.slice();
    for (var last = order.length - 1; box.checked && last > 0; last--) {
      var other = Math.floor(Math.random() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    order.forEach(function (article, place) {
      part.appendChild(article);
      // What is read aloud must not tell either.
      hideWords(article, "Direction " + (place + 1), box.checked);
      article.querySelectorAll(".strips [role=img]").forEach(function (strip, number) {
        hideWords(strip, "Images, group " + (number + 1), box.checked);
      });
    });
  });
});
