import Directions
import Lab
import Tensors

/// A layer of a run as the page shows it: its units, their values for all images, and the saved bases as wide as it.
struct ExploredLayer: Sendable {
  /// Position in the network's graph; nil for the pixels.
  let position: Int?
  let space: FeatureSpace
  /// Of all images.
  let features: FeatureMatrix
  let bases: [SavedBasis]
  /// What a user should know; no error.
  let remarks: [String]

  struct Description: Codable, Sendable {
    struct Basis: Codable, Sendable {
      var name: String
      var rows: Int
    }
    /// "layer relu3 (128 units, after ReLU)".
    var words: String
    var unitCount: Int
    /// The lowest that is above 0 for as many images as are shown to begin with: a dead one is no good beginning.
    var firstLiveNeuron: Int
    var bases: [Basis]
    var remarks: [String]
  }

  var description: Description {
    Description(
      words: space.words, unitCount: space.unitCount, firstLiveNeuron: firstLiveNeuron,
      bases: bases.map { .init(name: $0.name, rows: $0.matrix.count) }, remarks: remarks)
  }

  private var firstLiveNeuron: Int {
    let dimension = features.dimension
    return features.withValues { values in
      (0..<dimension).first { neuron in
        stride(from: neuron, to: values.count, by: dimension).count { values[$0] > 0 } >= 9
      } ?? 0
    }
  }
}
