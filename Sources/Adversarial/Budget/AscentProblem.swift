import Networks
import Tensors

/// When an iterative attack stops working on an image.
public enum Stopping: String, CaseIterable, Codable, Sendable {
  /// After all steps, with the image of largest margin, the most likely to transfer to other networks.
  case afterAllSteps
  /// At the first image that reaches the goal: the verdict is the same and costs less.
  case atFirstSuccess
}

/// The objective of an iterative attack: one loss, for the images of one batch.
struct AscentProblem<C: DifferentiableClassifier> {
  let batch: AttackBatch
  let threatModel: ThreatModel
  let loss: AttackLoss
  let classifier: C

  init(_ loss: AttackLoss, on batch: AttackBatch, under threatModel: ThreatModel, classifier: C) {
    let needed = loss.leastClassCount(targeted: threatModel.goal != .untargeted)
    precondition(
      classifier.classCount >= needed,
      "the loss \(loss.rawValue) needs \(needed) classes, the classifier has \(classifier.classCount)")
    self.batch = batch
    self.threatModel = threatModel
    self.loss = loss
    self.classifier = classifier
  }

  /// Logits and ascent directions at images of some rows.
  func gradients(at images: Tensor, rows: [Int]) throws -> (logits: Tensor, gradients: Tensor) {
    let (labels, threatModel, loss) = (batch.labels, threatModel, loss)
    let (logits, gradients) = try classifier.logitsAndImageGradients(of: images) { place, logits, gradient in
      loss.writeAscentDirection(
        of: logits, label: labels[rows[place]], target: threatModel.target(ofRow: rows[place]), to: &gradient)
    }
    return (logits, gradients)
  }

  func value(_ logits: Tensor, at place: Int, row: Int) -> Double {
    loss.value(
      of: logits[row: place].span, label: batch.labels[row], target: threatModel.target(ofRow: row))
  }

  /// Offers the images of some rows to the best ones.
  ///
  /// - Parameter goal: The attack's goal, which differs from the one climbed when an untargeted attack climbs towards
  ///   targets.
  func offer(_ images: Tensor, _ logits: Tensor, rows: [Int], goal: ThreatModel, to best: inout BestImages) {
    for (place, row) in rows.enumerated() {
      let label = batch.labels[row]
      let prediction = Prediction(logits: logits[row: place]).label
      best.offer(
        images[row: place], margin: goal.margin(of: logits[row: place].span, ofRow: row, label: label),
        isReached: goal.isReached(byPrediction: prediction, ofRow: row, label: label), forRow: row)
    }
  }

  /// Steps of fixed length, each projected onto the ball around the clean image and then onto the box.
  ///
  ///     x⁽ᵏ⁺¹⁾ = P( x⁽ᵏ⁾ + stepSize · direction(x⁽ᵏ⁾, gₖ) )
  ///
  /// - Parameters:
  ///   - start: One image for each of `rows`.
  ///   - stepSize: Step length, in units of the norm.
  ///   - direction: A vector of length 1 in the norm, from the row, its image and its gradient; `nil` to stay.
  func climb(
    from start: Tensor, rows: [Int], stepCount: Int, stepSize: Double, stopping: Stopping,
    keeping best: inout BestImages,
    direction: (_ row: Int, _ image: ArraySlice<Float>, _ gradient: ArraySlice<Float>) -> [Double]?
  ) throws {
    var images = start
    var rows = rows
    for _ in 0..<stepCount where !rows.isEmpty {
      let (logits, gradients) = try gradients(at: images, rows: rows)
      offer(images, logits, rows: rows, goal: threatModel, to: &best)
      for (place, row) in rows.enumerated() {
        if threatModel.norm(gradients[row: place]) == 0 { best.noteZeroGradient(ofRow: row) }
        guard let direction = direction(row, images[row: place], gradients[row: place]) else { continue }
        let moved = zip(images[row: place], direction).map { Float(Double($0) + stepSize * $1) }
        images[row: place] = ArraySlice(threatModel.projected(moved[...], around: batch.images[row: row]))
      }
      if stopping == .atFirstSuccess {
        let left = rows.indices.filter { !best.isReached(rows[$0]) }
        if left.count < rows.count {
          images = images.rows(left)
          rows = left.map { rows[$0] }
        }
      }
    }
    guard !rows.isEmpty else { return }
    offer(images, try classifier.logits(of: images), rows: rows, goal: threatModel, to: &best)
  }
}
