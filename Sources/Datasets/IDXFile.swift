import Foundation
import Storage

/// The format of MNIST: big-endian header, then one byte per value.
///
///     0x00000803  count  rows  columns  pixels…        images
///     0x00000801  count  labels…                       labels
///
/// LeCun, Cortes, Burges: "The MNIST database of handwritten digits", section "File formats".
public enum IDXFile {
  public struct Images: Equatable, Sendable {
    public let count: Int
    public let height: Int
    public let width: Int
    /// `[count, height, width]`.
    public let pixels: [UInt8]
  }

  static let imagesMagic: UInt32 = 0x0000_0803
  static let labelsMagic: UInt32 = 0x0000_0801

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when magic, counts and size do not agree, or there are no images.
  public static func images(in content: Data, file: URL) throws -> Images {
    try check(content, magic: imagesMagic, kind: "image", headerLength: 16, file: file)
    let extents = [4, 8, 12].map { Int(content.bigEndianInteger(UInt32.self, at: $0)) }
    let (count, height, width) = (extents[0], extents[1], extents[2])
    guard !extents.contains(0) else {
      throw FileError(file: file, problem: "holds no pixels: \(count) images of \(height)×\(width)")
    }
    // 32-bit extents: three of them can exceed an Int.
    let size = checkedProduct(extents)
    guard size == content.count - 16 else {
      throw FileError(
        file: file,
        problem:
          "holds \(content.count - 16) bytes of pixels: expected \(size.map(String.init) ?? "more than 2⁶³") "
          + "for \(count) images of \(height)×\(width)")
    }
    return Images(count: count, height: height, width: width, pixels: [UInt8](content.dropFirst(16)))
  }

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when magic, count and size do not agree, or there are no labels.
  public static func labels(in content: Data, file: URL) throws -> [Int] {
    try check(content, magic: labelsMagic, kind: "label", headerLength: 8, file: file)
    let count = Int(content.bigEndianInteger(UInt32.self, at: 4))
    guard count > 0 else { throw FileError(file: file, problem: "holds no labels") }
    guard count == content.count - 8 else {
      throw FileError(file: file, problem: "holds \(content.count - 8) labels: expected \(count)")
    }
    return content.dropFirst(8).map(Int.init)
  }

  private static func check(_ content: Data, magic: UInt32, kind: String, headerLength: Int, file: URL) throws
  {
    guard content.count >= headerLength else {
      throw FileError(
        file: file,
        problem: "is truncated: expected an IDX header of \(headerLength) bytes, found \(content.count) bytes"
      )
    }
    let found = content.bigEndianInteger(UInt32.self, at: 0)
    guard found == magic else {
      throw FileError(
        file: file,
        problem: ForeignFile.problem(of: content, expected: "an IDX \(kind) file")
          ?? "is not an IDX \(kind) file: expected the magic number \(magic), found \(found)")
    }
  }
}
