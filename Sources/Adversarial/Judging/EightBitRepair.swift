import Networks
import Tensors

/// Successes as stored in an 8-bit file, repaired where rounding undid them.
///
/// The smallest perturbation ends on the boundary between two classes, and rounding to k/255 undoes about half of such
/// successes. Each lost one is pushed along the gradient of its margin, by single levels of single pixels, until the
/// attacker's goal is reached again. Every push stays on the lattice, in the box and in the ball.
///
/// The pushes of a round are on the pixels with the steepest slopes, enough to supply 1.5 times the missing margin if
/// it were linear.
public struct EightBitRepair: Sendable {
  public enum Outcome: String, CaseIterable, Codable, Sendable {
    /// The rounded image reaches the goal: see ``AttackedImage/survives8Bit``. Rounding moves a pixel by up to 1/510,
    /// which may leave a ball; a file cannot store anything else.
    case survived
    /// Rounding undid it, pushes along the gradient restored it.
    case repaired
    /// No image of the lattice inside ball and box was found that reaches the goal.
    case lost
  }

  /// The outcome of each image of the evaluation; `nil` if there was no success to repair.
  public let outcomes: [Outcome?]
  /// Multiples of 1/255 if an image survived or was repaired, clean otherwise.
  public let images: Tensor
  /// The distortion of images that survived or were repaired, from clean to lattice.
  public let distortions: [Distortion?]

  /// Successes that survived or were repaired, of all successes.
  public var saved: Proportion { share { $0 != .lost } }
  /// Successes that survive rounding without repair, of all successes.
  public var survived: Proportion { share { $0 == .survived } }

  private func share(_ condition: (Outcome) -> Bool) -> Proportion {
    let outcomes = outcomes.compactMap(\.self)
    return Proportion(outcomes.count(where: condition), of: outcomes.count)
  }

  /// - Parameters:
  ///   - batch: Attacked images, with rows as in the evaluation.
  ///   - roundCount: Number of rounds of pushes, each with one gradient.
  /// - Throws: What `classifier` throws.
  /// - Precondition: The bounds of the threat model lie in [0, 1].
  public init(
    of evaluation: Evaluation, on batch: AttackBatch, classifier: some DifferentiableClassifier,
    roundCount: Int = 20
  ) throws {
    let model = evaluation.threatModel
    precondition(
      evaluation.images.count == batch.count, "\(evaluation.images.count) records of \(batch.count) images")
    precondition((0...1).contains(model.bounds.lowerBound) && (0...1).contains(model.bounds.upperBound))
    var outcomes = [Outcome?](repeating: nil, count: batch.count)
    var saved = batch.images
    var open: [Int: Lattice] = [:]
    for row in outcomes.indices where evaluation.images[row].verdict == .succeeded {
      let rounded = Evaluation.rounded8Bit(evaluation.returnedImages.rows([row]))
      if evaluation.images[row].survives8Bit == true {
        outcomes[row] = .survived
        saved[row: row] = rounded[row: 0]
      } else {
        outcomes[row] = .lost
        open[row] = Lattice(rounded[row: 0], clean: batch.images[row: row], model)
      }
    }

    let problem = AscentProblem(.margin, on: batch, under: model, classifier: classifier)
    for round in 0...roundCount where !open.isEmpty {
      let rows = open.keys.sorted()
      let images = Tensor(
        shape: [rows.count] + batch.images.shape.dropFirst(), elements: rows.flatMap { open[$0]!.pixels })
      let (logits, gradients) = try problem.gradients(at: images, rows: rows)
      for (place, row) in rows.enumerated() {
        let prediction = Prediction(logits: logits[row: place]).label
        if model.isReached(byPrediction: prediction, ofRow: row, label: batch.labels[row]),
          open[row]!.isInBall
        {
          outcomes[row] = .repaired
          saved[row: row] = images[row: place]
          open[row] = nil
        } else if round == roundCount
          || !open[row]!.push(
            along: gradients[row: place], missing: -problem.value(logits, at: place, row: row))
        {
          open[row] = nil
        }
      }
    }
    self.outcomes = outcomes
    images = saved
    distortions = outcomes.indices.map { row in
      outcomes[row] == .survived || outcomes[row] == .repaired
        ? Distortion(from: batch.images[row: row], to: saved[row: row]) : nil
    }
  }
}

/// One image on the lattice of multiples of 1/255, with its constraints.
private struct Lattice {
  private var levels: [Int]
  private let clean: [Double]
  private let model: ThreatModel

  init(_ rounded: ArraySlice<Float>, clean: ArraySlice<Float>, _ model: ThreatModel) {
    levels = rounded.map { Int(($0 * 255).rounded()) }
    self.clean = clean.map(Double.init)
    self.model = model
  }

  var pixels: [Float] { levels.map { Float($0) / 255 } }
  var isInBall: Bool { length <= limit }

  private var length: Double { model.length(levels.indices.map { offset($0, levels[$0]) }) }
  private var limit: Double { Double(model.epsilon) + model.tolerance(pixelCount: clean.count) }
  private func offset(_ pixel: Int, _ level: Int) -> Double { Double(Float(level) / 255) - clean[pixel] }

  /// Moves pixels by one level each. First back into the ball, if needed, by the pixels that lose the least margin;
  /// then up the gradient.
  ///
  /// - Parameter missing: Margin to be gained, as estimated by the gradient.
  /// - Returns: Whether any pixel moved.
  mutating func push(along gradient: ArraySlice<Float>, missing: Double) -> Bool {
    let slopes = gradient.map { Double($0) / 255 }
    let before = levels
    returnToBall(slopes)
    var room = Room(model, offsets: levels.indices.map { offset($0, levels[$0]) }, limit: limit)
    // Half as much again, because the margin is not linear; at least one step, because it may be 0 without reaching the
    // goal.
    var wanted = max(1.5 * missing, .leastNonzeroMagnitude)
    for pixel in levels.indices.sorted(by: { (-abs(slopes[$0]), $0) < (-abs(slopes[$1]), $1) }) {
      guard wanted > 0, slopes[pixel] != 0 else { break }
      let level = levels[pixel] + (slopes[pixel] > 0 ? 1 : -1)
      guard (0...255).contains(level), model.bounds.contains(Float(level) / 255),
        room.take(from: offset(pixel, levels[pixel]), to: offset(pixel, level))
      else { continue }
      levels[pixel] = level
      wanted -= abs(slopes[pixel])
    }
    return levels != before
  }

  private mutating func returnToBall(_ slopes: [Double]) {
    guard !isInBall else { return }
    func harm(_ pixel: Int) -> Double { slopes[pixel] * (offset(pixel, levels[pixel]) > 0 ? 1 : -1) }
    for pixel in levels.indices.sorted(by: { (harm($0), $0) < (harm($1), $1) }) {
      let away = offset(pixel, levels[pixel])
      // Under L∞ only pixels outside matter; otherwise any pixel more than half a level away helps.
      guard model.norm == .linf ? abs(away) > limit : abs(away) > 0.5 / 255 else { continue }
      levels[pixel] += away > 0 ? -1 : 1
      if isInBall { return }
    }
  }
}

/// Remaining budget of a ball as single pixels move.
private struct Room {
  private let norm: Norm
  private let limit: Double
  private var used: Double

  init(_ model: ThreatModel, offsets: [Double], limit: Double) {
    norm = model.norm
    self.limit = limit
    used = offsets.reduce(0) { $0 + Self.cost($1, model.norm) }
  }

  /// Whether the pixel may move; if so, records the move.
  mutating func take(from before: Double, to after: Double) -> Bool {
    if norm == .linf { return abs(after) <= limit || abs(after) <= abs(before) }
    let moved = used - Self.cost(before, norm) + Self.cost(after, norm)
    guard moved <= (norm == .l2 ? limit * limit : limit) || moved <= used else { return false }
    used = moved
    return true
  }

  private static func cost(_ offset: Double, _ norm: Norm) -> Double {
    switch norm {
    case .l0: offset == 0 ? 0 : 1
    case .l2: offset * offset
    case .l1, .linf: abs(offset)
    }
  }
}
