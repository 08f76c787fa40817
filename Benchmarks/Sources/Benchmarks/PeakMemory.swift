import Foundation

/// The most memory that a running process has held at once.
enum PeakMemory {
  /// - Returns: Bytes; nil when the process has ended, or where the system does not tell.
  static func ofProcess(_ identifier: Int32) -> Int? {
    guard
      let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes * 1024
  }

  /// Forgets what the process has held before now, where the system can.
  static func restart(ofProcess identifier: Int32) {
    // 5: reset the high-water mark of the resident set; proc(5).
    guard let file = FileHandle(forWritingAtPath: "/proc/\(identifier)/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
  }
}
