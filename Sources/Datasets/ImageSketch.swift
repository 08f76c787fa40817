import Foundation
import Storage
import Tensors

/// A few hundred fingerprints of many images, by which some of them can be recognised again.
///
/// The smallest ``capacity`` of the images' fingerprints, which are 64 bits of SHA-256 over the samples as stored. As
/// they are as good as random, an image below the largest kept one is in the sketch exactly if it is one of the images;
/// among images a fraction q of which are among the n, about q · capacity / n are recognised. Few images are all kept.
public struct ImageSketch: Equatable, Sendable {
  /// The most fingerprints kept.
  public static let capacity = 1024

  /// Number of images it was made from.
  public let imageCount: Int
  /// In ascending order.
  let fingerprints: [UInt64]

  /// - Parameter others: Images that must not be recognised, even if they are the same: those that came as held out.
  public init(of images: LabelledImages, without others: LabelledImages) {
    let excluded = Set(others.fingerprints)
    imageCount = images.count
    fingerprints = Array(Set(images.fingerprints).subtracting(excluded).sorted().prefix(Self.capacity))
  }

  /// Number of images it can recognise.
  public var knownCount: Int { fingerprints.count }

  /// Indices of the recognised `images`, ascending.
  public func known(among images: LabelledImages) -> [Int] {
    let known = Set(fingerprints)
    return images.fingerprints.enumerated().filter { known.contains($0.element) }.map(\.offset)
  }
}

extension ImageSketch: Codable, Checked {
  private enum CodingKeys: String, CodingKey { case imageCount, fingerprints }

  /// Fingerprints are base64 of big-endian integers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    imageCount = try container.decode(Int.self, forKey: .imageCount)
    let text = try container.decode(String.self, forKey: .fingerprints)
    guard let bytes = Data(base64Encoded: text).map([UInt8].init), bytes.count.isMultiple(of: 8) else {
      throw DecodingError.dataCorruptedError(
        forKey: .fingerprints, in: container, debugDescription: "expected base64 of eight bytes for each")
    }
    fingerprints = stride(from: 0, to: bytes.count, by: 8).map { start in
      bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(imageCount, forKey: .imageCount)
    let bytes = fingerprints.flatMap { print in
      (0..<8).map { UInt8(truncatingIfNeeded: print >> (56 - 8 * $0)) }
    }
    try container.encode(Data(bytes).base64EncodedString(), forKey: .fingerprints)
  }

  public func check() throws(CheckFailure) {
    try require(
      fingerprints.count <= min(Self.capacity, max(imageCount, 0)), "fingerprints",
      "expected at most \(Self.capacity), and no more than the \(imageCount) images, found \(fingerprints.count)"
    )
    try require(
      zip(fingerprints, fingerprints.dropFirst()).allSatisfy { $0 < $1 }, "fingerprints",
      "expected them in ascending order")
  }
}

extension LabelledImages {
  /// The fingerprint of each image: 64 bits of SHA-256 over its samples as stored.
  fileprivate var fingerprints: [UInt64] {
    (0..<count).map { index in
      var checksum = Checksum()
      let range = index * shape.pixelCount..<(index + 1) * shape.pixelCount
      switch pixels {
      case .bytes(let samples):
        samples.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[range])) }
      case .floats(let samples):
        samples.withUnsafeBufferPointer {
          checksum.update(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0[range])))
        }
      }
      return checksum.digest().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}
