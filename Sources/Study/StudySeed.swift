import Foundation
import Storage

/// Seeds that a participant cannot compute, although the program and its default seed are known to all.
enum StudySeed {
  /// From the seed and from what participants do not have: checksums of networks and data, or of the key. The same
  /// runs and seed give the same study.
  static func hidden(_ seed: UInt64, _ secrets: [String]) -> UInt64 {
    let digits = Checksum.hexadecimal(of: Data("study \(seed) \(secrets.joined(separator: " "))".utf8))
    return UInt64(digits.prefix(16), radix: 16) ?? seed  // sixteen digits are a number
  }
}
