import Foundation
import Storage

extension Dataset {
  /// Makes a data set and computes its checksum.
  public init(name: String, training: LabelledImages, heldOut: LabelledImages) {
    self.init(
      name: name, training: training, heldOut: heldOut,
      checksum: Self.checksum(training: training, heldOut: heldOut))
  }

  /// SHA-256 over, for each part: a line of text with shape, sample type and image count; the class names, each
  /// followed by a zero byte; the labels as little-endian 32-bit integers; the samples as stored.
  static func checksum(training: LabelledImages, heldOut: LabelledImages) -> String {
    var checksum = Checksum()
    for images in [training, heldOut] {
      let type =
        switch images.pixels {
        case .bytes: "u1"
        case .floats: "f4"
        }
      checksum.update(Data("\(images.shape) \(type) \(images.count) \(images.classNames.count)\n".utf8))
      for name in images.classNames { checksum.update(Data(name.utf8) + [0]) }
      images.labels.map { UInt32($0).littleEndian }.withUnsafeBytes { checksum.update($0) }
      switch images.pixels {
      case .bytes(let samples): checksum.update(samples)
      case .floats(let samples): samples.withUnsafeBytes { checksum.update($0) }
      }
    }
    return checksum.hexadecimal()
  }
}
