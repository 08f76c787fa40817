import Synchronization
import Tensors

/// How many bytes compressed files may unfold to, all that share a budget together.
///
/// A file of a kilobyte can unfold into a megabyte, so a limit for each of several files is none for their sum.
public final class UnfoldingBudget: Sendable {
  /// Of one data set: twenty times MNIST.
  public static let ofDataset = 1 << 30

  public let byteCount: Int
  private let rest: Mutex<Int>

  /// - Parameter byteCount: ``ofDataset`` unless stated, or as much memory as there is.
  public init(byteCount: Int = min(UnfoldingBudget.ofDataset, AvailableMemory.current.byteCount)) {
    precondition((0..<Int.max).contains(byteCount), "a budget must be in 0..<Int.max, got \(byteCount)")
    self.byteCount = byteCount
    rest = Mutex(byteCount)
  }

  /// Takes as many of `count` bytes as are left.
  func take(upTo count: Int) -> Int {
    rest.withLock { rest in
      let taken = min(rest, count)
      rest -= taken
      return taken
    }
  }

  func giveBack(_ count: Int) { rest.withLock { $0 += count } }
}
