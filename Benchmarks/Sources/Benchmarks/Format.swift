import Foundation

/// Numbers as every table has them, whatever the language of the machine.
enum Format {
  static let absent = "–"

  static func number(_ value: Double, digits: Int) -> String {
    value.formatted(.number.precision(.fractionLength(digits)).locale(Locale(identifier: "en_US_POSIX")))
  }

  static func seconds(_ value: Double) -> String { number(value, digits: 3) + " s" }

  static func ratio(_ value: Double?) -> String { value.map { number($0, digits: 2) + "×" } ?? absent }

  static func megabytes(_ bytes: Int?) -> String {
    bytes.map { number(Double($0) / 1e6, digits: 0) + " MB" } ?? absent
  }

  static func markdown(_ heading: [String], _ rows: [[String]]) -> String {
    ([heading, heading.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }
}
