import Foundation
import Tensors

/// Reads whole files as bytes, or explains in one clear sentence why it cannot.
///
/// System calls rather than `Data(contentsOf:)`, which takes longer to open a small JPEG than it takes to decode
/// it; folders of images hold tens of thousands.
public enum FileContents {
  /// - Throws: ``FileError`` when `file` does not exist, is not a regular file (a folder, a device, a pipe), cannot be
  ///   read, or is a pointer of Git LFS or git-annex to content that is not here.
  public static func read(_ file: URL) throws -> Data {
    func failure() -> FileError {
      FileError(
        file: file, problem: errno == ENOENT ? "does not exist" : "cannot be read: \(lastSystemError())")
    }
    // O_NONBLOCK: opening a pipe would otherwise wait for a writer. Regular files ignore it.
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw FileError(
        file: file, problem: isFolder ? "is a folder: expected a file" : "is not a regular file")
    }
    try file.checkMemory(Int(status.st_size), for: "its content")
    var data = Data(count: Int(status.st_size))
    var count = 0
    while count < data.count {
      let readCount = data.withUnsafeMutableBytes { bytes in
        Foundation.read(descriptor, bytes.baseAddress?.advanced(by: count), bytes.count - count)
      }
      if readCount < 0 && errno == EINTR { continue }
      guard readCount >= 0 else { throw failure() }
      // The file has become shorter since its size was read.
      if readCount == 0 {
        data = data.prefix(count)
        break
      }
      count += readCount
    }
    if let problem = ForeignFile.problem(ofPointer: data) { throw FileError(file: file, problem: problem) }
    return data
  }
}

extension URL {
  /// Checks that memory is available before it is allocated, except for small files, of which a folder has tens of
  /// thousands.
  ///
  /// - Parameter content: Part of the file that needs the memory.
  /// - Throws: ``FileError`` when `byteCount` exceeds the available memory.
  func checkMemory(_ byteCount: Int, for content: @autoclosure () -> String) throws {
    guard byteCount > 16 << 20 else { return }
    do {
      try MemoryShortage.check(byteCount, for: content())
    } catch {
      throw FileError(file: self, problem: "is too large: \(error)")
    }
  }
}

/// Description of the last failed system call.
package func lastSystemError() -> String { String(cString: strerror(errno)) }

extension Data {
  /// The little-endian integer whose first byte is `offset` bytes after the start.
  package func littleEndianInteger<Integer: FixedWidthInteger>(
    _ type: Integer.Type, at offset: Int
  ) -> Integer {
    Integer(littleEndian: storedInteger(type, at: offset))
  }

  /// The big-endian integer whose first byte is `offset` bytes after the start.
  package func bigEndianInteger<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer {
    Integer(bigEndian: storedInteger(type, at: offset))
  }

  private func storedInteger<Integer: FixedWidthInteger>(_ type: Integer.Type, at offset: Int) -> Integer {
    withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
  }
}

/// The product of the extents stated in a file, or nil when it does not fit in an `Int` or one is negative.
package func checkedProduct(_ extents: some Sequence<Int>) -> Int? {
  var product = 1
  var hasZero = false
  for extent in extents {
    guard extent >= 0 else { return nil }
    if extent == 0 {
      hasZero = true
      continue
    }
    let (next, overflow) = product.multipliedReportingOverflow(by: extent)
    guard !overflow else { return nil }
    product = next
  }
  return hasZero ? 0 : product
}
