import Tensors

/// Images that occur more than once in a probe set, bit for bit.
///
/// Duplicates are coherent by definition: they enter a top set together. Remove ``redundant`` before anything is
/// ranked, and list them. Images that differ in a single value are not found.
public struct DuplicateImages: Equatable, Codable, Sendable {
  /// Sets of equal images, each ascending, in the order of their first images.
  public let groups: [[Int]]

  /// - Parameters:
  ///   - images: `[count, …]`.
  ///   - workerCount: Changes the time only.
  public init(in images: Tensor, workerCount: Int = Workers.defaultCount) {
    let length = images.rowLength
    let pieces = Workers.pieces(of: images.count, length: 1024)
    let hashes = Workers.map(count: pieces.count, workerCount: workerCount) { piece in
      images.elements.withUnsafeBytes { bytes in
        pieces[piece].map { image in
          // Differs from run to run, and only says which images to compare.
          var hasher = Hasher()
          hasher.combine(
            bytes: UnsafeRawBufferPointer(rebasing: bytes[4 * image * length..<4 * (image + 1) * length]))
          return hasher.finalize()
        }
      }
    }
    var groups: [[Int]] = []
    var candidates: [Int: [Int]] = [:]  // groups by hash
    for (image, hash) in hashes.joined().enumerated() {
      let group = candidates[hash, default: []].first { Self.areEqual(images, groups[$0][0], image) }
      if let group {
        groups[group].append(image)
      } else {
        candidates[hash, default: []].append(groups.count)
        groups.append([image])
      }
    }
    self.groups = groups.filter { $0.count > 1 }
  }

  /// All but the first image of each group, ascending.
  public var redundant: [Int] { groups.flatMap { $0.dropFirst() }.sorted() }

  private static func areEqual(_ images: Tensor, _ first: Int, _ second: Int) -> Bool {
    zip(images[row: first], images[row: second]).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
