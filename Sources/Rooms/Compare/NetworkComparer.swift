import Datasets
import Directions
import GalleryRoom
import Lab
import Networks
import Tensors

/// Measures networks on one set of images, one after the other.
struct NetworkComparer {
  let declared: ComparisonProtocol
  let material: ComparisonMaterial
  let workerCount: Int
  let cache: FeatureCache?

  /// What a network's folder gets beside the numbers of the comparison.
  struct Reports {
    package let neurons: CoherenceReport
    package let random: CoherenceReport
  }

  private var labels: ClassLabels { material.labels }
  private var images: LabelledImages { material.images }
  private var topCounts: [Int] { declared.topCounts(forImages: images.count) }

  /// Rows of activations that a figure shows, of either kind.
  private static let shownCount = 8

  /// - Parameters:
  ///   - number: From 1; each network has random numbers of its own.
  ///   - untrained: The network before its first step, or another of its architecture.
  func compare(
    _ model: Model, number: Int, untrained: Network, progress: @escaping ProgressHandler
  ) throws -> (NetworkComparison, Reports) {
    var generator = SeededGenerator(seed: declared.seed, purpose: "network of a comparison", index: number)
    let seed = generator.next()
    let scene = try Scene(model, untrained: untrained, workerCount: workerCount)
    let position = try scene.graph.featurePosition(declared.layer, activation: declared.activation)
    let space = FeatureSpace(of: scene.graph, at: position, pooling: declared.pooling)

    let logits = try features(scene, at: scene.graph.nodes.count - 1, progress)
    let layer = try features(scene, at: position, progress)
    let live = try LiveUnits(of: layer, topCount: declared.topCount, workerCount: workerCount)
    let count = live.indices.count
    try progress(.stage("comparing the \(count) live units with \(declared.rotationCount) rotations"))
    let comparison = try LayerComparison(
      of: live,
      measures: BasisMeasures(
        labels: labels, topCounts: topCounts,
        secondOpinion: material.reference.map {
          SecondOpinion(space: $0, topCount: declared.topCount, seed: seed)
        }),
      space: space, rotationCount: declared.rotationCount, seed: seed, workerCount: workerCount,
      progress: progress)

    try progress(.stage("measuring the controls"))
    let sphere = DirectionSet.randomSphere(count: count, dimension: count, seed: seed)
    let rankedCount = max(
      topCounts.max()!, ImageSampling.rankedCount(topCount: declared.topCount, imageCount: images.count))
    let random = Ranking(of: live.features, along: sphere, topCount: rankedCount, workerCount: workerCount)
    let randomAgreement = BasisMeasures(labels: labels, topCounts: topCounts).values(
      of: random, workerCount: workerCount)
    let ladder = try ladder(
      scene, comparison, randomAgreement: randomAgreement, logits: logits, position: position, seed: seed)
    let neurons = Ranking(
      of: live.features, along: .neurons(dimension: count), topCount: rankedCount, workerCount: workerCount)
    let sampling = ImageSampling(
      neurons: neurons.topImages.map { $0.map(\.imageIndex) },
      random: random.topImages.map { $0.map(\.imageIndex) }, labels: labels, topCount: declared.topCount
    ).estimate(seed: seed, workerCount: workerCount)
    let units = UnitTest.table(
      of: live, labels: labels, seed: seed, workerCount: workerCount)

    try progress(.stage("describing single directions"))
    let reports = Reports(
      neurons: report(of: layer, along: .neurons(live.indices, dimension: layer.dimension), seed: seed),
      random: report(of: live.features, along: sphere, seed: seed))
    let predictions = Prediction.rows(of: logits.values)
    let result = NetworkComparison(
      number: number, modelChecksum: scene.checksum,
      correct: Proportion(zip(images.labels, predictions).count { $0 == $1.label }, of: images.count),
      comparison: comparison, randomAgreement: randomAgreement, units: units, ladder: ladder,
      bases: try bases(scene, live, position: position, seed: seed, progress),
      doses: try doses(live, seed: seed, progress),
      variations: try variations(scene, position: position, space: space, seed: seed, progress),
      sampling: sampling, metrics: Self.metrics(reports.neurons.means(), reports.random.means()),
      basisMetrics: Self.metrics(reports.neurons.basisMetrics, reports.random.basisMetrics),
      activations: Self.activations(reports, seed: seed))
    return (result, reports)
  }

  // MARK: Parts

  private func ladder(
    _ scene: Scene, _ comparison: LayerComparison, randomAgreement: [[Double]], logits: FeatureMatrix,
    position: Int?, seed: UInt64
  ) throws -> [Rung] {
    let count = comparison.liveUnits.count
    func rung(_ control: Rung.Control, _ features: FeatureMatrix, _ directions: DirectionSet) -> Rung {
      let measures = BasisMeasures(labels: labels, topCounts: topCounts)
      let ranking = Ranking(
        of: features, along: directions, topCount: measures.rankedCount, workerCount: workerCount)
      return Rung(
        control: control, directionCount: directions.count,
        means: measures.means(of: ranking, basisSize: directions.count)[0])
    }
    func sphere(_ control: Rung.Control, _ features: FeatureMatrix) -> Rung {
      rung(control, features, .randomSphere(count: count, dimension: features.dimension, seed: seed))
    }
    let untrained = try untrainedFeatures(scene, at: position)
    return [
      Rung(randomImageSets: count, labels: labels, topCounts: topCounts, seed: seed),
      sphere(.pixelDirections, material.pixels),
      sphere(.untrainedDirections, untrained),
      rung(.untrainedNeurons, untrained, .neurons(dimension: untrained.dimension)),
      Rung(
        control: .randomDirections, directionCount: count,
        means: randomAgreement.map { $0.reduce(0, +) / Double(count) }),
      Rung(
        control: .rotations, directionCount: count,
        means: topCounts.indices.map { comparison.nullMean(of: $0) }),
      Rung(
        control: .neurons, directionCount: count, means: topCounts.indices.map { comparison.neurons[$0] }),
      rung(.logits, logits, .neurons(dimension: logits.dimension)),
    ]
  }

  private func bases(
    _ scene: Scene, _ live: LiveUnits, position: Int?, seed: UInt64, _ progress: @escaping ProgressHandler
  ) throws -> [BasisScore] {
    guard !declared.bases.isEmpty else { return [] }
    let all = try DirectionFamily.Material(
      of: material.dataset.training, by: scene.engine, layer: position,
      space: FeatureSpace(of: scene.graph, at: position, pooling: declared.pooling), seed: declared.seed)
    return try BasisScore.table(
      of: declared.bases, features: live.features, labels: labels,
      fittedTo: DirectionFamily.Material(
        features: all.features.selecting(units: live.indices), labels: all.labels),
      topCounts: topCounts, seed: seed, workerCount: workerCount, progress: progress)
  }

  private func doses(
    _ live: LiveUnits, seed: UInt64, _ progress: @escaping ProgressHandler
  ) throws -> [DoseResponse] {
    try progress(.stage("turning the units towards \(declared.doseRotationCount) rotations"))
    return try DoseResponse.curve(
      of: live.features, labels: labels, declared: declared, seed: seed, workerCount: workerCount,
      progress: progress)
  }

  private func variations(
    _ scene: Scene, position: Int?, space: FeatureSpace, seed: UInt64, _ progress: @escaping ProgressHandler
  ) throws -> [Variation] {
    let graph = scene.graph
    var found: [Variation] = []
    func ask(
      _ kind: Variation.Kind, _ name: String, at place: Int?, _ space: FeatureSpace,
      _ features: FeatureMatrix, _ labels: ClassLabels
    ) throws {
      do {
        var variation = try Variation(
          kind, name, features: features, labels: labels, space: space, declared: declared, seed: seed,
          workerCount: workerCount, progress: progress)
        if kind == .layer {
          variation.untrained = try untrainedAgreement(scene, at: place, count: variation.liveUnitCount, seed)
        }
        found.append(variation)
      } catch let error as GalleryError {
        try progress(.warning("\(kind.rawValue) \(name) is left out: \(error)"))
      }
    }
    if let position {
      for side in [ActivationReading.pre, .post] {
        guard let other = graph.position(side, of: position), other != position else { continue }
        try progress(.stage("reading the layer \(side == .pre ? "before" : "after") its activation"))
        let space = FeatureSpace(of: graph, at: other, pooling: declared.pooling)
        try ask(.activation, side.rawValue, at: other, space, features(scene, at: other, progress), labels)
      }
      if graph.applicable(.mean, at: position) == .mean {
        for pooling in [MapPooling.mean, .max, .centre] where pooling != space.pooling {
          try progress(.stage("pooling maps by \(pooling.rawValue)"))
          try ask(
            .pooling, pooling.rawValue, at: position,
            FeatureSpace(of: graph, at: position, pooling: pooling),
            features(scene, at: position, pooling: pooling, progress), labels)
        }
      }
    }
    if let other = material.secondData {
      try progress(.stage("showing the network \(other.name)"))
      let images = declared.split.images(of: other)
      let values = try scene.engine.features(of: images, layer: position, pooling: space.pooling)
      try ask(
        .data, other.name, at: position, space, FeatureMatrix(values: values, layer: space.layer),
        images.classLabels)
    }
    if declared.hasAllLayers {
      for layer in graph.readableLayers {
        guard let place = layer.position, layer.activation == .post || place == graph.nodes.count - 1,
          layer.unitCount > 1
        else { continue }
        try progress(.stage("asking layer \(layer.name)"))
        try ask(
          .layer, layer.name, at: place, FeatureSpace(of: graph, at: place, pooling: declared.pooling),
          features(scene, at: place, progress), labels)
      }
    }
    return found
  }

  private func untrainedAgreement(
    _ scene: Scene, at position: Int?, count: Int, _ seed: UInt64
  ) throws -> Double {
    let features = try untrainedFeatures(scene, at: position)
    let measures = BasisMeasures(labels: labels, topCounts: [declared.topCount])
    let ranking = Ranking(
      of: features, along: .randomSphere(count: count, dimension: features.dimension, seed: seed),
      topCount: declared.topCount, workerCount: workerCount)
    return measures.means(of: ranking, basisSize: count)[0][0]
  }

  private func report(
    of features: FeatureMatrix, along directions: DirectionSet, seed: UInt64
  ) -> CoherenceReport {
    CoherenceReport(
      of: features, along: directions, labels: labels,
      encoders: [material.pixelSpace] + (material.reference.map { [$0] } ?? []),
      configuration: .init(topCount: declared.topCount, seed: seed), workerCount: workerCount)
  }

  private static func metrics(
    _ neurons: [CoherenceReport.Metric], _ random: [CoherenceReport.Metric]
  ) -> [NetworkComparison.Metric] {
    zip(neurons, random).map { NetworkComparison.Metric(name: $0.name, neurons: $0.value, random: $1.value) }
  }

  private static func activations(_ reports: Reports, seed: UInt64) -> [NetworkComparison.Activations] {
    let rows = reports.neurons.rows
    let sample = DirectionSet.sampledNeurons(
      count: min(shownCount, rows.count), among: Array(rows.indices), seed: seed)
    return (sample.map { rows[$0] } + reports.random.rows.prefix(sample.count)).map { row in
      NetworkComparison.Activations(
        id: row.id, histogram: row.statistics.histogram, zero: row.statistics.zero,
        topThreshold: row.statistics.topThreshold)
    }
  }

  // MARK: Features

  /// A network, what runs it, and what it was before it learned.
  private final class Scene {
    let checksum: String
    let graph: Graph
    let engine: Engine
    let untrained: Engine

    init(_ model: Model, untrained: Network, workerCount: Int) throws {
      checksum = try model.checksum
      graph = model.network.graph
      engine = try Engine(running: model.network, workerCount: workerCount)
      self.untrained = try Engine(running: untrained, workerCount: workerCount)
    }
  }

  /// Features of the images that are looked at.
  private func features(
    _ scene: Scene, at position: Int?, pooling: MapPooling? = nil, _ progress: @escaping ProgressHandler
  ) throws -> FeatureMatrix {
    let space = FeatureSpace(of: scene.graph, at: position, pooling: pooling ?? declared.pooling)
    let key = FeatureCache.Key(
      modelChecksum: scene.checksum, dataChecksum: material.dataset.checksum, split: declared.split,
      layer: space.layer, pooling: space.pooling)
    // Of all images of the split, so that the cache serves everybody.
    let values = try scene.engine.features(
      of: material.allImages, layer: position, key: key, cache: cache, progress: progress)
    return try FeatureMatrix(
      values: material.kept.count == material.allImages.count ? values : values.rows(material.kept),
      layer: space.layer)
  }

  private func untrainedFeatures(_ scene: Scene, at position: Int?) throws -> FeatureMatrix {
    let space = FeatureSpace(of: scene.graph, at: position, pooling: declared.pooling)
    return try FeatureMatrix(
      values: scene.untrained.features(of: images, layer: position, pooling: space.pooling),
      layer: space.layer)
  }
}
