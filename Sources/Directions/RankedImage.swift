import Tensors

/// An image with its score along one direction.
public struct RankedImage: Hashable, Codable, Sendable {
  public let imageIndex: Int
  /// ⟨φ(x), v⟩, added up in Double and rounded to Float.
  public let score: Float

  public init(imageIndex: Int, score: Float) {
    self.imageIndex = imageIndex
    self.score = score
  }

  /// The order of every ranking: score descending, then image index ascending. Total, because no score is NaN.
  public func precedes(_ other: RankedImage) -> Bool {
    score != other.score ? score > other.score : imageIndex < other.imageIndex
  }
}

/// The best `capacity` of the images offered so far: a binary heap with the worst of them at its root.
struct TopList {
  private let capacity: Int
  private var heap: [RankedImage] = []

  init(capacity: Int) {
    self.capacity = capacity
    heap.reserveCapacity(capacity)
  }

  /// The score of the image that the next one has to precede; `nil` while there is room.
  var threshold: Float? { heap.count == capacity ? heap[0].score : nil }

  mutating func offer(_ candidate: RankedImage) {
    if heap.count < capacity {
      heap.append(candidate)
      siftUp()
    } else if candidate.precedes(heap[0]) {
      heap[0] = candidate
      siftDown()
    }
  }

  /// Best first.
  var sorted: [RankedImage] { heap.sorted { $0.precedes($1) } }

  private mutating func siftUp() {
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[parent].precedes(heap[child]) else { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var last = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[last].precedes(heap[child]) {
        last = child
      }
      guard last != parent else { return }
      heap.swapAt(parent, last)
      parent = last
    }
  }
}

extension RankedImage: Checked {
  public func check() throws(CheckFailure) {
    try require(imageIndex >= 0, "imageIndex", "an image is counted from 0, found \(imageIndex)")
  }
}
