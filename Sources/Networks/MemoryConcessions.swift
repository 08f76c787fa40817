import Synchronization
import Tensors

/// What gave way because memory was short: workers, which change no result.
///
/// Who wants to be told binds one for the time of the work: `MemoryConcessions.$current.withValue(…)`. A run's
/// record asks it how many workers there were.
public final class MemoryConcessions: Sendable {
  @TaskLocal public static var current: MemoryConcessions?

  private let fewest = Mutex<Int?>(nil)
  private let tell: @Sendable (String) -> Void

  /// - Parameter tell: Given a sentence each time that fewer workers than ever before had to do.
  public init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

  /// How many workers ran, of those that were asked for.
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
