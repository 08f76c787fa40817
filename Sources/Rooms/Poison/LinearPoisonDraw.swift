import Datasets
import Networks
import Poisoning
import Tensors

/// One draw of training and validation points of a pair of classes, which the poison points are optimised against.
struct LinearPoisonDraw {
  typealias Outcome = LinearPoisonExperiment.Outcome

  private let configuration: LinearPoisonExperiment.Configuration
  private let repetition: Int
  private let images: LabelledImages
  private let clean: LinearPoisoning
  /// Held-out images of the two classes.
  private let judged: LinearPoisoning.Examples
  /// Images of the attacked class, from which the poison points start.
  private let starts: [Int]

  /// - Parameter pair: The numbers of the attacking and the attacked class, whose signs are 1 and −1.
  init(
    _ configuration: LinearPoisonExperiment.Configuration, _ repetition: Int, pair: [Int], of dataset: Dataset
  ) {
    func examples(_ images: LabelledImages, _ numbers: [Int]) -> LinearPoisoning.Examples {
      LinearPoisoning.Examples(
        images.tensor(of: numbers), signs: numbers.map { images.labels[$0] == pair[0] ? 1 : -1 })
    }
    let (images, heldOut) = (dataset.training, dataset.heldOut)
    var generator = SeededGenerator(
      seed: configuration.seed &+ UInt64(repetition), purpose: "points of a linear classifier",
      index: pair[0] * 1024 + pair[1])
    let drawn = pair.map { label -> [Int] in
      let own = images.labels.indices.filter { images.labels[$0] == label }
      return generator.permutation(own.count).map { own[$0] }
    }
    /// Half of the points are of each class, an odd one of the first.
    func taken(_ range: Range<Int>) -> [Int] { range.map { drawn[$0 % 2][$0 / 2] } }
    let trainingCount = configuration.trainingCount
    let used = trainingCount + configuration.validationCount
    (self.configuration, self.repetition, self.images) = (configuration, repetition, images)
    clean = LinearPoisoning(
      training: examples(images, taken(0..<trainingCount)),
      validation: examples(images, taken(trainingCount..<used)), decay: configuration.decay)
    judged = examples(heldOut, heldOut.labels.indices.filter { pair.contains(heldOut.labels[$0]) })
    starts = Array(drawn[1][((used + 1) / 2)...].prefix(configuration.pointCount))
  }

  /// - Parameter tell: Receives the number of the point in each step; an error that it throws ends the measurement.
  func outcome(_ tell: (Int) throws -> Void) throws -> Outcome {
    let fit = clean.fitted()
    var (moved, flipped) = (clean, clean)
    var outcome = Outcome(
      pair: 0, repetition: repetition, moved: [error(fit.model)], flipped: [error(fit.model)],
      losses: [fit.loss], trimmed: [error(fit.model)], trimmedPoisons: [0], price: [error(fit.model)],
      shown: [])
    for (place, start) in starts.enumerated() {
      let row = images.tensor(of: [start]).elements.map(Double.init)
      flipped = flipped.adding(row, sign: 1)
      let climb = try moved.adding(row, sign: 1).climbed(
        stepCount: configuration.stepCount, stepSize: configuration.stepSize, onStep: { _ in try tell(place) }
      )
      moved = moved.adding(climb.row, sign: 1)
      outcome.moved.append(error(climb.model))
      outcome.flipped.append(error(flipped.fitted().model))
      outcome.losses.append(climb.losses.last ?? fit.loss)
      let (after, kept) = trimmed(moved.training, climb.model, place + 1)
      outcome.trimmed.append(after)
      outcome.trimmedPoisons.append(place + 1 - kept.count { $0 >= configuration.trainingCount })
      outcome.price.append(trimmed(clean.training, fit.model, place + 1).error)
      if place == 0 { outcome.shown = [row, climb.row].map { $0.map(Float.init) } }
    }
    return outcome
  }

  private func error(_ model: RegularizedLogisticRegression) -> Proportion {
    Proportion(model.errorCount(on: judged), of: judged.count)
  }

  /// The error after dropping the points of largest loss, nil if only one class remains, and the points that are kept.
  private func trimmed(
    _ points: LinearPoisoning.Examples, _ model: RegularizedLogisticRegression, _ count: Int
  ) -> (error: Proportion?, kept: [Int]) {
    let kept = LossTrimming.kept(losses: model.losses(on: points), dropping: min(count, points.count))
    let rest = points.selecting(kept)
    guard rest.signs.contains(1), rest.signs.contains(-1) else { return (nil, kept) }
    return (error(.fitted(to: rest, decay: configuration.decay)), kept)
  }
}
