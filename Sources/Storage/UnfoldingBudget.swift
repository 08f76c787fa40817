import Synchronization
import Tensors

/// How many bytes compressed files that share a budget may expand to in total.
///
/// A kilobyte can expand to a megabyte, so a limit for each of several files does not limit their sum.
public final class UnfoldingBudget: Sendable {
  /// Budget of one data set: twenty times MNIST.
  public static let ofDataset = 1 << 30

  public let byteCount: Int
  private let rest: Mutex<Int>

  /// - Parameter byteCount: ``ofDataset`` by default, or the available memory if that is less.
  public init(byteCount: Int = min(UnfoldingBudget.ofDataset, AvailableMemory.current.byteCount)) {
    precondition((0..<Int.max).contains(byteCount), "a budget must be in 0..<Int.max, got \(byteCount)")
    self.byteCount = byteCount
    rest = Mutex(byteCount)
  }

  /// Takes up to `count` of the bytes that are left.
  func take(upTo count: Int) -> Int {
    rest.withLock { rest in
      let taken = min(rest, count)
      rest -= taken
      return taken
    }
  }

  func giveBack(_ count: Int) { rest.withLock { $0 += count } }
}
