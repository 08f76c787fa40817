import Synchronization

/// How many bytes compressed files may unfold to, all that share a budget together.
///
/// A file of a kilobyte can unfold into a megabyte, so a limit for each of several files is none for their sum.
public final class UnfoldingBudget: Sendable {
  /// Of one data set: twenty times MNIST.
  public static let ofDataset = 1 << 30

  public let byteCount: Int
  private let rest: Mutex<Int>

  public init(byteCount: Int = UnfoldingBudget.ofDataset) {
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
