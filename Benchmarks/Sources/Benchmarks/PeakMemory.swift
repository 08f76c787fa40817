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
}
