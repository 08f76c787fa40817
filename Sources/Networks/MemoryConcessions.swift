import Synchronization
import Tensors

/// Concessions to a shortage of memory: fewer workers, which change no result.
///
/// To be notified, bind one for the duration of the work: `MemoryConcessions.$current.withValue(…)`. A run's record
/// reads the number of workers from it.
public final class MemoryConcessions: Sendable {
  @TaskLocal public static var current: MemoryConcessions?

  private let fewest = Mutex<Int?>(nil)
  private let tell: @Sendable (String) -> Void

  /// - Parameter tell: Called with a sentence each time the number of workers reaches a new minimum.
  public init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

  /// Number of workers that ran, out of those requested.
  public func workerCount(of asked: Int) -> Int { fewest.withLock { min(asked, $0 ?? asked) } }

  func ran(_ count: Int, of asked: Int, needed: Int, _ available: AvailableMemory) {
    guard count < asked else { return }
    let isNews = fewest.withLock { fewest in
      defer { fewest = min(count, fewest ?? count) }
      return count < fewest ?? .max
    }
    guard isNews else { return }
    tell(
      "\(asked) workers would need \(MemoryShortage.text(needed)) of memory, and "
        + "\(MemoryShortage.text(available.byteCount)) is available: \(count) of them "
        + "\(count == 1 ? "works" : "work"); results are the same")
  }
}
