import CLAPACK
import Foundation

/// Every call of OpenBLAS is between ``enter()`` and ``leave()``.
///
/// A call takes a working buffer of 128 MB of address space, which OpenBLAS keeps for later ones. Without room for one,
/// it retries forever, up to version 0.3.29 (OpenMathLib/OpenBLAS#5289). So no more calls run at a time than there are
/// buffers that found room; the others wait. Results do not depend on it.
public enum OpenBLAS {
  /// Size of a buffer, rounded up.
  private static let bufferByteCount = 132 << 20

  private static let condition = NSCondition()
  // Both counts are read and written under `condition` alone.
  nonisolated(unsafe) private static var callCount = 0
  nonisolated(unsafe) private static var bufferCount = 0

  /// There is no room for the first buffer.
  public struct NoRoom: Error, CustomStringConvertible {
    public var description: String {
      "the linear algebra of OpenBLAS needs \(bufferByteCount >> 20) MB of memory at least, and the system does not "
        + "give them; is there a limit (ulimit -v)?"
    }
  }

  /// Takes the first buffer, so that a program can report a lack of room at its start.
  public static func reserve() throws {
    guard tryToEnter() else { throw NoRoom() }
    defer { leave() }
    // Large enough that no small-matrix kernel handles it without a buffer.
    let order: Int32 = 128
    let matrix = [Double](repeating: 0, count: Int(order * order))
    var product = matrix
    cblas_dgemm(
      CblasColMajor, CblasNoTrans, CblasNoTrans, order, order, order, 1, matrix, order, matrix, order, 0,
      &product,
      order)
  }

  static func enter() {
    precondition(tryToEnter(), "\(NoRoom())")
  }

  static func leave() {
    condition.withLock {
      callCount -= 1
      condition.signal()
    }
  }

  /// Waits until a buffer is free. False if there is neither a buffer nor room for the first.
  private static func tryToEnter() -> Bool {
    holdToOneThread
    return condition.withLock {
      while callCount == bufferCount {
        if hasRoom() {
          bufferCount += 1
        } else if bufferCount == 0 {
          return false
        } else {
          condition.wait()
        }
      }
      callCount += 1
      return true
    }
  }

  private static func hasRoom() -> Bool {
    let place = mmap(
      nil, bufferByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let place, place != MAP_FAILED else { return false }
    munmap(place, bufferByteCount)
    return true
  }

  /// Parallel work is cut one level higher, where its pieces are known. A second pool of threads would only compete.
  private static let holdToOneThread: Void = openblas_set_num_threads(1)
}
