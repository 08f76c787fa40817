import Networks
import Tensors

/// A search for the nearest adversarial neighbour of one image, as a dialogue: it requests the logits and a gradient at
/// a point, and receives them.
///
/// It has no access to other images, so a proposal cannot depend on the batch.
protocol ImageSearch: AnyObject, SendableMetatype {
  /// Where logits and gradient are requested next, inside the bounds.
  var point: [Float] { get }
  var isFinished: Bool { get }
  /// The best so far, recorded at each evaluation, so that no evaluated point is forgotten.
  var nearest: NearestFound { get }
  /// Whether some gradient was zero in every pixel.
  var hadZeroGradient: Bool { get }

  /// Writes ∂loss/∂logits at ``point``, zero on entry.
  func writeLogitGradient(of logits: Span<Float>, to gradient: inout MutableSpan<Float>)
  /// Processes the classifier's outputs at ``point`` and moves on.
  func absorb(logits: Span<Float>, gradient: Span<Float>)
}

/// Advances many searches together: one call of the classifier for all that request an evaluation.
enum LockStep {
  /// Number of concurrent searches. Bounds memory, and fills several micro-batches of an engine.
  static let width = 256

  /// - Parameters:
  ///   - count: Number of searches; a new one begins as soon as one has ended.
  ///   - begin: Creates search i. Called in order, on this thread.
  ///   - end: Called once per search, in the order in which they end, on this thread.
  static func run<Search: ImageSearch>(
    count: Int, classifier: some DifferentiableClassifier, workerCount: Int = Workers.defaultCount,
    begin: (Int) -> Search, end: (Int, Search) -> Void
  ) throws {
    let shape = classifier.inputShape
    let length = shape.pixelCount
    var active: [(index: Int, search: Search)] = []
    var next = 0
    while true {
      while active.count < width, next < count {
        active.append((next, begin(next)))
        next += 1
      }
      active.removeAll { index, search in
        if search.isFinished { end(index, search) }
        return search.isFinished
      }
      guard !active.isEmpty else {
        if next == count { return }
        continue
      }
      // Each search is used by one thread at a time: the classifier requests each row once, the pieces do not overlap.
      nonisolated(unsafe) let searches = active.map(\.search)
      let points = [Float](unsafeUninitializedCapacity: searches.count * length) { buffer, initializedCount in
        for (row, search) in searches.enumerated() {
          precondition(search.point.count == length, "\(search.point.count) pixels, expected \(shape)")
          _ = buffer[(row * length)...].initialize(fromContentsOf: search.point)
        }
        initializedCount = searches.count * length
      }
      let (logits, gradients) = try classifier.logitsAndImageGradients(
        of: Tensor(shape: [searches.count, shape.channels, shape.height, shape.width], elements: points)
      ) { row, logits, gradient in
        searches[row].writeLogitGradient(of: logits, to: &gradient)
      }
      let pieces = Workers.pieces(of: searches.count, length: 4)
      _ = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
        for row in pieces[piece] {
          searches[row].absorb(logits: logits[row: row].span, gradient: gradients[row: row].span)
        }
      }
    }
  }

  /// Runs one search per image of a batch. If nothing is found the image itself is proposed.
  static func nearestImages<Search: ImageSearch>(
    for batch: AttackBatch, under threatModel: ThreatModel, classifier: some DifferentiableClassifier,
    search: (SearchedImage) -> Search
  ) throws -> PerturbedImages {
    var images = batch.images
    var zeroGradientRows: [Int] = []
    try run(count: batch.count, classifier: classifier) {
      search(SearchedImage(row: $0, of: batch, under: threatModel))
    } end: { row, search in
      if let pixels = search.nearest.pixels { images[row: row] = pixels[...] }
      if search.hadZeroGradient { zeroGradientRows.append(row) }
    }
    return PerturbedImages(images: images, zeroGradientRows: zeroGradientRows.sorted())
  }
}
