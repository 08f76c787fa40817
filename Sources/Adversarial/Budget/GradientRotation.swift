import Foundation
import Networks
import Tensors

/// Rotates the image by a small angle towards the gradient: the length is kept, the direction changes.
///
///     x′ = clip( cos θ · x + sin θ · ‖x‖₂ g⊥ / ‖g⊥‖₂ ),   g⊥ = g − x (gᵀx) / ‖x‖₂²
///
/// Goodfellow, Shlens, Szegedy (2015), section 4, mention it as another cheap method, without a formula: that g is made
/// perpendicular to x and how θ is chosen are our choices, and so is clipping, which can shorten the image.
/// <https://arxiv.org/abs/1412.6572>
///
/// θ is the largest angle below 90° such that all smaller ones stay within ε, before clipping; under L2 that is 2
/// asin(ε / 2‖x‖₂). A black image has no direction to rotate and is treated like one with zero gradient.
public struct GradientRotation: Attack {
  public let loss: AttackLoss
  /// The largest allowed θ, in radians.
  public let largestAngle: Double

  public var name: String { "rotation" }

  /// - Parameter largestAngle: In radians.
  public init(loss: AttackLoss = .crossEntropy, largestAngle: Double = .pi / 2) {
    precondition(
      largestAngle > 0 && largestAngle <= .pi / 2, "an angle lies in (0, π/2], got \(largestAngle)")
    self.loss = loss
    self.largestAngle = largestAngle
  }

  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    guard threatModel.epsilon > 0, batch.count > 0 else { return PerturbedImages(images: batch.images) }
    let problem = AscentProblem(loss, on: batch, under: threatModel, classifier: classifier)
    let gradients = try problem.gradients(at: batch.images, rows: Array(0..<batch.count)).gradients
    var images = batch.images
    var stuck: [Int] = []
    for row in 0..<batch.count {
      let image = batch.images[row: row].map(Double.init)
      guard let tangent = tangent(at: image, gradient: gradients[row: row]) else {
        stuck.append(row)
        continue
      }
      let angle = angle(from: image, towards: tangent, in: threatModel)
      images[row: row] = ArraySlice(
        Self.offset(image, tangent, angle).enumerated().map { pixel, offset in
          min(
            max(Float(image[pixel] + offset), threatModel.bounds.lowerBound), threatModel.bounds.upperBound)
        })
    }
    return PerturbedImages(images: images, zeroGradientRows: stuck)
  }

  /// g⊥, scaled to the length of the image; `nil` when either is zero.
  private func tangent(at image: [Double], gradient: ArraySlice<Float>) -> [Double]? {
    let squares = image.reduce(0) { $0 + $1 * $1 }
    let gradientLength = Norm.l2(gradient)
    guard squares > 0, gradientLength > 0 else { return nil }
    let along = zip(image, gradient).reduce(0.0) { $0 + $1.0 * Double($1.1) } / squares
    let across = zip(image, gradient).map { Double($1) - along * $0 }
    let length = across.reduce(0) { $0 + $1 * $1 }.squareRoot()
    // For a gradient along the image only rounding remains.
    guard length > 1e-6 * gradientLength else { return nil }
    return across.map { $0 * squares.squareRoot() / length }
  }

  private static func offset(_ image: [Double], _ tangent: [Double], _ angle: Double) -> [Double] {
    let half = sin(angle / 2)
    let shrink = -2 * half * half  // cos θ − 1, which cancels for small angles
    return zip(image, tangent).map { shrink * $0 + sin(angle) * $1 }
  }

  /// The largest angle up to which all stay within ε: a coarse scan to the first that does not, then bisection.
  private func angle(from image: [Double], towards tangent: [Double], in model: ThreatModel) -> Double {
    func isInside(_ angle: Double) -> Bool {
      model.length(Self.offset(image, tangent, angle)) <= Double(model.epsilon)
    }
    let stepCount = 64
    let outside = (1...stepCount).first { !isInside(largestAngle * Double($0) / Double(stepCount)) }
    guard let outside else { return largestAngle }
    var inner = largestAngle * Double(outside - 1) / Double(stepCount)
    var outer = largestAngle * Double(outside) / Double(stepCount)
    for _ in 0..<50 {
      let middle = (inner + outer) / 2
      if isInside(middle) { inner = middle } else { outer = middle }
    }
    return inner
  }
}
