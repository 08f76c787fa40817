import ArgumentParser
import Foundation
import Intrigue

/// What both sides are given, so that they do the same work: two networks after one epoch, the larger one's features of
/// the training images, and random directions.
struct SharedInputs {
  let folder: URL

  /// Of the largest ranking; others take the first of them.
  static let directionCount = 10_000

  var model: URL { folder.appending(path: "model.safetensors") }
  /// Of the row `box-lbfgs`.
  var smallModel: URL { folder.appending(path: "small.safetensors") }
  var features: URL { folder.appending(path: "features.npy") }
  var directions: URL { folder.appending(path: "directions.npy") }

  func make(from dataFolder: String) throws {
    let images = try Dataset.load(dataFolder).training
    let trainer = Trainer(TrainingConfiguration(epochCount: 1), training: images, validation: nil)
    func trained(_ architecture: Architecture) throws -> Network {
      try trainer.train(
        from: TrainingState(starting: Network(initializing: try Graph(architecture), seed: 1))
      ).network
    }
    let small = try trained(.smallConvolutionalNetwork)
    try ModelFile.write(Model(network: small, classNames: images.classNames), to: smallModel)
    let network = try trained(.convolutionalNetwork)
    try ModelFile.write(Model(network: network, classNames: images.classNames), to: model)
    let found = try Engine(running: network).features(of: images, layer: network.graph.featureLayer)
    try NPYFile(found).write(to: features)
    let drawn = DirectionSet.randomSphere(count: Self.directionCount, dimension: found.rowLength, seed: 1)
    try NPYFile(drawn.matrix).write(to: directions)
  }
}

/// Makes the shared inputs. A process of its own: the measuring process is to stay small and idle.
struct InputsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "inputs", shouldDisplay: false)

  @Option var data: String
  @Option var folder: String

  func run() throws {
    try SharedInputs(folder: URL(filePath: folder)).make(from: data)
  }
}
