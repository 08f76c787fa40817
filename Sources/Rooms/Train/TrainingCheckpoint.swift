import Foundation
import Networks
import Storage
import Tensors

/// Training between two epochs, as a file from which it goes on as if it had never stopped.
struct TrainingCheckpoint {
  /// What must be the same for a run to go on from here; the number of epochs may grow.
  struct Identity: Codable, Equatable {
    var architecture: String
    var dataChecksum: String
    var validationFraction: Double
    var training: TrainingConfiguration
    /// See `TrainExperiment.revision`; nil in checkpoints of earlier versions.
    var revision: Int?
    /// Going on with another would not give the bytes of a training that was never stopped.
    var engine: EngineFingerprint?

    /// In what the program that left `other` differs from this one, whatever the settings.
    func programDifferences(from other: Identity) -> [String] {
      if revision != other.revision || engine?.revision != other.engine?.revision {
        return ["the revision of the program"]
      }
      guard let engine, let difference = other.engine?.difference(from: engine) else { return [] }
      return ["the instructions or libraries of the processor (\(difference))"]
    }

    /// The settings in which the run that left `other` after `epochsDone` epochs differs, named.
    func differences(from other: Identity, epochsDone: Int) -> [String] {
      var names: [String] = []
      if architecture != other.architecture { names.append("architecture") }
      if dataChecksum != other.dataChecksum { names.append("data") }
      if validationFraction != other.validationFraction { names.append("validation share") }
      if training.seed != other.training.seed { names.append("seed") }
      if training.batchSize != other.training.batchSize || training.microBatch != other.training.microBatch {
        names.append("batch size")
      }
      if training.loss != other.training.loss { names.append("loss") }
      if training.optimizer != other.training.optimizer { names.append("optimizer") }
      if training.learningRate != other.training.learningRate { names.append("learning rate") }
      if training.augmentation != other.training.augmentation { names.append("augmentation") }
      if training.penalties != other.training.penalties { names.append("penalties") }
      if training.adversarial != other.training.adversarial { names.append("adversarial training") }
      if training.pretraining != other.training.pretraining { names.append("pretraining") }
      if training.frozenLayers != other.training.frozenLayers { names.append("frozen layers") }
      if training.privacy != other.training.privacy { names.append("privacy") }
      if training.patience != other.training.patience { names.append("patience") }
      // A cosine's shape depends on where it ends, and so does where L-BFGS empties its memory.
      let dependsOnEnd =
        if case .lbfgs = training.optimizer { true } else { training.learningRate.schedule == .cosine }
      if training.epochCount != other.training.epochCount && dependsOnEnd || training.epochCount < epochsDone
      {
        names.append("number of epochs")
      }
      return names
    }
  }

  let identity: Identity
  let state: TrainingState

  private static let format = "intrigue-checkpoint-1"

  func write(to file: URL) throws {
    let graph = state.network.graph
    let trained = graph.parameters.filter(\.isTrained)
    var tensors = zip(graph.parameters, state.network.parameters).map { ("parameter/\($0.name)", $1) }
    for (number, moment) in state.moments.enumerated() {
      tensors += zip(trained, moment).map { ("moment\(number)/\($0.name)", $1) }
    }
    if let best = state.best {
      tensors += zip(graph.parameters, best.parameters).map { ("best/\($0.name)", $1) }
    }
    func text(_ value: some Encodable) throws -> String {
      String(decoding: try JSONFile.encoded(value, file: file), as: UTF8.self)
    }
    try SafetensorsFile(
      tensors: tensors.map { (name: $0.0, tensor: $0.1) },
      metadata: [
        "format": Self.format, "identity": try text(identity), "history": try text(state.history),
        "stepCount": String(state.stepCount),
      ]
    ).write(to: file)
  }

  static func read(_ file: URL, graph: Graph) throws -> TrainingCheckpoint {
    let container = try SafetensorsFile(contentsOf: file)
    guard container.metadata["format"] == format, let identity = container.metadata["identity"],
      let history = container.metadata["history"],
      let steps = container.metadata["stepCount"].flatMap({ Int($0) }),
      (0...1_000_000_000_000).contains(steps)
    else { throw FileError(file: file, problem: "is no checkpoint of this version") }
    let decodedIdentity = try JSONFile.decode(Identity.self, from: Data(identity.utf8), file: file)
    guard decodedIdentity.architecture == (try graph.architecture.json) else {
      return TrainingCheckpoint(
        identity: decodedIdentity,
        state: TrainingState(starting: Network(initializing: graph, seed: 0)))
    }
    func tensors(_ prefix: String, _ parameters: [Parameter]) throws -> [Tensor] {
      try parameters.map { parameter in
        guard let tensor = container["\(prefix)/\(parameter.name)"], tensor.shape == parameter.shape else {
          throw FileError(
            file: file, problem: "lacks tensor \(prefix)/\(parameter.name) of shape \(parameter.shape)")
        }
        return tensor
      }
    }
    let trained = graph.parameters.filter(\.isTrained)
    let hasBest = container.tensors.contains { $0.name.utf8.starts(with: "best/".utf8) }
    var moments: [[Tensor]] = []
    for number in 0..<decodedIdentity.training.optimizer.momentCount {
      moments.append(try tensors("moment\(number)", trained))
    }
    return TrainingCheckpoint(
      identity: decodedIdentity,
      state: TrainingState(
        network: try Network(graph: graph, parameters: tensors("parameter", graph.parameters)),
        moments: moments, stepCount: steps,
        history: try JSONFile.decode([EpochRecord].self, from: Data(history.utf8), file: file),
        best: hasBest ? try Network(graph: graph, parameters: tensors("best", graph.parameters)) : nil))
  }
}
