import Foundation

/// How often an encoder finds the image that belongs to a direction: a machine's two-alternative forced choice.
///
///     Δ    = [s(q⁺, E⁺) − s(q⁺, E⁻)] − [s(q⁻, E⁺) − s(q⁻, E⁻)]
///     hard = proportion of trials with Δ > 0, a tie counting one half
///     soft = mean of σ(α Δ)
///
/// q⁺ and q⁻ are the queries of a trial, E⁺ and E⁻ its references, s the cosine in a ``SimilaritySpace``, averaged over
/// the references. Machine interpretability score of Zimmermann, Klindt, Brendel (2024),
/// <https://arxiv.org/abs/2402.01288>, with cosines instead of a learned perceptual similarity; counting ties as one
/// half is our addition, so that an uninformative encoder scores chance.
///
/// Both lie in [0, 1] and are 0.5 by chance; with n trials a direction's hard score has a standard error of up to 0.5 /
/// √n. Scores of different variants, layouts, α or encoders are not comparable.
public struct TwoAlternativeChoice: Equatable, Codable, Sendable {
  /// Name of the encoder.
  public let encoder: String
  public let variant: ChoiceTrials.Variant
  public let layout: ChoiceTrials.Layout
  /// α.
  public let steepness: Double
  /// `nil` when there are no trials.
  public let hardScore: Double?
  /// `nil` when there are no trials. With α = 0.16 and cosines, |Δ| ≤ 4 keeps it within 0.35…0.65: compare soft
  /// scores with each other, not with hard ones.
  public let softScore: Double?
  /// Why there is no score; `nil` if there is one.
  public let reason: String?

  /// - Parameters:
  ///   - trials: Trials of a direction over the images of `space`.
  ///   - steepness: α; 0.16 as in the authors' program.
  public init(of trials: ChoiceTrials, in space: SimilaritySpace, steepness: Double = 0.16) {
    precondition(steepness > 0, "a sigmoid needs a positive steepness, got \(steepness)")
    encoder = space.name
    variant = trials.variant
    layout = trials.layout
    self.steepness = steepness
    reason = trials.reason
    let margins = trials.trials.map { space.margin(of: $0) }
    guard !margins.isEmpty else {
      (hardScore, softScore) = (nil, nil)
      return
    }
    let count = Double(margins.count)
    hardScore = margins.reduce(0) { $0 + ($1 > 0 ? 1 : $1 == 0 ? 0.5 : 0) } / count
    softScore = margins.reduce(0) { $0 + 1 / (1 + exp(-steepness * $1)) } / count
  }
}
