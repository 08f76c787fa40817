import ArgumentParser

/// Options of private training.
package struct PrivacyOptions: ParsableArguments {
  @Flag(name: .customLong("private"), help: "Train with differential privacy (DP-SGD).")
  var isPrivate = false

  @Option(help: "With --private: the ε that all epochs together may cost; the noise is made to fit.")
  var targetEpsilon: Double?

  @Option(help: "With --private: the noise, as a multiple of --clip; instead of --target-epsilon.")
  package var noiseMultiplier: Double?

  @Option(help: "With --private: δ, the chance that the promise of ε does not cover. Default: 1e-5.")
  package var delta: Double?

  @Option(
    help: "With --private: longest gradient of an image, L2; longer ones are shortened to it. Default: 1.")
  package var clip: Double?

  @Option(help: "With --private: expected images of a step, drawn at random; another word for --batch.")
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
    guard (targetEpsilon == nil) != (noiseMultiplier == nil) else {
      throw ValidationError("--private needs either --target-epsilon or --noise-multiplier")
    }
    if let targetEpsilon, !(targetEpsilon > 0 && targetEpsilon.isFinite) {
      throw ValidationError("--target-epsilon must be positive, got \(targetEpsilon)")
    }
    if let noiseMultiplier, !(0...1e6).contains(noiseMultiplier) {
      throw ValidationError("--noise-multiplier must be between 0 and 1000000, got \(noiseMultiplier)")
    }
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
