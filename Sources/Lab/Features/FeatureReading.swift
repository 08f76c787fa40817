import Datasets
import Directions
import Networks
import Storage
import Tensors

extension Engine {
  /// Results of one layer for all images, in memory: see ``featureMatrix(of:layer:key:cache:progress:)``.
  ///
  /// - Returns: `[images, units]`.
  package func features(
    of images: LabelledImages, layer: Int?, key: FeatureCache.Key, cache: FeatureCache?,
    progress: @escaping ProgressHandler
  ) throws -> Tensor {
    try featureMatrix(of: images, layer: layer, key: key, cache: cache, progress: progress).values
  }

  /// Results of one layer for all images: from the cache if they are there and whole, else computed, with progress,
  /// and stored. What a run that was stopped has left of them is used.
  ///
  /// Features in the cache are mapped, not read: they may be larger than the memory.
  ///
  /// - Parameters:
  ///   - layer: A position in the graph; nil for the pixels, which need no cache.
  ///   - key: What the values are of; it says how maps are pooled.
  ///   - cache: nil: compute, hold in memory and keep nothing.
  public func featureMatrix(
    of images: LabelledImages, layer: Int?, key: FeatureCache.Key, cache: FeatureCache?,
    progress: @escaping ProgressHandler
  ) throws -> FeatureMatrix {
    let words = "layer \(key.layer) of \(images.count) \(key.split.words)"
    guard let layer, let cache else {
      try progress(.stage("computing \(words)"))
      let tensor = try computed(0..<images.count, of: images, layer: layer, key.pooling, progress)
      return try FeatureMatrix(values: tensor, layer: key.layer)
    }
    let units = network.graph.unitCount(at: layer, pooling: key.pooling)
    let store = cache.store(for: key, imageCount: images.count, unitCount: units)
    let last = LastLayer(of: network, reading: layer).flatMap { $0.unitCount == units ? $0 : nil }
    var contents = store.contents(workerCount: workerCount)
    if contents.isComplete, let last,
      let problem = try store.problem(with: contents, by: last, labels: images.labels, workerCount)
    {
      contents = FeatureStore.Contents(
        blocks: [FeatureStore.Block?](repeating: nil, count: store.blockCount), problem: problem)
    }
    if contents.isComplete {
      try progress(.stage("reading \(words) from the cache"))
    } else {
      if let problem = contents.problem {
        try progress(.warning("cached features are computed again: \(problem)"))
      }
      let size = store.byteCount >= 1 << 30 ? ", \(MemoryShortage.text(store.byteCount)) on disk" : ""
      try progress(.stage("computing \(words)\(size)"))
      do {
        try fill(store, from: images, layer: layer, key.pooling, last, &contents, progress)
      } catch let error as FileError where images.count <= FeatureCache.memoryLimit / units {
        // What was asked for can still be had; only the next run has to compute it again.
        try progress(.warning("features are not cached: \(error)"))
        let tensor = try computed(with: store, contents, from: images, layer: layer, key.pooling, progress)
        return try FeatureMatrix(values: tensor, layer: key.layer)
      }
    }
    return try FeatureMatrix(
      store.mapped(), imageCount: images.count, dimension: units, layer: key.layer)
  }

  /// Computes and writes the blocks that are not there.
  private func fill(
    _ store: FeatureStore, from images: LabelledImages, layer: Int, _ pooling: MapPooling, _ last: LastLayer?,
    _ contents: inout FeatureStore.Contents, _ progress: ProgressHandler
  ) throws {
    try store.prepare()
    for block in 0..<store.blockCount where contents.blocks[block] == nil {
      let range = store.images(ofBlock: block)
      let features = try computed(range, of: images, layer: layer, pooling, progress)
      let correctCount = features.elements.withUnsafeBufferPointer {
        last?.correctCount($0, labels: images.labels[range])
      }
      try store.write(features, asBlock: block, correctCount: correctCount, to: &contents)
    }
    try store.finish(&contents)
  }

  /// All features in memory, where they cannot be written.
  private func computed(
    with store: FeatureStore, _ contents: FeatureStore.Contents, from images: LabelledImages, layer: Int,
    _ pooling: MapPooling, _ progress: ProgressHandler
  ) throws -> Tensor {
    try Self.checkMemory(store.imageCount, store.unitCount)
    var elements: [Float] = []
    elements.reserveCapacity(store.imageCount * store.unitCount)
    for block in 0..<store.blockCount {
      if contents.blocks[block] != nil {
        try store.mapped(block: block).withFloats { elements += $0 }
      } else {
        elements += try computed(store.images(ofBlock: block), of: images, layer: layer, pooling, progress)
          .elements
      }
    }
    return Tensor(shape: [store.imageCount, store.unitCount], elements: elements)
  }

  /// A few thousand images at a time, so that progress is seen and Ctrl-C heard. An image's row does not depend on
  /// the images beside it.
  private func computed(
    _ range: Range<Int>, of images: LabelledImages, layer: Int?, _ pooling: MapPooling,
    _ progress: ProgressHandler
  ) throws -> Tensor {
    let imagesAtOnce = 2048
    let rowLength = network.graph.unitCount(at: layer, pooling: pooling)
    try Self.checkMemory(range.count, rowLength)
    var elements: [Float] = []
    elements.reserveCapacity(range.count * rowLength)
    for start in stride(from: range.lowerBound, to: range.upperBound, by: imagesAtOnce) {
      let part = start..<min(start + imagesAtOnce, range.upperBound)
      elements += try features(of: images.selecting(part), layer: layer, pooling: pooling).elements
      try progress(.step(done: part.upperBound, total: images.count, unit: "images"))
    }
    return Tensor(shape: [range.count, rowLength], elements: elements)
  }

  /// - Throws: ``MemoryShortage`` when there is not the memory for so many features.
  private static func checkMemory(_ imageCount: Int, _ unitCount: Int) throws {
    try MemoryShortage.check(
      boundedProduct(imageCount, unitCount, MemoryLayout<Float>.stride),
      for: "holding \(unitCount) features of \(imageCount) images")
  }
}

extension FeatureCache {
  /// Features above this many numbers (2 GiB) are not held in memory, by whatever experiment.
  package static let memoryLimit = 1 << 29
}

extension FeatureStore {
  /// Puts the images into classes by the stored features and the network's last layer, and compares the number of
  /// right ones with that of the time of writing.
  ///
  /// Checksums tell that these are the bytes that were written; this tells that they are features of these images
  /// by this network. One image in a thousand may differ: another machine multiplies in another order.
  ///
  /// - Returns: What is wrong, if anything is.
  func problem(with contents: Contents, by last: LastLayer, labels: [Int], _ workerCount: Int) throws
    -> String?
  {
    guard let recorded = contents.correctCount else {
      return "\(manifestFile.path): does not say how many images are classified correctly"
    }
    let counts = Workers.map(count: blockCount, workerCount: workerCount) { block -> Int? in
      guard let floats = try? mapped(block: block) else { return nil }
      return floats.withFloats { last.correctCount($0, labels: labels[images(ofBlock: block)]) }
    }
    let found = counts.reduce(0) { $0 + ($1 ?? 0) }
    guard abs(found - recorded) > imageCount / 1000 else { return nil }
    return "\(folder.path): by these features the network is right for \(found) of \(imageCount) images, "
      + "expected \(recorded)"
  }
}
