import Experiments
import Foundation
import Mustache

/// The page as HTML: one file, no reference to any network, readable without its script.
struct ReportPage {
  let title: String
  let sections: [ReportSection]

  /// - Parameter address: Of a file of the section with the number; nil where the page has none, and then no link.
  func rendered(address: (_ section: Int, _ file: String) throws -> String?) throws -> String {
    let shown = try sections.enumerated().map { number, section in
      try Self.content(of: section) { try address(number, $0) }
    }
    let template = try MustacheTemplate(string: Self.template)
    return template.render(
      [
        "title": title, "sections": shown, "style": Self.style, "script": Self.script,
        "version": RunEnvironment.toolVersion,
      ] as [String: Any])
  }

  private static func content(
    of section: ReportSection, _ address: (_ file: String) throws -> String?
  ) throws -> [String: Any] {
    [
      "anchor": section.anchor, "title": section.title, "first": section.findings.first ?? "",
      "findings": section.findings, "hasListing": !section.listing.isEmpty,
      "listing": section.listing.joined(separator: "\n"),
      "pictures": try section.pictures.map { picture in
        [
          "address": try address(picture.file) ?? "", "file": picture.file, "caption": picture.caption,
          "alternative": picture.alternative, "width": picture.width, "height": picture.height,
          "redrawing": picture.redrawing, "hasTranscript": !picture.transcript.isEmpty,
          "transcript": picture.transcript,
        ] as [String: Any]
      },
      "tables": try section.tables.enumerated().map { number, table in
        try content(of: table, anchor: "\(section.anchor)-table\(number + 1)", address)
      },
      "provenance": section.provenance.map { ["name": $0.name, "value": $0.value] },
      "configuration": section.configuration,
    ]
  }

  private static func content(
    of table: ReportSection.Table, anchor: String, _ address: (_ file: String) throws -> String?
  ) throws -> [String: Any] {
    // Of a column: whether all that stands in it are numbers.
    let areNumbers = table.columns.indices.map { column in
      let cells = table.rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }.filter {
        !$0.isEmpty
      }
      return !cells.isEmpty && cells.allSatisfy { Double($0) != nil }
    }
    let link = try address(table.file)
    return [
      "anchor": anchor, "caption": table.caption, "file": table.file, "link": link ?? "",
      "hasLink": link != nil,
      "isPart": table.rowCount > table.rows.count, "shown": table.rows.count, "all": table.rowCount,
      "columns": zip(table.columns, areNumbers).map {
        ["name": $0.replacing("_", with: " "), "kind": $1 ? "number" : "text"]
      },
      "rows": table.rows.enumerated().map { number, row in
        [
          "anchor": "\(anchor)-\(number + 1)",
          "cells": row.enumerated().map { column, cell in
            let isNumber = areNumbers.indices.contains(column) && areNumbers[column]
            return [
              "text": isNumber ? shortened(cell) : cell, "value": cell, "kind": isNumber ? "number" : "text",
            ]
          },
        ] as [String: Any]
      },
    ]
  }

  /// Six digits are enough to read; the file has all.
  private static func shortened(_ number: String) -> String {
    guard number.count > 8, let value = Double(number) else { return number }
    return String(format: "%.6g", value)
  }

  private static let template = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="generator" content="Intrigue {{version}}">
    <title>{{title}}</title>
    <style>{{{style}}}</style>
    </head>
    <body>
    <a class="skip" href="#content">To the content</a>
    <header>
    <h1>{{title}}</h1>
    <nav aria-label="Sections">
    <ol>
    {{#sections}}
    <li><a href="#{{anchor}}">{{title}}</a><br><span class="quiet">{{first}}</span></li>
    {{/sections}}
    </ol>
    </nav>
    </header>
    <main id="content">
    {{#sections}}
    <section id="{{anchor}}" aria-labelledby="{{anchor}}-title">
    <h2 id="{{anchor}}-title">{{title}}</h2>
    {{#findings}}
    <p>{{.}}</p>
    {{/findings}}
    {{#pictures}}
    <figure>
    <a href="{{address}}"><img src="{{address}}" alt="{{alternative}}" width="{{width}}" height="{{height}}" loading="lazy"></a>
    <figcaption>{{caption}} <span class="quiet">{{file}}; drawn again by {{redrawing}}.</span></figcaption>
    {{#hasTranscript}}
    <details><summary>The picture in words</summary>
    <ul>
    {{#transcript}}
    <li>{{.}}</li>
    {{/transcript}}
    </ul>
    </details>
    {{/hasTranscript}}
    </figure>
    {{/pictures}}
    {{#hasListing}}
    <details open><summary>In full</summary>
    <pre tabindex="0">{{listing}}</pre>
    </details>
    {{/hasListing}}
    {{#tables}}
    <details>
    <summary>{{caption}}</summary>
    <p class="quiet">{{#hasLink}}<a href="{{link}}">{{file}}</a>{{/hasLink}}{{^hasLink}}{{file}}{{/hasLink}}{{#isPart}}: the first {{shown}} of {{all}} rows{{/isPart}}</p>
    <div class="wide" tabindex="0" role="region" aria-labelledby="{{anchor}}-caption">
    <table id="{{anchor}}" class="sortable">
    <caption id="{{anchor}}-caption">{{caption}}</caption>
    <thead><tr>
    {{#columns}}
    <th scope="col" class="{{kind}}">{{name}}</th>
    {{/columns}}
    </tr></thead>
    <tbody>
    {{#rows}}
    <tr id="{{anchor}}">{{#cells}}<td class="{{kind}}" data-value="{{value}}">{{text}}</td>{{/cells}}</tr>
    {{/rows}}
    </tbody>
    </table>
    </div>
    </details>
    {{/tables}}
    <details>
    <summary>How it was made</summary>
    <dl>
    {{#provenance}}
    <dt>{{name}}</dt><dd>{{value}}</dd>
    {{/provenance}}
    </dl>
    <pre tabindex="0">{{configuration}}</pre>
    </details>
    </section>
    {{/sections}}
    </main>
    <footer><p class="quiet">Written by Intrigue {{version}}. Everything on this page stands in the run folders that it names.</p></footer>
    <script>{{{script}}}</script>
    </body>
    </html>

    """

  private static let style = """
    :root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #5a5a5a; --ground: #ffffff; --line: #d0d0d0; --link: #0b5a8a; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #ececec; --quiet: #b0b0b0; --ground: #181a1b; --line: #44484a; --link: #7cc4f0; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--ink); background: var(--ground);
      font: 1rem/1.5 "DejaVu Sans", "Segoe UI", system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { line-height: 1.2; } h2 { border-top: 1px solid var(--line); padding-top: 1.5rem; line-height: 1.2; }
    a { color: var(--link); } a:focus-visible, summary:focus-visible, button:focus-visible, [tabindex]:focus-visible {
      outline: 3px solid var(--link); outline-offset: 2px; }
    .quiet { color: var(--quiet); font-size: .875rem; }
    .skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
    figure { margin: 1.5rem 0; } figure img { max-width: 100%; height: auto; border: 1px solid var(--line); background: #fff; }
    pre, .wide { overflow-x: auto; } pre { font: .8125rem/1.4 "DejaVu Sans Mono", monospace; border: 1px solid var(--line); padding: .75rem; }
    table { border-collapse: collapse; font-size: .875rem; overflow-wrap: normal; } caption { text-align: left; font-weight: bold; padding: .25rem 0; }
    th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    th button { font: inherit; font-weight: bold; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-decoration: underline dotted; }
    summary { cursor: pointer; padding: .25rem 0; } dt { font-weight: bold; } dd { margin: 0 0 .5rem 0; }
    tr:target { outline: 2px solid var(--link); }
    @media print { nav, .skip { display: none; } body { max-width: none; } figure, tr { break-inside: avoid; } pre { white-space: pre-wrap; } }
    """

  /// Columns of a table become buttons that sort it. Without scripts the tables stand as they are.
  private static let script = """
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
    """
}
