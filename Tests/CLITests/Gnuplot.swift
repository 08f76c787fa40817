import Foundation
import Testing

/// gnuplot, which reads the scripts beside charts.
enum Gnuplot {
  static let isHere = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":").contains
  {
    FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
  }
  static let whatIsMissing: Comment = "gnuplot is not installed; make test-dependencies installs it"
}
