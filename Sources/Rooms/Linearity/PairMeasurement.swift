import Datasets
import Lab
import Networks
import Tensors

extension LinearityExperiment {
  /// Logistic regression of two classes, for which the fast gradient sign method is exact.
  struct PairResults: Codable, Equatable, Sendable {
    struct Model: Codable, Equatable, Sendable {
      /// ‖r‖∞ of the adversarial training; 0: trained on clean images.
      var trainingEpsilon: Double
      var cleanErrors: Proportion
      /// Errors under the worst-case step, not clipped, as in the paper.
      var adversarialErrors: Proportion
      /// Errors under the worst-case step with pixels kept in [0, 1].
      var clippedErrors: Proportion
      var weightNorm: Double
      var zeroWeightCount: Int
      var losses: [SignLoss]
    }

    /// Mean losses over the held-out images of one class.
    struct SignLoss: Codable, Equatable, Sendable {
      var sign: Int
      var imageCount: Int
      var clean: Double
      var worst: Double
      /// The loss in the form that the paper prints.
      var printed: Double
    }

    var classNames: [String]
    var trainingCount: Int
    var epsilon: Double
    var models: [Model]
  }
}

/// Trains two logistic regressions on a pair of classes, one on clean and one on adversarial images, and measures both.
struct PairMeasurement {
  let configuration: LinearityExperiment.Configuration

  /// Chooses the pair: the one asked for or, if nobody chose it and the data lack one of its classes, the two classes with
  /// the most images.
  ///
  /// - Returns: `nil` if the data have only one class.
  static func pair(
    _ pair: [Int], isGiven: Bool, in dataset: Dataset, _ usual: inout UsualSetting
  ) -> [Int]? {
    let names = dataset.training.classNames
    let (training, heldOut) = (dataset.training.countOfEachClass, dataset.heldOut.countOfEachClass)
    let possible = names.indices.filter { training[$0] > 0 && heldOut[$0] > 0 }
    if pair.allSatisfy(possible.contains) { return pair }
    guard !isGiven else {
      // A class that does not exist is an error; one without images leaves nothing to fit.
      if pair.allSatisfy(names.indices.contains) {
        usual.note(
          "the logistic regression is skipped: class \(pair[0]) or \(pair[1]) has no training images or no held-out images"
        )
      }
      return pair
    }
    guard possible.count > 1 else {
      usual.note("the logistic regression is skipped: only one class has training and held-out images")
      return nil
    }
    let chosen = possible.sorted { (training[$0], $1) > (training[$1], $0) }.prefix(2).sorted()
    usual.note(
      "the logistic regression uses classes \(chosen[0]) (\(names[chosen[0]])) and \(chosen[1]) (\(names[chosen[1]])) "
        + "instead of the default \(pair[0]) and \(pair[1]), because the data lack one of these")
    return chosen
  }

  /// - Returns: `nil` if the regression is skipped or a class has no images.
  func measure(
    _ dataset: Dataset, _ progress: @escaping ProgressHandler
  ) throws -> (results: LinearityExperiment.PairResults, models: [LogisticRegression])? {
    guard let pair = configuration.pair else { return nil }
    let (training, heldOut) = (
      LogisticRegression.Data(dataset.training, pair: pair),
      LogisticRegression.Data(dataset.heldOut, pair: pair)
    )
    guard Set(training.signs).count == 2, Set(heldOut.signs).count == 2 else { return nil }
    let trainingEpsilons = [0, configuration.pairEpsilon]
    let models = try trainingEpsilons.map { epsilon in
      try progress(
        .stage("training logistic regression on \(training.signs.count) images, ‖r‖∞ = \(epsilon)"))
      return try LogisticRegression.trained(
        on: training, epsilon: epsilon, stepCount: configuration.pairStepCount
      ) { try progress(.step(done: $0, total: configuration.pairStepCount, unit: "steps")) }
    }
    return (
      LinearityExperiment.PairResults(
        classNames: pair.map { dataset.heldOut.classNames[$0] }, trainingCount: training.signs.count,
        epsilon: configuration.pairEpsilon,
        models: zip(models, trainingEpsilons).map { results(of: $0, trainingEpsilon: $1, on: heldOut) }),
      models
    )
  }

  private func results(
    of model: LogisticRegression, trainingEpsilon: Double, on heldOut: LogisticRegression.Data
  ) -> LinearityExperiment.PairResults.Model {
    let (epsilon, count) = (configuration.pairEpsilon, heldOut.signs.count)
    return LinearityExperiment.PairResults.Model(
      trainingEpsilon: trainingEpsilon,
      cleanErrors: Proportion(model.errorCount(on: heldOut, epsilon: 0), of: count),
      adversarialErrors: Proportion(model.errorCount(on: heldOut, epsilon: epsilon), of: count),
      clippedErrors: Proportion(model.clippedErrorCount(on: heldOut, epsilon: epsilon), of: count),
      weightNorm: model.weightNorm, zeroWeightCount: model.weights.count { $0 == 0 },
      losses: [-1, 1].map { sign in
        LinearityExperiment.PairResults.SignLoss(
          sign: sign, imageCount: heldOut.only(Double(sign)).signs.count,
          clean: model.loss(on: heldOut, epsilon: 0, sign: Double(sign)),
          worst: model.loss(on: heldOut, epsilon: epsilon, sign: Double(sign)),
          printed: model.printedLoss(on: heldOut, epsilon: epsilon, sign: Double(sign)))
      })
  }
}
