import Networks
import Tensors

/// A query-based search for an adversarial neighbour of one image, in rounds. The points of a round are known before
/// its first answer, so the rounds of many images can be queried together.
///
/// It has no access to other images, so its queries cannot depend on the batch. It does not judge: the caller sees
/// every answer and keeps the nearest adversarial image.
protocol QuerySearch: AnyObject, SendableMetatype {
  associatedtype Answer: QueryAnswer

  /// Number of points of the next round, at most `limit`; 0 ends the search.
  func beginRound(limit: Int) -> Int
  /// The next point of the round, inside the bounds. Called once per point, in order.
  func nextPoint() -> [Float]
  /// Called once per point, in order; further points of the round may have been requested in the meantime.
  func absorb(_ answer: Answer, at point: [Float])
  func endRound()
}

/// Advances the searches of a batch together: each call of the classifier takes points of many rounds.
struct QueryLockStep {
  /// Concurrent searches.
  private static let width = 256
  /// Points queried together: bounds memory, and fills the micro-batches of an engine.
  private static let pointCount = 2048

  let batch: AttackBatch
  let threatModel: ThreatModel
  let queryLimit: Int

  /// One search and its state. Used by one thread at a time.
  private final class Entry<Search: QuerySearch> {
    let row: Int
    let image: SearchedImage
    let search: Search
    /// Points of its round not yet queried.
    var left = 0
    var nearest = NearestFound()
    var trace = QueryTrace()
    var first: Search.Answer?

    init(_ row: Int, _ image: SearchedImage, _ search: Search) {
      self.row = row
      self.image = image
      self.search = search
    }
  }

  /// - Parameter search: Creates the search for an image and its number.
  /// - Returns: For each image, the nearest queried image that is adversarial and allowed, or the image itself if there
  ///   is none. Within a finite ε a search ends with the round in which it first succeeds.
  func perturbedImages<Search: QuerySearch>(
    classifier: some Classifier, search: (SearchedImage, _ imageID: Int) -> Search
  ) throws -> PerturbedImages {
    let queried = QueriedClassifier(classifier, imageCount: batch.count, queryLimit: queryLimit)
    var images = batch.images
    var traces = [QueryTrace](repeating: QueryTrace(), count: batch.count)
    // Only the image itself is allowed.
    guard threatModel.epsilon > 0 else { return PerturbedImages(images: images, traces: traces) }
    var active: [Entry<Search>] = []
    var next = 0
    while next < batch.count || !active.isEmpty {
      while active.count < Self.width, next < batch.count {
        let image = SearchedImage(row: next, of: batch, under: threatModel)
        active.append(Entry(next, image, search(image, batch.imageIDs[next])))
        next += 1
      }
      active.removeAll { entry in
        guard entry.left == 0 else { return false }
        let limit = queried.remaining(forRow: entry.row)
        if limit > 0, !isDone(entry) { entry.left = entry.search.beginRound(limit: limit) }
        precondition(entry.left <= limit, "a round of \(entry.left) queries, with \(limit) left")
        guard entry.left == 0 else { return false }
        if let pixels = entry.nearest.pixels { images[row: entry.row] = pixels[...] }
        traces[entry.row] = entry.trace
        return true
      }
      if !active.isEmpty { try advance(active, queried) }
    }
    return PerturbedImages(images: images, traces: traces)
  }

  private func isDone(_ entry: Entry<some QuerySearch>) -> Bool {
    threatModel.epsilon.isFinite && entry.nearest.pixels != nil
  }

  /// Queries some points of every round.
  private func advance<Search: QuerySearch>(
    _ active: [Entry<Search>], _ queried: QueriedClassifier<some Classifier>
  ) throws {
    // How a round is divided does not affect what a search sees.
    let share = max(1, Self.pointCount / active.count)
    let counts = active.map { min($0.left, share) }
    let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    // Pieces do not overlap, so each entry is used by one thread.
    nonisolated(unsafe) let entries = active
    let pieces = Workers.pieces(of: active.count, length: max(1, 64 / share))
    let points = Workers.map(count: pieces.count) { piece in
      pieces[piece].map { place in (0..<counts[place]).map { _ in entries[place].search.nextPoint() } }
    }.flatMap(\.self)
    let shape = queried.inputShape
    let answers: [Search.Answer] = try queried.answers(
      to: Tensor(
        shape: [starts[active.count], shape.channels, shape.height, shape.width],
        elements: points.flatMap { $0.flatMap(\.self) }),
      onAccountOf: zip(active, counts).flatMap { entry, count in [Int](repeating: entry.row, count: count) })
    _ = Workers.map(count: pieces.count) { piece in
      for place in pieces[piece] {
        let entry = entries[place]
        for (point, answer) in zip(points[place], answers[starts[place]..<starts[place + 1]]) {
          judge(answer, at: point, entry)
          entry.search.absorb(answer, at: point)
        }
        entry.left -= counts[place]
        if entry.left == 0 { entry.search.endRound() }
      }
    }
  }

  private func judge<Search: QuerySearch>(
    _ answer: Search.Answer, at point: [Float], _ entry: Entry<Search>
  ) {
    precondition(
      point.allSatisfy(threatModel.bounds.contains), "a query has a pixel outside \(threatModel.bounds)")
    let first = entry.first ?? answer
    entry.first = first
    entry.trace.count(differs: answer != first)
    guard entry.image.isReached(byLabel: answer.label) else { return }
    let distance = entry.image.distance(to: point, in: threatModel.norm)
    guard distance <= Double(threatModel.epsilon) + threatModel.tolerance(pixelCount: point.count),
      distance < entry.nearest.distance
    else { return }
    entry.nearest.offer(point, at: distance)
    entry.trace.improve(to: distance)
  }
}
