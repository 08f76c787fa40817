import Foundation

/// Work that would need more memory than is available. Thrown before any of it is allocated.
public struct MemoryShortage: Error, Equatable, CustomStringConvertible {
  /// Work to be done, as the subject of the sentence.
  public let work: String
  public let byteCount: Int
  public let available: AvailableMemory
  /// A smaller request, suggested to the user.
  public let advice: String?

  public init(work: String, byteCount: Int, available: AvailableMemory, advice: String? = nil) {
    self.work = work
    self.byteCount = byteCount
    self.available = available
    self.advice = advice
  }

  /// - Parameters:
  ///   - work: Work to be done, as the subject of a sentence.
  ///   - advice: A smaller request to suggest.
  /// - Throws: ``MemoryShortage`` when `byteCount` exceeds the available memory.
  public static func check(_ byteCount: Int, for work: @autoclosure () -> String, advice: String? = nil)
    throws
  {
    let available = AvailableMemory.current
    guard byteCount > available.byteCount else { return }
    throw MemoryShortage(work: work(), byteCount: byteCount, available: available, advice: advice)
  }

  public var description: String {
    let (place, remedy) =
      switch available.limit {
      case .machine: ("", "free memory by closing other programs, or use a computer with more")
      case .addressSpace: (" under the limit of `ulimit -v`", "raise that limit")
      case .data: (" under the limit of `ulimit -d`", "raise that limit")
      case .controlGroup: (" under the memory limit of the container", "raise that limit")
      }
    let remedies = (advice.map { [$0] } ?? []) + [remedy]
    return
      "\(work) needs at least \(Self.text(byteCount)) of memory, and \(Self.text(available.byteCount)) is "
      + "available\(place); \(remedies.joined(separator: ", or "))"
  }

  /// `8.2 GB`, `640 MB`: decimal units.
  public static func text(_ byteCount: Int) -> String {
    byteCount < 1_000_000_000
      ? "\((byteCount + 999_999) / 1_000_000) MB" : String(format: "%.1f GB", Double(byteCount) / 1e9)
  }
}

/// The product of counts and sizes, saturated at `Int.max`: no computer has that many bytes.
public func boundedProduct(_ factors: Int...) -> Int {
  factors.reduce(1) { product, factor in
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    return overflow ? .max : next
  }
}
