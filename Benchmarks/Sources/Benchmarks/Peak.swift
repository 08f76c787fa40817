import CPeak
import Foundation
import Intrigue

/// What the processor can do at most, measured on all cores at once.
struct Peak: Codable {
  /// What the loop of multiplications and additions used.
  let instructions: String
  /// Fused multiply-adds in registers, 10⁹ operations per second.
  let registerGigaflopsPerSecond: Double
  /// OpenBLAS's sgemm, one product per core, at its best size.
  let sgemmGigaflopsPerSecond: Double

  /// The larger of the two.
  var gigaflopsPerSecond: Double { max(registerGigaflopsPerSecond, sgemmGigaflopsPerSecond) }

  /// The higher numbers of two measurements: something else that runs can only lower them.
  func better(_ other: Peak) -> Peak {
    Peak(
      instructions: instructions,
      registerGigaflopsPerSecond: max(registerGigaflopsPerSecond, other.registerGigaflopsPerSecond),
      sgemmGigaflopsPerSecond: max(sgemmGigaflopsPerSecond, other.sgemmGigaflopsPerSecond))
  }

  static func measure(coreCount: Int) -> Peak {
    Peak(
      instructions: String(cString: cpeak_instructions()),
      registerGigaflopsPerSecond: bestRate(tries: 10, coreCount: coreCount) { _ in
        var sink: Float = 0
        return cpeak_run(5_000_000, &sink)
      },
      sgemmGigaflopsPerSecond: [768, 1536].map { sgemmRate(size: $0, coreCount: coreCount) }.max() ?? 0)
  }

  private static func sgemmRate(size: Int, coreCount: Int) -> Double {
    let left = [Float](repeating: 0.5, count: size * size)
    let products = UnsafeMutableBufferPointer<Float>.allocate(capacity: coreCount * size * size)
    products.initialize(repeating: 0)
    defer { products.deallocate() }
    // Each core writes to its own part.
    nonisolated(unsafe) let shared = products
    return bestRate(tries: 6, coreCount: coreCount) { core in
      let own = UnsafeMutableBufferPointer(rebasing: shared[core * size * size..<(core + 1) * size * size])
      left.withUnsafeBufferPointer { left in
        let matrix = MatrixView(left, rows: size, columns: size)
        MutableMatrixView(own, rows: size, columns: size).assignProduct(matrix, matrix)
      }
      return 2 * Double(size * size * size)
    }
  }

  /// - Parameter work: Called once per core and try, all cores at once; returns how many operations it did.
  private static func bestRate(tries: Int, coreCount: Int, _ work: @Sendable (Int) -> Double) -> Double {
    (0..<tries).map { _ in
      let start = ContinuousClock.now
      let operations = Workers.map(count: coreCount, workerCount: coreCount, work).reduce(0, +)
      return operations / ((ContinuousClock.now - start) / .nanoseconds(1))
    }.max() ?? 0
  }
}
