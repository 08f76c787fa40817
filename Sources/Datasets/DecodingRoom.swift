import Foundation
import Storage
import Synchronization
import Tensors

/// The memory for decoding images, shared by all that are decoded at the same time.
///
/// Decoding a photograph of 50 megapixels takes half a gigabyte, whatever size it is then reduced to: on many cores at
/// once that would be the whole memory. A thread waits while the room is full.
///
/// `@unchecked Sendable`: everything is read and written under `condition`.
final class DecodingRoom: @unchecked Sendable {
  /// Samples, a copy without transparency, a copy in the requested colours, and a planar one.
  private static let bytesPerPixel = 12

  private let condition = NSCondition()
  private let pixelLimit: Int
  private var pixelsInUse = 0

  /// A quarter of what is available.
  convenience init(within available: AvailableMemory) {
    self.init(pixelLimit: available.byteCount / 4 / Self.bytesPerPixel)
  }

  init(pixelLimit: Int) { self.pixelLimit = pixelLimit }

  /// Calls `body` once there is room for `pixelCount` pixels, or no one else is in the room.
  func withRoom<Result>(for pixelCount: Int, _ body: () throws -> Result) rethrows -> Result {
    condition.withLock {
      while pixelsInUse > 0, pixelsInUse > pixelLimit - pixelCount { condition.wait() }
      pixelsInUse += pixelCount
    }
    defer {
      condition.withLock {
        pixelsInUse -= pixelCount
        condition.broadcast()
      }
    }
    return try body()
  }
}

/// The limit on the total bytes of the decoded images of a folder.
///
/// File sizes are no guide: a kilobyte of PNG holds a megabyte of pixels.
final class DecodedImages: Sendable {
  private let available: AvailableMemory
  private let taken = Mutex(0)

  init(within available: AvailableMemory) { self.available = available }

  /// Counts an image of `byteCount` samples, twice because they are copied when the data set is split into parts.
  ///
  /// - Throws: ``FileError`` naming the image that exceeds the limit.
  func add(_ byteCount: Int, of file: URL) throws {
    let total = taken.withLock { taken in
      taken += 2 * byteCount
      return taken
    }
    guard total > available.byteCount else { return }
    let shortage = MemoryShortage(
      work: "the data set", byteCount: total, available: available,
      advice: "make its images smaller with --resize HEIGHTxWIDTH")
    throw FileError(file: file, problem: "is one image too many: with those before it \(shortage)")
  }
}
