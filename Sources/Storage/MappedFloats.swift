import Foundation
import Tensors

/// Files of little-endian Float32, mapped one after the other without being read: the system loads a page when it is
/// touched and reclaims it when memory is scarce.
///
/// The files must not be shortened while they are mapped: touching a missing page ends the process, as with any
/// mapping. Replacing a file with another of the same name does no harm.
///
/// `@unchecked Sendable`: the memory is read only.
public final class MappedFloats: FloatStorage, @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer?
  private let byteCount: Int
  private let isFileBacked: Bool
  public let floats: UnsafeBufferPointer<Float>

  /// - Parameters:
  ///   - files: Each with the number of floats it must have.
  ///   - pageSize: If the size of any file but the last is not a multiple of it, the files are read instead.
  /// - Throws: ``FileError`` for a file that is missing or of another size.
  public init(_ files: [(file: URL, count: Int)], pageSize: Int = Int(sysconf(Int32(_SC_PAGESIZE)))) throws {
    let count = files.reduce(0) { $0 + $1.count }
    byteCount = count * MemoryLayout<Float>.stride
    isFileBacked = files.dropLast().allSatisfy { $0.count * MemoryLayout<Float>.stride % pageSize == 0 }
    guard count > 0 else {
      memory = nil
      floats = UnsafeBufferPointer(start: nil, count: 0)
      return
    }
    // Reserves one range of addresses, into which the files are then mapped.
    let access = isFileBacked ? PROT_NONE : PROT_READ | PROT_WRITE
    guard
      let memory = mmap(nil, byteCount, access, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      memory != MAP_FAILED
    else {
      throw FileError(
        file: files[0].file, problem: "cannot be mapped: \(byteCount) bytes, \(lastSystemError())")
    }
    self.memory = memory
    floats = UnsafeBufferPointer(start: memory.bindMemory(to: Float.self, capacity: count), count: count)
    var offset = 0
    for (file, count) in files {
      let length = count * MemoryLayout<Float>.stride
      if length > 0 { try Self.lay(file, length, at: memory + offset, mapping: isFileBacked) }
      offset += length
    }
  }

  deinit {
    if let memory { munmap(memory, byteCount) }
  }

  private static func lay(
    _ file: URL, _ length: Int, at address: UnsafeMutableRawPointer, mapping: Bool
  ) throws {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(
        file: file, problem: errno == ENOENT ? "does not exist" : "cannot be read: \(lastSystemError())")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(file: file, problem: "is not a regular file")
    }
    guard status.st_size == length else {
      throw FileError(file: file, problem: "has \(status.st_size) bytes, expected \(length)")
    }
    if mapping {
      guard mmap(address, length, PROT_READ, MAP_PRIVATE | MAP_FIXED, descriptor, 0) != MAP_FAILED else {
        throw FileError(file: file, problem: "cannot be mapped: \(lastSystemError())")
      }
      return
    }
    var done = 0
    while done < length {
      let count = read(descriptor, address + done, length - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileError(file: file, problem: "cannot be read: \(lastSystemError())") }
      done += count
    }
  }

  /// Releases the pages that lie entirely in `range`. Later reads come from the file.
  public func release(_ range: Range<Int>) {
    guard let memory, isFileBacked else { return }
    let (page, stride) = (Int(sysconf(Int32(_SC_PAGESIZE))), MemoryLayout<Float>.stride)
    let first = (range.lowerBound * stride + page - 1) / page * page
    // The last page may hold the end of the last file.
    let end = range.upperBound == floats.count ? byteCount : range.upperBound * stride / page * page
    if first < end { madvise(memory + first, end - first, MADV_DONTNEED) }
  }
}
