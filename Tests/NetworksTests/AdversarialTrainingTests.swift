import Datasets
import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct AdversarialTrainingTests {
  static let perturbations: [AdversarialTraining.Perturbation] = [
    .fgsm, .pgd(stepCount: 3, stepSize: 0.05), .signNoise, .uniformNoise,
  ]

  static func configuration(
    _ adversarial: AdversarialTraining?, epochs: Int = 2, batch: Int = 24, micro: Int = 8, rate: Float = 0.05
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochs, batchSize: batch, microBatch: micro, optimizer: .sgd(momentum: 0, weightDecay: 0),
      learningRate: LearningRate(initial: rate), seed: 9, adversarial: adversarial)
  }

  @Test(
    "One, two and five workers train the same bytes, and a stopped run goes on to them", arguments: 0..<4,
    [Float(0), 0.5])
  func sameBytes(_ number: Int, _ cleanShare: Float) throws {
    let images = SyntheticImages.make(count: 70)
    var configuration = Self.configuration(
      AdversarialTraining(Self.perturbations[number], epsilon: 0.1, cleanShare: cleanShare))
    configuration.augmentation = Augmentation(flips: true, cropPadding: 1)
    var checkpoints: [TrainingState] = []
    let states = try [1, 2, 5].map {
      try Trainer(configuration, training: images, validation: nil, workerCount: $0).train(
        from: TrainingState(starting: TrainerTests.network()), checkpoint: { checkpoints.append($0) })
    }
    for state in states.dropFirst() { #expect(state.network == states[0].network) }
    let resumed = try Trainer(configuration, training: images, validation: nil, workerCount: 2)
      .train(from: checkpoints[0])
    #expect(resumed.network == states[0].network)
    configuration.adversarial = nil
    let plain = try Trainer(configuration, training: images, validation: nil, workerCount: 1)
      .train(from: TrainingState(starting: TrainerTests.network()))
    #expect(plain.network != states[0].network)
  }

  /// Two classes of noisy pixels far from 0 and 1, so that no perturbed pixel is clipped.
  private static func twoClasses(count: Int) -> LabelledImages {
    var generator = SeededGenerator(seed: 12)
    let pixels = (0..<count * 12).map { index in
      Float(0.35 + 0.3 * generator.uniform()) + (index / 12 % 2 == 0 && index % 12 < 4 ? 0.04 : 0)
    }
    return LabelledImages(
      shape: ImageShape(channels: 1, height: 3, width: 4), pixels: .floats(pixels),
      labels: (0..<count).map { $0 % 2 }, classNames: ["minus", "plus"])
  }

  private static func logistic() throws -> Network {
    let graph = try Graph(
      .named(.softmax, input: ImageShape(channels: 1, height: 3, width: 4), classCount: 2))
    return Network(initializing: graph, seed: 6)
  }

  @Test("Of logistic regression the loss on perturbed images is E ζ(ε‖w‖₁ − y(wᵀx + b)), for both labels")
  func closedForm() throws {
    let images = Self.twoClasses(count: 40)
    let network = try Self.logistic()
    let epsilon = 0.25
    // One step over everything tells the loss at the start.
    let state = try Trainer(
      Self.configuration(
        AdversarialTraining(.fgsm, epsilon: Float(epsilon), cleanShare: 0), epochs: 1, batch: 40, micro: 16),
      training: images, validation: nil, workerCount: 2
    ).train(from: TrainingState(starting: network))

    let weights = try #require(network[parameter: "classifier.weight"]).elements.map(Double.init)
    let difference = (0..<12).map { weights[12 + $0] - weights[$0] }
    let length = difference.reduce(0) { $0 + abs($1) }
    let pixels = images.tensor(of: 0..<40)
    var corrected = 0.0
    var printed = 0.0
    for (row, label) in images.labels.enumerated() {
      let score = zip(difference, pixels[row: row]).reduce(0) { $0 + $1.0 * Double($1.1) }
      let sign = label == 1 ? 1.0 : -1.0
      corrected += log1p(exp(epsilon * length - sign * score)) / 40
      printed += log1p(exp(sign * (epsilon * length - score))) / 40
    }
    expectClose(state.history[0].trainingLoss, corrected, relative: 1e-5)
    // The paper's sign would lower the loss of the label −1.
    #expect(abs(printed - corrected) > 0.05)
  }

  @Test("The gradient is that of α J(x) + (1 − α) J(x′) at fixed x′", arguments: [Float(0), 0.3])
  func oneStep(_ cleanShare: Float) throws {
    let images = Self.twoClasses(count: 20)
    let network = try Self.logistic()
    let epsilon = 0.1
    let state = try Trainer(
      Self.configuration(
        AdversarialTraining(.fgsm, epsilon: Float(epsilon), cleanShare: cleanShare), epochs: 1, batch: 20,
        rate: 0.5), training: images, validation: nil, workerCount: 2
    ).train(from: TrainingState(starting: network))
    let weights = try #require(network[parameter: "classifier.weight"]).elements.map(Double.init)
    let pixels = images.tensor(of: 0..<20)
    let clean = (0..<20).map { pixels[row: $0].map(Double.init) }
    let perturbed = zip(clean, images.labels).map { row, label in
      row.indices.map { index in
        let slope = (label == 1 ? -1 : 1) * (weights[12 + index] - weights[index])
        return row[index] + (slope > 0 ? epsilon : -epsilon)
      }
    }
    var reference = DoubleReference(network)
    let name = "classifier.weight"
    let slopes = centralDifferences(
      of: { values in
        reference.parameters[name] = values
        return Double(cleanShare) * reference.loss(clean, images.labels, .training)
          + Double(1 - cleanShare) * reference.loss(perturbed, images.labels, .training)
      }, at: weights)
    let found = try #require(state.network[parameter: name]).elements
    for (index, slope) in slopes.enumerated() {
      expectClose(Double(found[index]), weights[index] - 0.5 * slope, absolute: 1e-6)
    }
  }

  @Test("Perturbed pixels stay within ε of the image and in [0, 1]", arguments: perturbations)
  func ball(_ perturbation: AdversarialTraining.Perturbation) {
    let settings = AdversarialTraining(perturbation, epsilon: 0.2)
    var generator = SeededGenerator(seed: 3)
    let pixels = (0..<200).map { Float($0) / 199 }
    var target = [Float](repeating: -1, count: 200)
    settings.writeStart(from: pixels, to: &target, count: 200, seed: 1, epoch: 2, image: 3)
    var again = target
    settings.writeStart(from: pixels, to: &again, count: 200, seed: 1, epoch: 2, image: 3)
    #expect(target == again)
    settings.writeStart(from: pixels, to: &again, count: 200, seed: 1, epoch: 3, image: 3)
    #expect((target == again) == (perturbation == .fgsm))
    for _ in 0..<perturbation.stepCount {
      let slopes = generator.normals(200)
      settings.move(&target, along: slopes, around: pixels, count: 200)
    }
    for (found, pixel) in zip(target, pixels) {
      #expect(abs(found - pixel) <= 0.2 + 1e-6 && (0...1).contains(found))
    }
    #expect(target != pixels)
    if perturbation == .signNoise {
      #expect(zip(target, pixels).allSatisfy { abs(abs($0 - $1) - 0.2) < 1e-6 || $0 == 0 || $0 == 1 })
    }
    // A slope of 0 moves nothing.
    var still = pixels
    settings.move(
      &still, along: [Float](repeating: 0, count: 200), around: pixels, count: 200)
    #expect(still == pixels)
  }

  /// Share of images that one signed step of size ε takes from their class.
  private func errorUnderFGSM(_ network: Network, _ images: LabelledImages, _ epsilon: Float) throws -> Double
  {
    let engine = try Engine(running: network, workerCount: 2)
    var pixels = images.tensor(of: 0..<images.count)
    let labels = images.labels
    let (_, gradients) = try engine.logitsAndImageGradients(of: pixels) { row, logits, gradient in
      CrossEntropy.writeAscentDirection(logits: logits, label: labels[row], to: &gradient)
    }
    for index in pixels.elements.indices {
      let slope = gradients.elements[index]
      let moved = pixels.elements[index] + (slope > 0 ? epsilon : slope < 0 ? -epsilon : 0)
      pixels.elements[index] = min(max(moved, 0), 1)
    }
    let predictions = Prediction.rows(of: try engine.logits(of: pixels))
    return Double(predictions.enumerated().count { $0.element.label != labels[$0.offset] })
      / Double(images.count)
  }

  @Test("Trained on FGSM or PGD a network errs less under FGSM than a plain one, and noise helps less")
  func helps() throws {
    let images = SyntheticImages.make(count: 400)
    let heldOut = SyntheticImages.make(count: 200, seed: 2)
    let graph = try Graph(.named(.mlp, input: images.shape, classCount: 4))
    let epsilon: Float = 0.2
    func error(_ perturbation: AdversarialTraining.Perturbation?) throws -> Double {
      var configuration = Self.configuration(
        perturbation.map { AdversarialTraining($0, epsilon: epsilon) }, epochs: 12, batch: 16, micro: 16)
      configuration.optimizer = .adam(weightDecay: 0)
      configuration.learningRate = LearningRate(initial: 2e-3)
      let state = try Trainer(configuration, training: images, validation: nil, workerCount: 2)
        .train(from: TrainingState(starting: Network(initializing: graph, seed: 1)))
      return try errorUnderFGSM(state.network, heldOut, epsilon)
    }
    let plain = try error(nil)
    let fgsm = try error(.fgsm)
    let pgd = try error(.pgd(stepCount: 4, stepSize: 0.1))
    let noise = try error(.signNoise)
    #expect(plain > 0.3, "\(plain)")
    #expect(fgsm < 0.7 * plain && pgd < 0.7 * plain, "\(plain), \(fgsm), \(pgd)")
    #expect(noise > fgsm && noise > pgd, "\(noise), \(fgsm), \(pgd)")
  }

  @Test("L-BFGS refuses images that change from pass to pass")
  func refused() throws {
    var configuration = Self.configuration(AdversarialTraining(.signNoise, epsilon: 0.1))
    configuration.optimizer = .lbfgs()
    #expect(throws: NetworkError.lossNotFixed(cause: "adversarial training")) {
      try Trainer(configuration, training: Self.twoClasses(count: 8), validation: nil).train(
        from: TrainingState(starting: Self.logistic()))
    }
  }
}
