import Foundation
import Storage
import Tensors

@testable import TrainRoom
@testable import Networks

/// A small network with a layer of most kinds.
private let smallArchitecture = Architecture(
  name: "small", input: ImageShape(channels: 1, height: 6, width: 6),
  nodes: [
    .init("normalise", .normalise(mean: [0.5], standardDeviation: [0.25])),
    .init("conv", .convolution(Convolution(outputChannels: 2, kernel: 3))),
    .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)),
    .init("relu", .relu),
    .init("pool", .maxPool(Pooling(kernel: 2, stride: 2, padding: 0))),
    .init("flatten", .flatten),
    .init("dropout", .dropout(rate: 0.5)),
    .init("logits", .linear(outputs: 3, bias: true)),
  ])

/// An architecture as JSON, and the graph that is made of it.
struct ArchitectureTarget: FuzzTarget {
  static let name = "architecture"

  init(in folder: URL) {}

  var seeds: [Data] {
    get throws {
      let colour = ImageShape(channels: 3, height: 32, width: 32)
      let named = Architecture.Named.allCases.map {
        Architecture.named($0, input: colour, classCount: 10)
      }
      return try ([smallArchitecture] + named).map { Data(try $0.json.utf8) }
    }
  }

  func read(_ data: Data) throws {
    let architecture = try JSONFile.decode(Architecture.self, from: data, file: strange)
    _ = try Graph(architecture, from: strange)
  }

  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    Damage.json(data, capacity: capacity, using: &draws)
  }
}

/// A model: parameters with an architecture, names and a history in the metadata.
struct ModelTarget: FuzzTarget {
  static let name = "model"
  private let file: URL

  init(in folder: URL) { file = folder.appending(path: "model.safetensors") }

  var seeds: [Data] {
    get throws {
      let network = try Network(initializing: Graph(smallArchitecture), seed: 1)
      return [
        try ModelFile.container(of: Model(network: network, classNames: ["a", "b", "c"]), file: file)
          .encoded()
      ]
    }
  }

  func read(_ data: Data) throws {
    try data.write(to: file)
    let model = try ModelFile.read(file)
    // What every command says about a model first.
    _ = try model.checksum
  }

  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    SafetensorsDamage.apply(to: data, capacity: capacity, using: &draws)
  }
}

/// Training that was stopped.
struct CheckpointTarget: FuzzTarget {
  static let name = "checkpoint"
  private let file: URL
  private let graph: Graph
  private let identity: TrainingCheckpoint.Identity

  init(in folder: URL) throws {
    file = folder.appending(path: "checkpoint.safetensors")
    graph = try Graph(smallArchitecture)
    identity = TrainingCheckpoint.Identity(
      architecture: try smallArchitecture.json, dataChecksum: "d", validationFraction: 0.1,
      training: TrainingConfiguration(patience: 3))
  }

  var seeds: [Data] {
    get throws {
      let network = Network(initializing: graph, seed: 1)
      let moment = graph.parameters.filter(\.isTrained).map { Tensor(repeating: 0.5, shape: $0.shape) }
      let epoch = EpochRecord(
        epoch: 1, trainingLoss: 1.5, trainingAccuracy: 0.5, validationLoss: 1.25, validationAccuracy: 0.75,
        learningRate: 0.05, seconds: 2, imagesPerSecond: 100)
      let state = TrainingState(
        network: network, moments: [moment], stepCount: 7, history: [epoch], best: network)
      try TrainingCheckpoint(identity: identity, state: state).write(to: file)
      return [try Data(contentsOf: file)]
    }
  }

  func read(_ data: Data) throws {
    try data.write(to: file)
    let checkpoint = try TrainingCheckpoint.read(file, graph: graph)
    _ = identity.differences(
      from: checkpoint.identity, epochsDone: checkpoint.state.completedEpochCount)
  }

  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    SafetensorsDamage.apply(to: data, capacity: capacity, using: &draws)
  }
}
