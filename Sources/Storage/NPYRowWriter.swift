import Foundation
import Tensors

/// Writes an array of Float to a `.npy` file some rows at a time, so that it need not be in memory as a whole.
///
/// The bytes are those of ``NPYFile``. The file appears once the last row has been appended and ``finish()`` called.
public final class NPYRowWriter {
  /// Shape of the whole array; the first extent counts the rows.
  public let shape: [Int]
  private let writer: AtomicFileWriter
  private var rowCount = 0

  /// - Throws: ``FileError`` when the folder is missing or not writable.
  public init(shape: [Int], to file: URL) throws {
    precondition(!shape.isEmpty && shape.allSatisfy { $0 >= 0 }, "\(shape) has no rows to write")
    self.shape = shape
    writer = try AtomicFileWriter(file)
    try NPYHeader.encoded(descriptor: "<f4", shape: shape).withUnsafeBytes { try writer.append($0) }
  }

  /// - Parameter rows: `[any count] + shape[1...]`.
  /// - Throws: ``FileError`` when the disk is full or failing.
  public func append(_ rows: Tensor) throws {
    precondition(
      rows.shape.dropFirst() == shape.dropFirst(), "rows of \(shape) cannot have shape \(rows.shape)")
    rowCount += rows.count
    precondition(rowCount <= shape[0], "\(shape[0]) rows were announced, \(rowCount) came")
    try rows.elements.withUnsafeBytes { try writer.append($0) }
  }

  /// - Throws: As ``append(_:)``.
  public func finish() throws {
    precondition(rowCount == shape[0], "\(shape[0]) rows were announced, \(rowCount) came")
    try writer.commit()
  }
}
