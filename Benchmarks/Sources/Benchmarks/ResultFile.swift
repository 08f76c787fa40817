import Foundation
import Intrigue

/// Writes a run to `<date>-<machine>.json`.
enum ResultFile {
  static func write(_ results: Results, in folder: URL) throws -> URL {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // 2026-11-22T19:04:31Z → 2026-11-22-1904: colons are not for file names.
    let minute = results.date.prefix(16).replacing("T", with: "-").replacing(":", with: "")
    let file = folder.appending(path: "\(minute)-\(results.machine.slug).json")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(results), to: file)
    return file
  }
}
