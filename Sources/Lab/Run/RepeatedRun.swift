import Foundation
import Storage

/// What differs between two runs of the same command on the same data by the same program, and nothing else does: they
/// leave the same bytes but for these fields of their JSON files, and for pages that print such fields.
public enum RepeatedRun {
  /// Paths from the top of a file; `**.` before the name of a key at any depth. docs/file-formats.md says what each is.
  public static let fieldsThatDiffer = [
    // When, where and how long.
    "date", "commit", "stages", "environment.command", "environment.workerCount", "environment.system",
    "**.seconds", "**.trainingSeconds", "**.imagesPerSecond",
    // Of a kept part whose content has seconds.
    "checksum",
  ]

  /// A JSON file without these fields, to be compared with another.
  ///
  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when the data are no JSON.
  public static func comparable(_ data: Data, file: URL) throws -> Data {
    guard let value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
      throw FileError(file: file, problem: "is not JSON")
    }
    return try JSONSerialization.data(
      withJSONObject: without(value, path: []), options: [.sortedKeys, .prettyPrinted, .fragmentsAllowed])
  }

  private static func without(_ value: Any, path: [String]) -> Any {
    if let list = value as? [Any] { return list.map { without($0, path: path + ["[]"]) } }
    guard let object = value as? [String: Any] else { return value }
    return object.filter { key, _ in
      !fieldsThatDiffer.contains((path + [key]).joined(separator: "."))
        && !fieldsThatDiffer.contains("**.\(key)")
    }.reduce(into: [String: Any]()) { $0[$1.key] = without($1.value, path: path + [$1.key]) }
  }
}
