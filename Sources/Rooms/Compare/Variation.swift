import Directions
import Inference
import Lab
import Networks
import Tensors

/// The question asked once more with one thing changed, on one network: to see what the answer hangs on, not to
/// conclude.
public struct Variation: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// The same layer on the other side of its activation.
    case activation
    /// Another way to make a unit of a map.
    case pooling
    /// The same layer shown other images.
    case data
    /// Another layer.
    case layer
  }

  public var kind: Kind
  /// What it was changed to: `pre`, `max`, a data set's or a layer's name.
  public var name: String
  public var space: FeatureSpace
  public var imageCount: Int
  public var liveUnitCount: Int
  public var excludedUnitCount: Int
  /// Mean κ of the live units at the declared k.
  public var neurons: Double
  /// Mean κ over all rotations.
  public var rotations: Double
  /// Two-sided, of this network's rotation test.
  public var p: Double
  /// Mean κ of random directions through the same layer of the untrained network; nil where it was not asked.
  public var untrained: Double?

  public var effect: Double { neurons - rotations }
}

extension Variation {
  /// - Throws: ``GalleryError/noLiveUnit(layer:dead:constant:topCount:)``, and what `progress` throws.
  init(
    _ kind: Kind, _ name: String, features: FeatureMatrix, labels: ClassLabels, space: FeatureSpace,
    declared: ComparisonProtocol, seed: UInt64, workerCount: Int, progress: ProgressHandler
  ) throws {
    let units = try LiveUnits(of: features, topCount: declared.topCount, workerCount: workerCount)
    let comparison = try LayerComparison(
      of: units, measures: BasisMeasures(labels: labels, topCounts: [declared.topCount]), space: space,
      rotationCount: declared.sensitivityRotationCount, seed: seed, workerCount: workerCount,
      progress: progress)
    self.init(
      kind: kind, name: name, space: space, imageCount: features.imageCount,
      liveUnitCount: comparison.liveUnits.count, excludedUnitCount: comparison.excludedCount,
      neurons: comparison.neurons[0], rotations: comparison.nullMean(of: 0),
      p: comparison.test(of: 0).twoSidedP(), untrained: nil)
  }
}
