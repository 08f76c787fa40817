import Datasets
import Networks
import Tensors

extension Engine {
  /// Results of one layer for all images, `[images, units]`: from the cache if they are there and whole, else
  /// computed, with progress, and stored.
  ///
  /// - Parameters:
  ///   - layer: A position in the graph; nil for the pixels, which need no cache.
  ///   - key: What the values are of; it says how maps are pooled.
  ///   - cache: nil: compute and keep nothing.
  func features(
    of images: LabelledImages, layer: Int?, key: FeatureCache.Key, cache: FeatureCache?,
    progress: @escaping ProgressHandler
  ) throws -> Tensor {
    let words = "layer \(key.layer) of \(images.count) \(key.split.words)"
    guard let layer, let cache else {
      return try computed(of: images, layer: layer, pooling: key.pooling, words: words, progress)
    }
    let columns = network.graph.unitCount(at: layer, pooling: key.pooling)
    switch cache.lookup(key, rows: images.count, columns: columns) {
    case .found(let tensor):
      try progress(.stage("reading \(words) from the cache"))
      return tensor
    case .absent: break
    case .unusable(let reason): try progress(.warning("cached features are computed again: \(reason)"))
    }
    let tensor = try computed(of: images, layer: layer, pooling: key.pooling, words: words, progress)
    do {
      try cache.store(tensor, under: key)
    } catch {
      // The features are here; only the next run has to compute them again.
      try progress(.warning("features are not cached: \(error)"))
    }
    return tensor
  }

  /// A few thousand images at a time, so that progress is seen and Ctrl-C heard. An image's row does not depend on
  /// the images beside it.
  private func computed(
    of images: LabelledImages, layer: Int?, pooling: MapPooling, words: String, _ progress: ProgressHandler
  ) throws -> Tensor {
    try progress(.stage("computing \(words)"))
    let imagesAtOnce = 2048
    var elements: [Float] = []
    var rowLength = 0
    for start in stride(from: 0, to: images.count, by: imagesAtOnce) {
      let range = start..<min(start + imagesAtOnce, images.count)
      let part = try features(of: images.selecting(range), layer: layer, pooling: pooling)
      rowLength = part.rowLength
      if elements.isEmpty { elements.reserveCapacity(images.count * rowLength) }
      elements += part.elements
      try progress(.step(done: range.upperBound, total: images.count, unit: "images"))
    }
    return Tensor(shape: [images.count, rowLength], elements: elements)
  }
}
