import ArgumentParser
import Commands

/// Options of private training.
package struct PrivacyOptions: ParsableArguments {
  @Flag(name: .customLong("private"), help: "Train with differential privacy (DP-SGD).")
  var isPrivate = false

  @Option(
    help: ArgumentHelp(
      "With --private: total privacy budget ε; the noise is chosen to meet it.", valueName: "EPSILON"))
  var targetEpsilon: Double?

  @Option(
    help: ArgumentHelp(
      "With --private: standard deviation of the noise, in multiples of --clip; instead of --target-epsilon.",
      valueName: "NUMBER"))
  package var noiseMultiplier: Double?

  @Option(
    help: ArgumentHelp(
      "With --private: δ of (ε, δ)-differential privacy. Default: 1e-5.", valueName: "DELTA"))
  package var delta: Double?

  @Option(
    help: ArgumentHelp(
      "With --private: ℓ2 norm that per-image gradients are clipped to. Default: 1.", valueName: "NUMBER"))
  package var clip: Double?

  @Option(
    help: ArgumentHelp(
      "With --private: expected number of images per step (Poisson sampling); an alias of --batch.",
      valueName: "N"))
  package var lot: Int?

  package init() {}

  package func validate() throws {
    guard isPrivate else {
      let given = [
        targetEpsilon.map { _ in "--target-epsilon" }, noiseMultiplier.map { _ in "--noise-multiplier" },
        delta.map { _ in "--delta" }, clip.map { _ in "--clip" }, lot.map { _ in "--lot" },
      ].compactMap(\.self)
      guard given.isEmpty else {
        throw ValidationError("\(given.joined(separator: " and ")) needs --private")
      }
      return
    }
    try require("--lot", lot, in: 1...1_000_000)
    guard (targetEpsilon == nil) != (noiseMultiplier == nil) else {
      throw ValidationError("--private needs either --target-epsilon or --noise-multiplier")
    }
    try requirePositive("--target-epsilon", targetEpsilon)
    try require("--noise-multiplier", noiseMultiplier, in: 0...1e6)
    try Self.check(delta: delta ?? 1e-5, clip: clip ?? 1)
  }

  package static func check(delta: Double, clip: Double) throws {
    guard delta > 0, delta < 1 else {
      throw ValidationError("--delta must be between 0 and 1, got \(delta)")
    }
    guard clip > 0, clip.isFinite else { throw ValidationError("--clip must be positive, got \(clip)") }
  }

  /// nil: not private.
  package var request: PrivacyRequest? {
    guard isPrivate else { return nil }
    let noise = targetEpsilon.map { PrivacyRequest.Noise.epsilon($0) } ?? .multiplier(noiseMultiplier ?? 0)
    return PrivacyRequest(noise, clip: clip ?? 1, delta: delta ?? 1e-5)
  }
}
