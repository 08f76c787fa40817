import Networks
import Tensors

/// DeepFool: repeated steps to the nearest face of the linearised decision region, until the prediction changes.
///
///     f_k = z_k − z_y,   w_k = ∇f_k,   l = argmin_k |f_k| / ‖w_k‖_q
///     L2    r ← r + |f_l| / ‖w_l‖₂² · w_l
///     L∞    r ← r + |f_l| / ‖w_l‖₁ · sign w_l
///     x′ = clip(x + (1 + η) r)
///
/// Moosavi-Dezfooli, Fawzi, Frossard (2016), algorithm 2 and section 3.3. <https://arxiv.org/abs/1511.04599>
///
/// - η stretches the total perturbation, not each step, so on a linear network the distance is exactly 1 + η times the
///   smallest. It must be large enough to matter in Float: 10⁻⁶ would not be.
/// - The paper has no box. Here r is clipped at the bounds, and a pixel that is at its bound and would move further out
///   is ignored in w. Otherwise most of a step from a black background is clipped, and r grows in pixels that cannot
///   follow: on MNIST a third of the images were never reached.
/// - With a target, which the paper does not consider, the only face is that between the target and the strongest other
///   class at x′.
/// - Each image stops on its own, and the point after the last step is judged as well.
public struct DeepFool: Attack {
  public static let supportedNorms: [Norm] = [.l2, .linf]

  public let stepLimit: Int
  /// η
  public let overshoot: Double

  public init(stepLimit: Int = 50, overshoot: Double = 0.02) {
    precondition(stepLimit >= 0, "the number of steps must not be negative, got \(stepLimit)")
    precondition(overshoot >= 0, "the overshoot must not be negative, got \(overshoot)")
    self.stepLimit = stepLimit
    self.overshoot = overshoot
  }

  public var name: String { "deepfool" }

  /// - Precondition: The norm of `threatModel` is one of ``supportedNorms``.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    precondition(
      Self.supportedNorms.contains(threatModel.norm), "DeepFool steps in L2 or L∞, not in \(threatModel.norm)"
    )
    let classCount = classifier.classCount
    return try LockStep.nearestImages(for: batch, under: threatModel, classifier: classifier) {
      Search($0, norm: threatModel.norm, classCount: classCount, settings: self)
    }
  }

  /// Evaluates one face after the other at the same point, then steps to the nearest.
  private final class Search: ImageSearch {
    private(set) var point: [Float]
    private(set) var isFinished = false
    private(set) var nearest = NearestFound()
    private(set) var hadZeroGradient = false
    private let image: SearchedImage
    private let norm: Norm
    private let settings: DeepFool
    /// The classes whose faces with the true class are considered; with a target, that class only.
    private let rivals: [Int]
    private var rivalPlace = 0
    private var step = 0
    private var perturbation: [Double]
    private var nearestFace: (distance: Double, steepness: Double, slopes: [Double])?
    private var hasSlope = false

    init(_ image: SearchedImage, norm: Norm, classCount: Int, settings: DeepFool) {
      self.image = image
      self.norm = norm
      self.settings = settings
      point = image.clean
      perturbation = [Double](repeating: 0, count: image.clean.count)
      rivals = image.target.map { [$0] } ?? (0..<classCount).filter { $0 != image.label }
    }

    /// The loss whose gradient is taken is f_k, negative until the face is crossed.
    private func face(_ logits: Span<Float>) -> (rival: Int, from: Int) {
      let rival = rivals[rivalPlace]
      return (rival, image.target == nil ? image.label : Margin.lead(of: rival, in: logits).rival)
    }

    func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
      let (rival, from) = face(logits)
      gradient[rival] = 1
      gradient[from] = -1
    }

    func absorb(logits: Span<Float>, gradient: Span<Float>) {
      if rivalPlace == 0 {
        if image.isReached(by: logits) {
          nearest.offer(point, at: image.distance(to: point, in: norm))
          return isFinished = true
        }
        guard step < settings.stepLimit else { return isFinished = true }
      }
      consider(logits: logits, gradient: gradient)
      rivalPlace += 1
      guard rivalPlace == rivals.count else { return }
      rivalPlace = 0
      if !hasSlope { hadZeroGradient = true }
      guard let face = nearestFace else { return isFinished = true }
      move(to: face)
    }

    private func consider(logits: Span<Float>, gradient: Span<Float>) {
      let (rival, from) = face(logits)
      // At a tie decided for the true class, the smallest step that changes a logit.
      let height = max(
        abs(Double(logits[rival]) - Double(logits[from])),
        Double(max(abs(logits[rival]), abs(logits[from])).ulp))
      let all = gradient.withUnsafeBufferPointer { $0.map(Double.init) }
      if all.contains(where: { $0 != 0 }) { hasSlope = true }
      let slopes = image.freeSlopes(all, at: point, isDescent: false)
      let steepness = norm.dualLength(of: slopes)
      guard steepness > 0 else { return }
      let distance = height / steepness
      if distance < nearestFace?.distance ?? .infinity { nearestFace = (distance, steepness, slopes) }
    }

    private func move(to face: (distance: Double, steepness: Double, slopes: [Double])) {
      for (index, slope) in face.slopes.enumerated() {
        let clean = Double(image.clean[index])
        let step =
          norm == .l2
          ? face.distance / face.steepness * slope : face.distance * (slope > 0 ? 1 : slope < 0 ? -1 : 0)
        perturbation[index] = min(
          max(perturbation[index] + step, Double(image.bounds.lowerBound) - clean),
          Double(image.bounds.upperBound) - clean)
        point[index] = image.pixel(clean + (1 + settings.overshoot) * perturbation[index])
      }
      nearestFace = nil
      hasSlope = false
      step += 1
    }
  }
}
