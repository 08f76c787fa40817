import Foundation
import Tensors

/// Named tensors in the safetensors format, with text metadata.
///
///     length (8 bytes, little-endian) | JSON header, `length` bytes | tensor data
///
/// Format: <https://huggingface.co/docs/safetensors>. Floating-point tensors (F32, and F16, BF16 and F64
/// converted to Float) are read; F32 is written. The same tensors and metadata give the same bytes.
public struct SafetensorsFile: Sendable {
  /// How to treat NaN and infinities.
  public enum NonFiniteValues: Sendable {
    case rejected, allowed
  }

  /// In the order of their data.
  public var tensors: [(name: String, tensor: Tensor)]
  public var metadata: [String: String]
  /// Tensors of integers, booleans and 8-bit floating-point numbers (PyTorch's `num_batches_tracked`, for example).
  /// Their offsets are checked; their values are not read, and they are not written.
  public private(set) var skippedTensors: [(name: String, elementType: String)] = []

  public init(tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// - Throws: As ``init(data:file:nonFiniteValues:)``, and ``FileError`` when the file cannot be read.
  public init(contentsOf file: URL, nonFiniteValues: NonFiniteValues = .rejected) throws {
    try self.init(data: FileContents.read(file), file: file, nonFiniteValues: nonFiniteValues)
  }

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when the header is longer than the file or than 100 MB, is not the JSON that the
  ///   format asks for, names a tensor twice, or gives offsets that overlap, leave gaps, end elsewhere than the
  ///   file or do not agree with shape and element type; and, unless allowed, for NaN and infinities.
  public init(data: Data, file: URL, nonFiniteValues: NonFiniteValues = .rejected) throws {
    let header = try SafetensorsHeader(data: data, file: file)
    let floatCount = header.entries.reduce(0) {
      $1.elementType.floatingPoint == nil ? $0 : $0 + $1.shape.reduce(1, *)
    }
    try file.checkMemory(boundedProduct(floatCount, MemoryLayout<Float>.stride), for: "all its tensors")
    metadata = header.metadata
    tensors = []
    for entry in header.entries {
      guard let elementType = entry.elementType.floatingPoint else {
        skippedTensors.append((entry.name, entry.elementType.rawValue))
        continue
      }
      let tensor = data.withUnsafeBytes { bytes in
        Tensor(
          shape: entry.shape,
          elements: elementType.floats(
            in: UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...][rebased: entry.range])))
      }
      if nonFiniteValues == .rejected, let index = tensor.firstNonFiniteIndex {
        throw FileError(
          file: file,
          problem:
            "holds \(tensor.elements[index]) in tensor \(entry.name.debugDescription), element \(index): "
            + "expected finite values")
      }
      tensors.append((entry.name, tensor))
    }
  }

  /// The tensor of that name, or nil.
  public subscript(name: String) -> Tensor? {
    tensors.first { $0.name == name }?.tensor
  }

  /// - Throws: ``FileError`` when the file cannot be written; an existing file is then left as it was.
  public func write(to file: URL) throws {
    try AtomicFile.write(encoded(), to: file)
  }

  /// The bytes of the file: tensors in the order given, metadata sorted by key, the header padded with spaces
  /// to a multiple of 8 bytes.
  public func encoded() -> Data {
    precondition(Set(tensors.map(\.name)).count == tensors.count, "tensor names must differ")
    precondition(
      !tensors.contains { $0.name == SafetensorsHeader.metadataKey }, "__metadata__ cannot name a tensor")
    let header = SafetensorsHeader.encoded(tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata)
    var data = Data(capacity: 8 + header.count + tensors.reduce(0) { $0 + 4 * $1.tensor.elements.count })
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for (_, tensor) in tensors { tensor.elements.withUnsafeBytes { data.append(contentsOf: $0) } }
    return data
  }
}

extension Slice<UnsafeRawBufferPointer> {
  /// Rebases byte offsets to the start of the slice.
  fileprivate subscript(rebased range: Range<Int>) -> Slice<UnsafeRawBufferPointer> {
    self[startIndex + range.lowerBound..<startIndex + range.upperBound]
  }
}
