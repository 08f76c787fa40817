import ArgumentParser

/// A perturbation's size as people write it: 0.1, or 8/255.
package struct Epsilon: ExpressibleByArgument {
  package let text: String
  package let value: Float

  package init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
    let number: Double? =
      switch parts.count {
      case 1: parts[0]
      case 2: parts[0].flatMap { above in parts[1].map { above / $0 } }
      default: nil
      }
    guard let number, number >= 0, Float(number).isFinite else { return nil }
    text = argument
    value = Float(number)
  }
}
