import Foundation

/// What the numbers were measured on.
struct Machine: Codable {
  let processor: String
  let coreCount: Int
  let memoryBytes: UInt64
  let system: String
  /// Runnable processes over the minute before the run; well above 0, the numbers are not to be trusted.
  let loadBefore: Double

  static func current() -> Machine {
    var loads = [0.0]
    let isLoadKnown = getloadavg(&loads, 1) == 1
    return Machine(
      processor: processorName() ?? "unknown processor",
      coreCount: ProcessInfo.processInfo.activeProcessorCount,
      memoryBytes: ProcessInfo.processInfo.physicalMemory,
      system: ProcessInfo.processInfo.operatingSystemVersionString,
      loadBefore: isLoadKnown ? loads[0] : .zero)
  }

  /// For file names: letters, digits and hyphens.
  var slug: String {
    "\(processor) \(coreCount) cores".lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .joined(separator: "-")
  }

  private static func processorName() -> String? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
