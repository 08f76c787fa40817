import Directions
import Lab
import Foundation
import Networks
import Synchronization
import Tensors

/// The layers of a run that can be looked at. That of the run is there; the values of another are read from the cache
/// or computed when it is first asked for, and stay in memory.
final class ExploredLayers: Sendable {
  /// In the order of the network; one that the run read and that is no readable layer, such as dropout, comes first.
  let spaces: [FeatureSpace]
  /// Number of the layer that the run read.
  let ownIndex: Int
  let own: ExploredLayer
  private let run: RunModel
  private let cache: FeatureCache?
  private let basisFiles: [URL]
  private let positions: [Int?]
  private let known: Mutex<[Int: ExploredLayer]>

  /// - Parameters:
  ///   - basisFiles: Offered in the layers that are as wide; so are those in the run's folder whose names say that they
  ///     are bases.
  ///   - cache: nil: values are computed and not kept.
  init(of run: RunModel, basisFiles: [URL], cache: FeatureCache?) {
    let graph = run.model.network.graph
    // Pixels are no units of the network: they are offered where the run itself read them.
    let readable = graph.readableLayers.compactMap(\.position).map(Int?.some)
    positions = readable.contains(run.layer) ? readable : [run.layer] + readable
    ownIndex = positions.firstIndex(of: run.layer) ?? 0
    // Every place of every map as a unit is much for a look at a layer: that is left to the run itself.
    let pooling = run.space.pooling == .none ? MapPooling.mean : run.space.pooling
    spaces = positions.map {
      $0 == run.layer ? run.space : FeatureSpace(of: graph, at: $0, pooling: pooling)
    }
    own = ExploredLayer(
      position: run.layer, space: run.space, features: run.features,
      bases: Self.bases(of: run, basisFiles, unitCount: run.features.dimension), remarks: [])
    (self.run, self.basisFiles, self.cache) = (run, basisFiles, cache)
    known = Mutex([ownIndex: own])
  }

  /// - Parameter index: nil: the layer that the run read.
  /// - Throws: ``ServerRefusal`` where there is no such layer, and what the engine throws.
  func layer(_ index: Int?) throws -> ExploredLayer {
    guard let index else { return own }
    try DirectionRequest.check(index, in: 0..<spaces.count, "layer")
    if let layer = known.withLock({ $0[index] }) { return layer }
    let layer = try computed(index)
    known.withLock { $0[index] = layer }
    return layer
  }

  private func computed(_ index: Int) throws -> ExploredLayer {
    let space = spaces[index]
    let remarks = Mutex<[String]>([])
    let key = FeatureCache.Key(
      modelChecksum: run.modelChecksum, dataChecksum: run.dataChecksum, split: .heldOut, layer: space.layer,
      pooling: space.pooling)
    let read = try run.engine.featureMatrix(
      of: run.images, layer: positions[index], key: key, cache: cache
    ) { progress in
      if case .warning(let remark) = progress { remarks.withLock { $0.append(remark) } }
    }
    return ExploredLayer(
      position: positions[index], space: space,
      features: try FeatureMatrix(values: read.values, labels: run.labels, layer: space.layer),
      bases: Self.bases(of: run, basisFiles, unitCount: space.unitCount), remarks: remarks.withLock { $0 })
  }

  private static func bases(of run: RunModel, _ files: [URL], unitCount: Int) -> [SavedBasis] {
    files.compactMap { try? SavedBasis($0, unitCount: unitCount) }
      + SavedBasis.found(in: run.folder, unitCount: unitCount)
  }
}
