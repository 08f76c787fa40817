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
  var place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (var part = place; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (place) place.scrollIntoView();
}
window.addEventListener("hashchange", reveal);
if (location.hash) reveal();
