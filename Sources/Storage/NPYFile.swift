import Foundation
import Tensors

/// One array in NumPy's `.npy` format, versions 1 to 3, C order, little-endian.
///
/// Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
/// The bytes from ``encoded()`` are those that `numpy.save` writes for the same array.
public struct NPYFile: Equatable, Sendable {
  public enum Elements: Equatable, Sendable {
    /// `|u1`; also `|b1` when read, as 0 and 1 (see ``NPYFile/isBoolean``).
    case bytes([UInt8])
    /// `<f4`.
    case floats([Float])
    /// `<i8`; also `|i1`, `<i2`, `<i4`, `<u2` and `<u4` when read.
    case integers([Int])

    public var count: Int {
      switch self {
      case .bytes(let elements): elements.count
      case .floats(let elements): elements.count
      case .integers(let elements): elements.count
      }
    }
  }

  /// Extent of each axis, slowest first.
  public let shape: [Int]
  /// Last axis fastest, as many as the product of `shape`.
  public let elements: Elements
  /// Whether the elements were booleans in the file, where 1 is full scale instead of 1 of 255.
  public let isBoolean: Bool

  public init(shape: [Int], elements: Elements) {
    precondition(
      checkedProduct(shape) == elements.count,
      "shape \(shape) does not hold the \(elements.count) elements given")
    self.shape = shape
    self.elements = elements
    isBoolean = false
  }

  public init(_ tensor: Tensor) {
    self.init(shape: tensor.shape, elements: .floats(tensor.elements))
  }

  /// - Throws: As ``init(data:file:)``, and ``FileError`` when the file cannot be read.
  public init(contentsOf file: URL) throws {
    try self.init(data: FileContents.read(file), file: file)
  }

  /// - Parameter file: Named in errors; nothing is read from it.
  /// - Throws: ``FileError`` when `data` is not a complete and valid file, or has an unsupported element type or order.
  ///   Memory is allocated only after the sizes have been found to agree.
  public init(data: Data, file: URL) throws {
    let header = try NPYHeader(data: data, file: file)
    guard let elementType = ElementType(descriptor: header.descriptor) else {
      throw FileError(
        file: file,
        problem: "holds elements of type \(header.descriptor.debugDescription): expected one of "
          + ElementType.allCases.map(\.rawValue).joined(separator: ", ")
          + "; save it with .astype(numpy.float32), or labels with .astype(numpy.int64)")
    }
    guard !header.isFortranOrder else {
      throw FileError(
        file: file,
        problem: "is in Fortran order: expected C order; save it with numpy.ascontiguousarray(...)")
    }
    let found = data.count - header.dataOffset
    guard let count = checkedProduct(header.shape), let expected = checkedProduct([count, elementType.size])
    else {
      throw FileError(file: file, problem: "has an impossible shape \(header.shape)")
    }
    guard found == expected else {
      throw FileError(
        file: file,
        problem: "\(found < expected ? "is truncated" : "is too long"): shape \(header.shape) of "
          + "\(elementType.rawValue) needs \(expected) bytes, found \(found)")
    }
    try file.checkMemory(
      boundedProduct(count, elementType.sizeInMemory), for: "an array of shape \(header.shape)")
    shape = header.shape
    isBoolean = elementType == .boolean
    elements = data.withUnsafeBytes { bytes in
      elementType.elements(in: UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...]), count: count)
    }
    if elementType == .boolean, case .bytes(let values) = elements,
      let wrong = values.firstIndex(where: { $0 > 1 })
    {
      throw FileError(
        file: file, problem: "holds \(values[wrong]) at element \(wrong): expected a boolean, 0 or 1")
    }
  }

  /// - Throws: ``FileError`` when the file cannot be written; an existing file is then left as it was.
  public func write(to file: URL) throws {
    try AtomicFile.write(encoded(), to: file)
  }

  /// The bytes of the file, version 1.
  public func encoded() -> Data {
    switch elements {
    case .bytes(let elements):
      return NPYHeader.encoded(descriptor: "|u1", shape: shape) + elements
    case .floats(let elements):
      return elements.withUnsafeBytes { NPYHeader.encoded(descriptor: "<f4", shape: shape) + $0 }
    case .integers(let elements):
      return elements.withUnsafeBytes { NPYHeader.encoded(descriptor: "<i8", shape: shape) + $0 }
    }
  }

  private enum ElementType: String, CaseIterable {
    case unsignedByte = "|u1"
    case boolean = "|b1"
    case float = "<f4"
    case signedByte = "|i1"
    case int16 = "<i2"
    case int32 = "<i4"
    case int64 = "<i8"
    case unsigned16 = "<u2"
    case unsigned32 = "<u4"

    /// NumPy writes `|` where byte order does not apply, `<` for little-endian and `=` for the native order, which is
    /// little-endian on every supported machine; other writers use any of them, or nothing.
    init?(descriptor: String) {
      let kind =
        descriptor.utf8.first.map { "|<=".utf8.contains($0) } == true
        ? String(descriptor.dropFirst()) : descriptor
      let known = Self.allCases.first { $0.rawValue.dropFirst() == kind[...] }
      guard let known, known.size == 1 || !descriptor.utf8.starts(with: "|".utf8) else { return nil }
      self = known
    }

    var size: Int {
      switch self {
      case .unsignedByte, .boolean, .signedByte: 1
      case .int16, .unsigned16: 2
      case .float, .int32, .unsigned32: 4
      case .int64: 8
      }
    }

    /// Size in bytes of a decoded element.
    var sizeInMemory: Int {
      switch self {
      case .unsignedByte, .boolean: MemoryLayout<UInt8>.stride
      case .float: MemoryLayout<Float>.stride
      case .signedByte, .int16, .int32, .int64, .unsigned16, .unsigned32: MemoryLayout<Int>.stride
      }
    }

    func elements(in bytes: UnsafeRawBufferPointer, count: Int) -> Elements {
      func stored<Value: BitwiseCopyable>(_ type: Value.Type) -> [Value] {
        [Value](unsafeUninitializedCapacity: count) { buffer, initialised in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
          initialised = count
        }
      }
      switch self {
      case .unsignedByte, .boolean: return .bytes(stored(UInt8.self))
      case .float: return .floats(stored(Float.self))
      case .signedByte: return .integers(stored(Int8.self).map(Int.init))
      case .int16: return .integers(stored(Int16.self).map(Int.init))
      case .int32: return .integers(stored(Int32.self).map(Int.init))
      case .int64: return .integers(stored(Int.self))
      case .unsigned16: return .integers(stored(UInt16.self).map(Int.init))
      case .unsigned32: return .integers(stored(UInt32.self).map(Int.init))
      }
    }
  }
}
