import Foundation

/// What happens, line by line, on standard error; the tables alone go to standard output.
enum Progress {
  static func report(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }

  static func report(_ side: Side, _ what: String, seconds: Double) {
    report("  \(side.rawValue), \(what): \(Format.seconds(seconds))")
  }
}
