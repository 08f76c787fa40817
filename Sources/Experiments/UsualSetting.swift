/// Settings that nobody gave: each has its usual value, or less where there is less, and the run remarks it.
struct UsualSetting {
  /// What gave way, for ``Run``.
  private(set) var remarks: [String] = []

  /// - Parameters:
  ///   - isGiven: Whether the user asked for `value`: it stays, and what cannot be is an error elsewhere.
  ///   - what: What is counted, in the plural.
  ///   - reason: Why there cannot be more.
  mutating func fit(
    _ value: inout Int, atMost most: Int, isGiven: Bool, _ what: String, because reason: String
  ) {
    guard !isGiven, value > most, most > 0 else { return }
    remarks.append("\(what): \(most), not \(value) as is usual, because \(reason)")
    value = most
  }

  /// A choice that is not a number.
  mutating func note(_ remark: String) { remarks.append(remark) }
}
