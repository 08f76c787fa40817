import Adversarial
import ArgumentParser

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
  guard (1...1_000_000).contains(count) else {
    throw ValidationError("\(name) must be between 1 and 1000000, got \(count)")
  }
}
