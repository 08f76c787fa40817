import Adversarial
import Datasets
import Directions
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// A run on the page: network, images, bases, and the answers about them.
struct ExploredRun: Sendable {
  let run: RunModel
  let bases: [SavedBasis]
  /// For one image at a time: no room is filled up with zeros, and no core waits for another.
  let quickEngine: Engine
  let scoreKind: ScoreKind

  init(_ run: RunModel, bases: [SavedBasis]) throws {
    self.run = run
    self.bases = bases
    quickEngine = try Engine(running: run.model.network, workerCount: 1, microBatch: 1)
    scoreKind = ScoreKind(suiting: run.model)
  }

  /// An image of the data, as the page shows it wherever it stands.
  struct Shown: Codable, Equatable, Sendable {
    var index: Int
    /// Along the direction that chose the image.
    var score: Float
    var label: Int
    var prediction: Int
    /// PNG, in base64.
    var png: String
  }

  func shown(_ index: Int, score: Float) throws -> Shown {
    Shown(
      index: index, score: score, label: run.images.labels[index], prediction: run.predictions[index].label,
      png: try png(of: run.images.tensor(of: [index]).elements)
    )
  }

  /// - Parameter planar: `[channels, height, width]` in [0, 1].
  func png(of planar: some Collection<Float>) throws -> String { try Self.png(of: bitmap(of: planar)) }

  func bitmap(of planar: some Collection<Float>) -> Bitmap {
    let shape = run.images.shape
    return Bitmap(planar: planar, channels: shape.channels, height: shape.height, width: shape.width)
  }

  static func png(of bitmap: Bitmap) throws -> String {
    try PNGFile.encode(bitmap, file: URL(filePath: "picture")).base64EncodedString()
  }

  // MARK: What there is

  /// What the page is told of the run when it opens.
  struct Description: Codable, Sendable {
    struct Basis: Codable, Sendable {
      var name: String
      var rows: Int
    }
    var name: String
    var experiment: String
    var network: String
    var data: String
    var layer: String
    var imageCount: Int
    var unitCount: Int
    /// The lowest that is above 0 for as many images as are shown to begin with: a dead one is no good beginning.
    var firstLiveNeuron: Int
    var correctCount: Int
    var width: Int
    var height: Int
    var channels: Int
    var classNames: [String]
    /// `#0072B2`.
    var classColours: [String]
    /// Images that the network puts into another class, ascending.
    var wrongImages: [Int]
    var bases: [Basis]
    var remarks: [String]
  }

  private var firstLiveNeuron: Int {
    let dimension = run.features.dimension
    return run.features.withValues { values in
      (0..<dimension).first { neuron in
        stride(from: neuron, to: values.count, by: dimension).count { values[$0] > 0 } >= 9
      } ?? 0
    }
  }

  var description: Description {
    let key = ClassKey(names: run.images.classNames)
    let wrong = run.predictions.indices.filter { run.predictions[$0].label != run.images.labels[$0] }
    let shape = run.images.shape
    return Description(
      name: run.name, experiment: run.experiment, network: run.model.network.graph.architecture.name,
      data: run.dataName, layer: run.space.words, imageCount: run.images.count,
      unitCount: run.space.unitCount,
      firstLiveNeuron: firstLiveNeuron,
      correctCount: run.images.count - wrong.count, width: shape.width, height: shape.height,
      channels: shape.channels, classNames: run.images.classNames,
      classColours: run.images.classNames.indices.map { index in
        let colour = key.colour(index)
        return String(format: "#%02x%02x%02x", colour.red, colour.green, colour.blue)
      },
      wrongImages: wrong, bases: bases.map { .init(name: $0.name, rows: $0.matrix.count) },
      remarks: run.remarks)
  }
}
