import Foundation
import Intrigue

/// What `peer.py` does, done by the library with its defaults.
struct IntrigueSide {
  let dataFolder: URL

  func serve(_ workload: Workload, _ requests: Requests) throws {
    let images = try Dataset.load(dataFolder.path).training
    switch workload {
    case .training: try serveTraining(of: Self.convolutionalNetwork, on: images, requests)
    case .mlpEpoch: try serveTraining(of: Self.multilayerPerceptron, on: images, requests)
    case .features: try serveFeatures(of: images, requests)
    }
  }

  /// One training run with no end: each epoch is one repetition.
  private func serveTraining(of architecture: Architecture, on images: LabelledImages, _ requests: Requests)
    throws
  {
    let network = Network(initializing: try Graph(architecture), seed: 1)
    let configuration = TrainingConfiguration(
      epochCount: .max, batchSize: 128, optimizer: .sgd(momentum: 0.9, weightDecay: 0))
    let trainer = Trainer(configuration, training: images, validation: nil)
    try requests.greet(
      ready(images, ["workers": trainer.workerCount, "batch": configuration.batchSize]))
    struct NoMoreRequests: Error {}
    guard requests.next() else { return }
    do {
      _ = try trainer.train(
        from: TrainingState(starting: network),
        checkpoint: { _ in
          try requests.answer()
          guard requests.next() else { throw NoMoreRequests() }
        })
    } catch is NoMoreRequests {}
  }

  private func serveFeatures(of images: LabelledImages, _ requests: Requests) throws {
    let graph = try Graph(Self.convolutionalNetwork)
    let engine = try Engine(running: Network(initializing: graph, seed: 1))
    try requests.greet(ready(images, ["workers": engine.workerCount]))
    while requests.next() {
      _ = try engine.features(of: images, layer: graph.featureLayer)
      try requests.answer()
    }
  }

  /// The results name the commit that was measured; there is no other version to tell.
  private func ready(_ images: LabelledImages, _ settings: [String: Int]) -> WorkerGreeting {
    .ready(
      imageCount: images.count, versions: [:], settings: settings.mapValues(String.init))
  }

  private static let images = ImageShape(channels: 1, height: 28, width: 28)

  private static let convolutionalNetwork = Architecture(
    name: "convolutional", input: images,
    nodes: [
      .init("conv1", .convolution(Convolution(outputChannels: 32, kernel: 5, padding: 2))),
      .init("relu1", .relu), .init("pool1", .maxPool(Pooling(kernel: 2, stride: 2))),
      .init("conv2", .convolution(Convolution(outputChannels: 64, kernel: 5, padding: 2))),
      .init("relu2", .relu), .init("pool2", .maxPool(Pooling(kernel: 2, stride: 2))),
      .init("flatten", .flatten),
      .init("fc1", .linear(outputs: 128, bias: true)), .init("relu3", .relu),
      .init("fc2", .linear(outputs: 10, bias: true)),
    ])

  private static let multilayerPerceptron = Architecture(
    name: "multilayer perceptron", input: images,
    nodes: [
      .init("flatten", .flatten),
      .init("fc1", .linear(outputs: 100, bias: true)), .init("sigmoid1", .sigmoid),
      .init("fc2", .linear(outputs: 100, bias: true)), .init("sigmoid2", .sigmoid),
      .init("fc3", .linear(outputs: 10, bias: true)),
    ])
}
