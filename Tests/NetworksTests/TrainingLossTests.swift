import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct TrainingLossTests {
  /// ``DistanceCrossEntropy`` is of networks that end in distances: its own tests train one.
  private static let ofLogits: [TrainingLoss] = [.softmax, .sigmoid]

  @Test(
    "A configuration with softmax has the bytes it had before there was a choice; sigmoid survives the file")
  func coding() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var configuration = TrainingConfiguration(seed: 3, loss: .softmax)
    let plain = String(decoding: try encoder.encode(configuration), as: UTF8.self)
    #expect(!plain.lowercased().contains("loss"))
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: Data(plain.utf8)).loss == .softmax)
    configuration.loss = .sigmoid
    let text = try encoder.encode(configuration)
    #expect(String(decoding: text, as: UTF8.self).contains(#""trainingLoss":"sigmoid""#))
    let read = try JSONDecoder().decode(TrainingConfiguration.self, from: text)
    #expect(read == configuration && read.loss == .sigmoid)
    configuration.loss = .softmax
    #expect(try encoder.encode(configuration) == Data(plain.utf8))
  }

  @Test("The mean loss is that of the rows", arguments: ofLogits)
  func mean(_ loss: TrainingLoss) {
    let logits = Tensor(shape: [2, 3], elements: [1, 2, -1, 0, 4, 3])
    let rows = [([1, 2, -1], 2), ([0, 4, 3], 0)] as [([Float], Int)]
    let expected = rows.reduce(0) { $0 + loss.loss(logits: $1.0.span, label: $1.1) } / 2
    #expect(loss.meanLoss(of: logits, labels: [2, 0]) == expected)
    #expect(loss.meanLoss(of: Tensor(shape: [0, 3]), labels: []).isNaN)
  }

  private static let images = SyntheticImages.make(count: 96)

  private static func network(_ name: String = "small") throws -> Network {
    Network(
      initializing: try Graph(
        Architecture(
          name: name, input: images.shape,
          nodes: [
            .init("flatten", .flatten), .init("fc", .linear(outputs: 9, bias: true)), .init("act", .relu),
            .init("classifier", .linear(outputs: 4, bias: true)),
          ])), seed: 6)
  }

  @Test(
    "Training, its record and validation are of the loss that was asked for", arguments: ofLogits
  )
  func training(_ loss: TrainingLoss) throws {
    let configuration = TrainingConfiguration(
      epochCount: 3, batchSize: 24, microBatch: 8, optimizer: .adam(weightDecay: 0),
      learningRate: LearningRate(initial: 0.02), seed: 3, loss: loss)
    let held = SyntheticImages.make(count: 40, seed: 9)
    let states = try [1, 2].map {
      try Trainer(configuration, training: Self.images, validation: held, workerCount: $0)
        .train(from: TrainingState(starting: Self.network()))
    }
    #expect(states[0].network == states[1].network)
    let last = try #require(states[0].history.last)
    let logits = try Engine(running: states[0].network, workerCount: 1).logits(of: held)
    expectClose(last.validationLoss ?? .nan, loss.meanLoss(of: logits, labels: held.labels), relative: 1e-6)
    let other: TrainingLoss = loss == .softmax ? .sigmoid : .softmax
    #expect(abs((last.validationLoss ?? .nan) - other.meanLoss(of: logits, labels: held.labels)) > 1e-3)
    // One step from the start: what the first epoch's loss began with.
    let start = try Engine(running: Self.network(), workerCount: 1).logits(of: Self.images)
    let before = loss.meanLoss(of: start, labels: Self.images.labels)
    let first = try #require(states[0].history.first)
    #expect(first.trainingLoss < before && last.trainingLoss < first.trainingLoss)
  }

  @Test("Sigmoid training lets a network say no to every class: noise falls below one half")
  func refusal() throws {
    var configuration = TrainingConfiguration(
      epochCount: 30, batchSize: 24, microBatch: 8, optimizer: .adam(weightDecay: 0),
      learningRate: LearningRate(initial: 0.01), seed: 3, loss: .sigmoid)
    configuration.microBatch = 8
    let state = try Trainer(configuration, training: Self.images, validation: nil, workerCount: 2)
      .train(from: TrainingState(starting: Self.network()))
    let logits = try Engine(running: state.network, workerCount: 1).logits(of: Self.images)
    for row in 0..<logits.count {
      for (index, logit) in logits[row: row].enumerated() {
        #expect((logit > 0) == (index == Self.images.labels[row]))
      }
    }
    let black = try Engine(running: state.network, workerCount: 1).logits(
      of: Tensor(shape: [1, 1, 8, 8]))
    #expect(black.elements.allSatisfy { $0 < 0 })
  }

  @Test("L-BFGS minimises the mean of sigmoid losses: its gradient agrees with central differences")
  func fullBatch() throws {
    let network = try Self.network()
    let images = Self.images
    let objective = try FullBatchObjective(
      LBFGSTrainingTests.configuration(microBatch: 8, penalties: nil),
      examples: ClassifiedExamples(images: images, loss: .sigmoid), workerCount: 2, network: network)
    let point = objective.variables()
    var gradient = point
    let found = try objective.evaluate(at: point, gradient: &gradient)
    let pixels = images.tensor(of: 0..<images.count)
    let rows = (0..<images.count).map { pixels[row: $0].map(Double.init) }
    var reference = DoubleReference(network)
    func mean() -> Double {
      zip(reference.logits(rows, .inference), images.labels).reduce(0) { sum, image in
        sum + image.0.reduce(0) { $0 + log(1 + exp($1)) } - image.0[image.1]
      } / Double(images.count)
    }
    expectClose(found.value, mean(), relative: 1e-6)
    // The last four variables are the classifier's biases.
    for index in 0..<4 {
      let value = reference.parameters["classifier.bias"]![index]
      let slope = centralDifferences(
        of: { changed in
          reference.parameters["classifier.bias"]![index] = changed[0]
          return mean()
        }, at: [value])[0]
      reference.parameters["classifier.bias"]![index] = value
      expectClose(gradient[gradient.count - 4 + index], slope, absolute: 1e-6, relative: 1e-4)
    }
  }

  @Test("L-BFGS trains with sigmoids, and validates with them")
  func lbfgs() throws {
    var configuration = LBFGSTrainingTests.configuration(15, penalties: Penalties(layerDecay: [1e-3]))
    configuration.loss = .sigmoid
    let held = SyntheticImages.make(count: 40, seed: 9)
    let state = try Trainer(configuration, training: Self.images, validation: held, workerCount: 2)
      .train(from: TrainingState(starting: Self.network()))
    let logits = try Engine(running: state.network, workerCount: 1).logits(of: held)
    expectClose(
      state.history.last?.validationLoss ?? .nan,
      TrainingLoss.sigmoid.meanLoss(of: logits, labels: held.labels), relative: 1e-6)
    #expect(state.history.last?.trainingLoss ?? 1 < 0.2)
  }

  @Test("Steps of adversarial training climb the loss that is trained", arguments: ofLogits)
  func adversarial(_ loss: TrainingLoss) throws {
    let configuration = TrainingConfiguration(
      epochCount: 2, batchSize: 24, microBatch: 8, seed: 3,
      adversarial: AdversarialTraining(.fgsm, epsilon: 0.1, cleanShare: 0.5), loss: loss)
    let examples = ClassifiedExamples(images: Self.images, loss: loss)
    let logits: [Float] = [0.5, -1, 2, 0]
    var direction = [Float](repeating: 0, count: 4)
    logits.withUnsafeBufferPointer { output in
      var span = direction.mutableSpan
      examples.writeAscentDirection(ofImage: 1, output: output, to: &span)
    }
    var expected = [Float](repeating: 0, count: 4)
    var span = expected.mutableSpan
    if loss == .softmax {
      CrossEntropy.writeAscentDirection(logits: logits.span, label: 1, to: &span)
    } else {
      SigmoidCrossEntropy.writeAscentDirection(logits: logits.span, label: 1, to: &span)
    }
    #expect(direction == expected)
    let state = try Trainer(configuration, training: Self.images, validation: nil, workerCount: 2)
      .train(from: TrainingState(starting: Self.network()))
    #expect(state.history.count == 2)
  }
}
