import Foundation
import Networks
import Tensors

/// Auto-PGD: projected gradient steps with momentum and an automatic step size.
///
///     z = P(x⁽ᵏ⁾ + η⁽ᵏ⁾ d(∇ loss))
///     x⁽ᵏ⁺¹⁾ = P( x⁽ᵏ⁾ + ¾ (z − x⁽ᵏ⁾) + ¼ (x⁽ᵏ⁾ − x⁽ᵏ⁻¹⁾) ),   x⁽¹⁾ = z
///
/// η starts at 2 ε. At a checkpoint w_j it is halved, and the search continues from the best point, if the loss rose in
/// fewer than ¾ of the steps since w_{j−1}, or if neither η nor the best loss has changed since then. Croce, Hein
/// (2020), algorithm 1, L∞ and L2. <https://arxiv.org/abs/2003.01690>
///
/// Starts are uniform in the ball (the authors' code puts them on its surface), including the first one. The result is
/// the iterate with the largest margin towards the goal; the schedule follows the loss, as in the paper. More restarts
/// never lose a success; more steps can, since the checkpoints move.
public struct AutoPGD: Attack {
  /// What is maximised.
  public enum Objective: Equatable, Sendable {
    /// A loss, towards the target where the threat model has one.
    case loss(AttackLoss)
    /// The targeted difference-of-logits ratio towards each of the `count` most likely wrong classes in turn (APGD-T).
    /// The goal itself remains untargeted. Nine in the paper; with fewer classes there are fewer targets.
    case likelyTargets(count: Int)
  }

  public let objective: Objective
  public let stepCount: Int
  public let restartCount: Int
  public let seed: UInt64
  /// ρ: the smallest fraction of steps that must raise the loss.
  public static let leastRisingShare = 0.75
  private static let momentum = 0.75

  public var name: String {
    switch objective {
    case .loss(.crossEntropy): "apgd-ce"
    case .loss(.differenceOfLogitsRatio): "apgd-dlr"
    case .loss(.margin): "apgd-margin"
    case .likelyTargets: "apgd-t"
    }
  }

  public init(
    objective: Objective = .loss(.crossEntropy), stepCount: Int = 100, restartCount: Int = 1, seed: UInt64 = 0
  ) {
    precondition(stepCount > 0, "an attack takes at least one step, got \(stepCount)")
    precondition(restartCount > 0, "there is at least one start, got \(restartCount)")
    if case .likelyTargets(let count) = objective {
      precondition(count > 0, "there is at least one target, got \(count)")
    }
    self.objective = objective
    self.stepCount = stepCount
    self.restartCount = restartCount
    self.seed = seed
  }

  /// Steps after which the step size is reconsidered.
  ///
  ///     w_j = ⌈p_j n⌉,   p₀ = 0, p₁ = 0.22, p_{j+1} = p_j + max(p_j − p_{j−1} − 0.03, 0.06)
  static func checkpoints(stepCount: Int) -> [Int] {
    // In hundredths, so that rounding cannot push a product past an integer.
    var (before, here) = (0, 22)
    var checkpoints: [Int] = []
    while here <= 100 {
      checkpoints.append((here * stepCount + 99) / 100)
      (before, here) = (here, here + max(here - before - 3, 6))
    }
    return checkpoints
  }

  /// - Precondition: The norm is L∞ or L2, `threatModel.epsilon` is finite, the classifier has the classes that the
  ///   loss requires, and likely targets are used only with an untargeted goal.
  public func perturbedImages(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier
  ) throws -> PerturbedImages {
    precondition(threatModel.epsilon.isFinite, "steps relative to epsilon need a finite one")
    precondition(
      threatModel.norm == .linf || threatModel.norm == .l2,
      "Auto-PGD is defined for L∞ and L2, not for \(threatModel.norm)")
    guard threatModel.epsilon > 0, batch.count > 0 else { return PerturbedImages(images: batch.images) }
    var best = BestImages(batch)
    switch objective {
    case .loss(let loss):
      let problem = AscentProblem(loss, on: batch, under: threatModel, classifier: classifier)
      for restart in 0..<restartCount { try begin(problem, goal: threatModel, restart: restart, &best) }
    case .likelyTargets(let count):
      precondition(threatModel.goal == .untargeted, "likely targets are for an untargeted goal")
      let ranked = Self.wrongClasses(try classifier.logits(of: batch.images), labels: batch.labels)
      for place in 0..<min(count, classifier.classCount - 1) {
        let towards = ThreatModel(
          norm: threatModel.norm, epsilon: threatModel.epsilon, bounds: threatModel.bounds,
          goal: .targeted(ranked.map { $0[place] }))
        let problem = AscentProblem(
          .differenceOfLogitsRatio, on: batch, under: towards, classifier: classifier)
        for restart in 0..<restartCount {
          try begin(problem, goal: threatModel, restart: place * restartCount + restart, &best)
        }
      }
    }
    return best.proposal
  }

  /// Classes other than the label, most likely first.
  private static func wrongClasses(_ logits: Tensor, labels: [Int]) -> [[Int]] {
    labels.indices.map { row in
      let values = Array(logits[row: row])
      return values.indices.filter { $0 != labels[row] }.sorted { (-values[$0], $0) < (-values[$1], $1) }
    }
  }

  private func begin(
    _ problem: AscentProblem<some DifferentiableClassifier>, goal: ThreatModel, restart: Int,
    _ best: inout BestImages
  ) throws {
    let rows = best.unreachedRows
    guard !rows.isEmpty else { return }
    let starts = problem.threatModel.selecting(rows)
      .randomStarts(for: problem.batch.selecting(rows), seed: seed, restart: restart)
    try run(problem, goal: goal, from: starts, rows: rows, &best)
  }

  /// - Parameter starts: One image for each of `rows`, inside ball and box.
  func run(
    _ problem: AscentProblem<some DifferentiableClassifier>, goal: ThreatModel, from starts: Tensor,
    rows: [Int], _ best: inout BestImages
  ) throws {
    let model = problem.threatModel
    var images = starts
    var (logits, gradients) = try problem.gradients(at: images, rows: rows)
    problem.offer(images, logits, rows: rows, goal: goal, to: &best)
    var searches = rows.indices.map {
      Search(
        image: images[row: $0], gradient: gradients[row: $0],
        loss: problem.value(logits, at: $0, row: rows[$0]), stepSize: 2 * Double(model.epsilon))
    }
    let checkpoints = Set(Self.checkpoints(stepCount: stepCount))
    var lastCheckpoint = 0
    for step in 1...stepCount {
      for (place, row) in rows.enumerated() {
        if model.norm(searches[place].gradient) == 0 { best.noteZeroGradient(ofRow: row) }
        images[row: place] = searches[place].next(
          in: model, around: problem.batch.images[row: row], momentum: step == 1 ? 1 : Self.momentum)
      }
      (logits, gradients) = try problem.gradients(at: images, rows: rows)
      problem.offer(images, logits, rows: rows, goal: goal, to: &best)
      for (place, row) in rows.enumerated() {
        searches[place].arrive(
          at: images[row: place], gradient: gradients[row: place],
          loss: problem.value(logits, at: place, row: row))
        if checkpoints.contains(step) { searches[place].reconsider(after: step - lastCheckpoint) }
      }
      if checkpoints.contains(step) { lastCheckpoint = step }
    }
  }

  /// State of one image's search.
  private struct Search {
    var image: ArraySlice<Float>
    var before: ArraySlice<Float>
    var gradient: ArraySlice<Float>
    var loss: Double
    var stepSize: Double
    /// Copies: a slice would keep the whole batch of its step alive.
    var best: (image: ArraySlice<Float>, gradient: ArraySlice<Float>, loss: Double)
    var risingSteps = 0
    /// Values at the last checkpoint.
    var earlier: (stepSize: Double, bestLoss: Double)

    init(image: ArraySlice<Float>, gradient: ArraySlice<Float>, loss: Double, stepSize: Double) {
      (self.image, before, self.gradient, self.loss, self.stepSize) = (image, image, gradient, loss, stepSize)
      best = (ArraySlice(Array(image)), ArraySlice(Array(gradient)), loss)
      earlier = (stepSize, loss)
    }

    func next(in model: ThreatModel, around clean: ArraySlice<Float>, momentum: Double) -> ArraySlice<Float> {
      guard let unit = AscentDirection(along: gradient, in: model.norm) else { return image }
      let stepped = model.projected(
        zip(image, gradient).map { Float(Double($0) + stepSize * unit($1)) }[...], around: clean)
      let mixed = zip(zip(image, before), stepped).map { pair, stepped in
        let (here, earlier) = (Double(pair.0), Double(pair.1))
        return Float(here + momentum * (Double(stepped) - here) + (1 - momentum) * (here - earlier))
      }
      return ArraySlice(model.projected(mixed[...], around: clean))
    }

    mutating func arrive(at image: ArraySlice<Float>, gradient: ArraySlice<Float>, loss: Double) {
      if loss > self.loss { risingSteps += 1 }
      before = self.image
      (self.image, self.gradient, self.loss) = (image, gradient, loss)
      if loss > best.loss { best = (ArraySlice(Array(image)), ArraySlice(Array(gradient)), loss) }
    }

    mutating func reconsider(after steps: Int) {
      let tooFewRises = Double(risingSteps) < AutoPGD.leastRisingShare * Double(steps)
      let standstill = stepSize == earlier.stepSize && best.loss == earlier.bestLoss
      earlier = (stepSize, best.loss)
      risingSteps = 0
      guard tooFewRises || standstill else { return }
      stepSize /= 2
      (image, gradient, loss) = best
    }
  }
}
