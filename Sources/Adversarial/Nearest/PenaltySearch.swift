import Networks
import Tensors

/// The search for c of ``BoxLBFGSAttack`` for one image and one target.
///
/// Each c is one minimisation that starts at the clean image, where loss and gradient are known from the first
/// evaluation.
final class PenaltySearch: ImageSearch {
  private(set) var point: [Float]
  private(set) var isFinished = false
  private(set) var nearest = NearestFound()
  private(set) var hadZeroGradient = false
  /// Number of evaluations requested so far.
  private(set) var evaluationCount = 0

  let optimizer: BoxConstrainedLBFGS
  /// The current c.
  private(set) var constant: Double

  private let image: SearchedImage
  private let target: Int
  private let settings: BoxLBFGSAttack
  private let clean: [Double]
  /// L(x, l) and its gradient at the clean image.
  private var cleanEvaluation: (loss: Double, gradient: [Float])?

  /// The largest c known to be too small, the smallest known to suffice.
  private var tooSmall = 0.0
  private var enough = Double.infinity
  private var growthCount = 0
  private var bisectionCount = 0
  /// Whether the last iterate of the current minimisation is adversarial.
  private var iterateIsAdversarial = false

  /// - Parameter image: An image with a target.
  init(_ image: SearchedImage, box: (lower: [Double], upper: [Double]), settings: BoxLBFGSAttack) {
    guard let target = image.target else { preconditionFailure("a search for c is towards a class") }
    self.image = image
    self.target = target
    self.settings = settings
    point = image.clean
    clean = image.clean.map(Double.init)
    constant = settings.initialConstant
    optimizer = BoxConstrainedLBFGS(
      lower: box.lower, upper: box.upper, memory: settings.memory, iterationLimit: settings.iterationLimit,
      evaluationLimit: settings.evaluationLimit, gradientTolerance: settings.gradientTolerance)
  }

  func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>) {
    CrossEntropy.writeGradient(logits: logits, label: target, to: &gradient)
  }

  func absorb(logits: Span<Float>, gradient: Span<Float>) {
    evaluationCount += 1
    let isAdversarial = image.isReached(by: logits)
    let loss = CrossEntropy.loss(logits: logits, label: target)
    guard cleanEvaluation != nil else {
      if isAdversarial { nearest.offer(point, at: 0) }
      cleanEvaluation = (loss, gradient.withUnsafeBufferPointer(Array.init))
      hadZeroGradient = gradient.withUnsafeBufferPointer { $0.allSatisfy { $0 == 0 } }
      isFinished = isAdversarial || hadZeroGradient
      if !isFinished { minimise() }
      return
    }
    if isAdversarial { nearest.offer(point, at: image.distance(to: point, in: .l2)) }
    let accepted = optimizer.iterationCount
    let status = optimizer.advance(value: objective(loss: loss, gradient: gradient))
    if optimizer.iterationCount > accepted { iterateIsAdversarial = isAdversarial }
    follow(status)
  }

  /// ‖r‖² + c L(x + r, l) at the optimizer's point; its gradient is written to the optimizer.
  func objective(loss: Double, gradient: Span<Float>) -> Double {
    let constant = constant
    var squares = 0.0
    gradient.withUnsafeBufferPointer { gradient in
      clean.withUnsafeBufferPointer { clean in
        optimizer.point.withUnsafeBufferPointer { point in
          optimizer.gradient.withUnsafeMutableBufferPointer { slopes in
            for index in clean.indices {
              let difference = point[index] - clean[index]
              squares += difference * difference
              slopes[index] = 2 * difference + constant * Double(gradient[index])
            }
          }
        }
      }
    }
    return squares + constant * loss
  }

  /// Begins the minimisation for the current c.
  private func minimise() {
    guard let cleanEvaluation else { return }
    iterateIsAdversarial = false
    guard optimizer.start(at: clean) == .wantsEvaluation else {
      preconditionFailure("a minimisation begins with an evaluation")
    }
    follow(
      optimizer.advance(value: objective(loss: cleanEvaluation.loss, gradient: cleanEvaluation.gradient.span))
    )
  }

  private func follow(_ status: BoxConstrainedLBFGS.Status) {
    guard status == .wantsEvaluation else { return chooseNextConstant() }
    let pixels = optimizer.point
    for index in point.indices { point[index] = image.pixel(pixels[index]) }
  }

  private func chooseNextConstant() {
    if iterateIsAdversarial { enough = constant } else { tooSmall = constant }
    if enough.isInfinite {
      guard growthCount < settings.growthLimit else { return isFinished = true }
      growthCount += 1
      constant *= 10
    } else {
      guard bisectionCount < settings.bisectionCount else { return isFinished = true }
      bisectionCount += 1
      constant = (tooSmall + enough) / 2
    }
    minimise()
  }
}
