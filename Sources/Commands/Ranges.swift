import Adversarial
import ArgumentParser

/// The range of an option's value, with the sentence for people who leave it.
///
/// - Parameter value: nil: the option was not given.
/// - Throws: `ValidationError`.
package func require<Value: Comparable>(_ name: String, _ value: Value?, in range: ClosedRange<Value>) throws
{
  guard let value, !range.contains(value) else { return }
  throw ValidationError("\(name) must be between \(range.lowerBound) and \(range.upperBound), got \(value)")
}

/// A count that memory limits, if anything does.
package func requireCount(_ name: String, _ count: Int?) throws {
  try require(name, count, in: 1...10_000_000)
}

/// Epochs; 0 leaves the network as it was initialised.
package func requireEpochs(_ name: String = "--epochs", _ count: Int?) throws {
  try require(name, count, in: 0...100_000)
}

/// Cores to use; nil: all.
package func requireWorkers(_ count: Int?) throws {
  try require("--workers", count, in: 1...1024)
}

package func requirePositive(_ name: String, _ value: (some BinaryFloatingPoint)?) throws {
  guard let value, !(value > 0 && value.isFinite) else { return }
  throw ValidationError("\(name) must be positive, got \(value)")
}

package func requireNotNegative(_ name: String, _ value: (some BinaryFloatingPoint)?) throws {
  guard let value, !(value >= 0 && value.isFinite) else { return }
  throw ValidationError("\(name) must not be negative, got \(value)")
}

/// A fraction that leaves something: 0 or more and less than 1.
package func requireFraction(_ name: String, _ value: (some BinaryFloatingPoint)?) throws {
  guard let value, !(value >= 0 && value < 1) else { return }
  throw ValidationError("\(name) must be at least 0 and below 1, got \(value)")
}

/// What every command asks of the radius of a ball.
package func checkRadius(_ radius: Float, written text: String, name: String = "--epsilon") throws {
  guard ThreatModel.canBeAsked(radius: radius) else {
    let radii = ThreatModel.askedRadii
    throw ValidationError(
      "\(name) must be 0 or between \(radii.lowerBound) and \(radii.upperBound), got \(text)")
  }
}

package func checkRadius(_ radius: Epsilon, name: String = "--epsilon") throws {
  try checkRadius(radius.value, written: radius.text, name: name)
}

package func checkRadius(_ radius: Double, name: String = "--epsilon") throws {
  try checkRadius(Float(radius), written: "\(radius)", name: name)
}

/// - Throws: A sentence for people where there is no step or too many.
package func checkCount(_ count: Int, name: String = "--steps") throws {
  try require(name, count, in: 1...1_000_000)
}
