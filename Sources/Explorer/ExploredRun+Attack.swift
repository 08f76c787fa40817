import Adversarial
import Figures
import Foundation
import Lab
import LocalServer
import Networks
import Tensors

extension ExploredRun {
  struct AttackAnswer: Codable, Sendable {
    /// Logits along the straight line through the image and what became of it.
    struct Line: Codable, Sendable {
      /// Length of the perturbation in the attack's norm, from −ε to ε.
      var lengths: [Double]
      /// One row for each length, one number for each class.
      var logits: [[Float]]
    }

    /// nil: a picture that is none of the data's.
    var image: Int?
    /// True class; of a foreign picture, the class that the network gives it.
    var label: Int
    var verdict: Verdict
    var clean: Guess
    /// Of what the attack proposed, whether or not that reached the goal.
    var attempt: Guess
    /// x′ − x, amplified, mid-grey where nothing changed.
    var perturbationPNG: String
    var amplification: Double
    var distortion: Distortion
    /// Whether an 8-bit file holds the success; nil without one.
    var survives8Bit: Bool?
    var hadZeroGradient: Bool
    /// nil where nothing changed.
    var line: Line?
    var milliseconds: Double
  }

  /// What the network says of an image.
  struct Guess: Codable, Sendable {
    var png: String
    var label: Int
    var confidence: Double
    var logits: [Float]
    /// As the network's kind of logits is read: those of sigmoids and of distances need not add up to 1.
    var probabilities: [Double]
  }

  static let linePointCount = 41

  /// Runs one attack on one image and judges it, as `intrigue attack` does.
  ///
  /// - Throws: ``ServerRefusal`` where the request is out of range, and what the engine throws.
  func answer(to request: AttackRequest) throws -> AttackAnswer {
    let start = ContinuousClock.now
    let classCount = run.images.classNames.count
    guard !request.attack.hasBudget || ThreatModel.canBeAsked(radius: request.epsilon) else {
      let radii = ThreatModel.askedRadii
      throw ServerRefusal(
        400,
        "epsilon must be 0 or between \(radii.lowerBound) and \(radii.upperBound), got \(request.epsilon)")
    }
    if let target = request.target { try DirectionRequest.check(target, in: 0..<classCount, "target") }
    let (clean, label) = try subject(of: request)
    let attack = request.attack
    let batch = AttackBatch(images: clean, labels: [label], imageIDs: [request.image ?? 0])
    let threat = ThreatModel(
      norm: attack.norm, epsilon: attack.hasBudget ? request.epsilon : .infinity,
      goal: request.target.map { .targeted([$0]) } ?? .untargeted)
    let evaluation = try Evaluation(
      of: attack.method.attack(seed: 1, workerCount: 1), on: batch, under: threat, classifier: quickEngine)
    let record = evaluation.images[0]
    let attempt = evaluation.attemptedImages
    let difference = zip(attempt.elements, clean.elements).map { $0 - $1 }
    let distortion = Distortion(from: clean.elements, to: attempt.elements)
    let amplification = Amplification.factor(forLargest: distortion.linf)
    return AttackAnswer(
      image: request.image, label: label, verdict: record.verdict, clean: try guess(of: clean),
      attempt: try guess(of: attempt),
      perturbationPNG: try Self.png(
        of: AdversarialGrid.picture(
          ofPerturbation: difference, like: bitmap(of: clean.elements), amplification: amplification)),
      amplification: amplification, distortion: distortion, survives8Bit: record.survives8Bit,
      hadZeroGradient: record.hadZeroGradient,
      line: try line(through: clean, along: difference, distortion, request),
      milliseconds: (ContinuousClock.now - start) / .milliseconds(1))
  }

  private func subject(of request: AttackRequest) throws -> (image: Tensor, label: Int) {
    if let picture = request.picture {
      let image = try tensor(of: picture)
      return (image, Prediction(logits: try quickEngine.logits(of: image)[row: 0]).label)
    }
    let index = try DirectionRequest.check(request.image, in: 0..<run.images.count, "image")
    return (run.images.tensor(of: [index]), run.images.labels[index])
  }

  func guess(of image: Tensor) throws -> Guess {
    let logits = try quickEngine.logits(of: image)[row: 0]
    let prediction = Prediction(logits: logits)
    let probabilities = scoreKind.probabilities(of: logits)
    return Guess(
      png: try png(of: image.elements), label: prediction.label, confidence: probabilities[prediction.label],
      logits: Array(logits), probabilities: probabilities)
  }

  /// From −ε to ε where the attack has a budget, else twice as far as the image was moved, to either side.
  private func line(
    through clean: Tensor, along difference: [Float], _ distortion: Distortion, _ request: AttackRequest
  ) throws -> AttackAnswer.Line? {
    let length = request.attack.norm == .linf ? distortion.linf : distortion.l2
    guard length > 0 else { return nil }
    let range = request.attack.hasBudget ? Double(request.epsilon) : 2 * length
    let direction = Tensor(shape: clean.shape, elements: difference.map { Float(Double($0) / length) })
    let lines = try LogitLines(
      images: clean, directions: direction, labels: [0],
      epsilons: LogitLines.grid(range: range, stepCount: Self.linePointCount), classifier: run.engine)
    let logits = lines.logits[0]
    return AttackAnswer.Line(
      lengths: lines.epsilons, logits: (0..<logits.count).map { Array(logits[row: $0]) })
  }
}
