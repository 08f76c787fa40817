import Foundation

/// Whole files as bytes, with one clear sentence when there are none.
public enum FileContents {
  /// - Throws: ``FileError`` when `file` does not exist, is not a regular file (a folder, a device, a pipe) or
  ///   cannot be read.
  public static func read(_ file: URL) throws -> Data {
    var status = stat()
    guard stat(file.path, &status) == 0 else {
      throw FileError(
        file: file, problem: errno == ENOENT ? "does not exist" : "cannot be read: \(lastSystemError())")
    }
    // A pipe would block for ever and /dev/zero would never end.
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(
        file: file,
        problem: status.st_mode & S_IFMT == S_IFDIR ? "is a folder: expected a file" : "is not a regular file"
      )
    }
    do {
      return try Data(contentsOf: file)
    } catch {
      throw FileError(file: file, problem: "cannot be read: \(error.localizedDescription)")
    }
  }
}

/// What the last failed system call said, in words.
func lastSystemError() -> String { String(cString: strerror(errno)) }

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

/// The product of extents that a file claims, or nil when it does not fit in an `Int` or one is negative.
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
