import Escapes
import Foundation
import Lab
import Storage

/// The page as HTML: one file, no reference to any network, readable without its script.
struct ReportPage {
  let title: String
  let sections: [ReportSection]

  /// - Parameter address: Of a file of the section with the number; nil where the page has none, and then no link.
  func rendered(address: (_ section: Int, _ file: String) throws -> String?) throws -> String {
    let shown = try sections.enumerated().map { number, section in
      try Self.content(of: section) { try address(number, $0) }
    }
    let script = PackageResources.report_js
    return try PageTemplate(PackageResources.report_html, .html).rendered([
      "title": title, "sections": shown, "sprites": try sprites(address),
      "style": Self.text(PackageResources.report_css), "script": Self.text(script),
      "policy": Self.policy(for: script), "version": RunEnvironment.toolVersion,
    ])
  }

  /// Content Security Policy: the page's own script runs, known by its hash, and nothing else does, neither from
  /// elsewhere nor in an attribute. Pictures come from beside the page, on a disk or a server, or lie within it.
  private static func policy(for script: [UInt8]) -> String {
    var checksum = Checksum(.sha256)
    checksum.update(script)
    let hash = Data(checksum.digest()).base64EncodedString()
    return
      "default-src 'none'; script-src 'sha256-\(hash)'; style-src 'unsafe-inline'; img-src 'self' file: data:; "
      + "base-uri 'none'; form-action 'none'"
  }

  private func sprites(_ address: (_ section: Int, _ file: String) throws -> String?) throws -> String {
    try sections.enumerated().map { number, section in
      try section.directions?.style { try address(number, $0) ?? "" } ?? ""
    }.joined()
  }

  private static func content(
    of section: ReportSection, _ address: (_ file: String) throws -> String?
  ) throws -> [String: Any] {
    [
      "anchor": section.anchor, "title": section.title, "first": section.findings.first ?? "",
      "findings": section.findings, "basis": section.basis.isEmpty ? [] : [section.basis],
      "hasListing": !section.listing.isEmpty,
      "listing": section.listing.joined(separator: "\n"),
      "pictures": try section.pictures.map { picture in
        let place = try address(picture.file) ?? ""
        // A browser follows no link to a picture inside the page.
        return [
          "address": place, "hasLink": !place.hasPrefix("data:"), "file": picture.file,
          "caption": picture.caption,
          "alternative": picture.alternative, "width": picture.width, "height": picture.height,
          "redrawing": picture.redrawing, "hasTranscript": !picture.transcript.isEmpty,
          "transcript": picture.transcript,
        ] as [String: Any]
      },
      "tables": try section.tables.enumerated().map { number, table in
        try content(of: table, anchor: "\(section.anchor)_table\(number + 1)", address)
      },
      "directions": section.directions.map { [$0.content] } ?? [],
      "provenance": section.provenance.map { ["name": $0.name, "value": $0.value] },
      "configuration": section.configuration,
    ]
  }

  private static func content(
    of table: ReportSection.Table, anchor: String, _ address: (_ file: String) throws -> String?
  ) throws -> [String: Any] {
    let areNumbers = table.columns.indices.map(table.isNumeric)
    let link = try address(table.file)
    return [
      "anchor": anchor, "caption": table.caption, "file": table.file, "link": link ?? "",
      "hasLink": link != nil,
      "isPart": table.rowCount > table.rows.count, "shown": table.rows.count, "all": table.rowCount,
      "columns": zip(table.headings, areNumbers).map {
        ["name": $0, "kind": $1 ? "number" : "text"]
      },
      "rows": table.rows.enumerated().map { number, row in
        [
          "anchor": "\(anchor)_\(number + 1)",
          "cells": row.enumerated().map { column, cell in
            let isNumber = areNumbers.indices.contains(column) && areNumbers[column]
            let link = column == 0 ? table.links[cell] : nil
            return [
              "text": isNumber ? shortened(cell) : cell, "value": cell, "kind": isNumber ? "number" : "text",
              "hasLink": link != nil, "link": link ?? "",
            ] as [String: Any]
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

  /// A file of the folder Page, which the program carries with it.
  private static func text(_ file: [UInt8]) -> String { String(decoding: file, as: UTF8.self) }
}
