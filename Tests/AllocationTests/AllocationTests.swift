import Foundation
import Testing

/// Nothing is allocated step by step: counted in a program of its own, in which every call of malloc is seen.
@Suite struct AllocationTests {
  @Test(
    "Neither a training step nor a micro-batch of an attack allocates, and memory stays flat over 20 epochs")
  func steadyState() throws {
    // How threads meet makes a difference of a few, more on a busy machine, and another one each time. What is allocated
    // at each of 32 steps or 24 micro-batches is there every time.
    var problems = try growth()
    for _ in 0..<2 where !problems.isEmpty { problems = try growth() }
    #expect(problems == [])
  }

  /// What was asked for more often by more work.
  private func growth() throws -> [String] {
    var counts: [String: [Int]] = [:]
    for line in try probe().split(separator: "\n") {
      let fields = line.split(separator: " ")
      counts[String(fields[0]), default: []].append(try #require(Int(fields[2])))
    }
    try #require(counts.count == 7)
    return try counts.sorted { $0.key < $1.key }.compactMap { name, counts in
      try #require(counts.count == 2)
      let limit = name == "resident-kilobytes" ? 16384 : 20
      return counts[1] - counts[0] < limit ? nil : "\(name): \(counts)"
    }
  }

  private func probe() throws -> String {
    let process = Process()
    let folders = [Bundle.main.executableURL, URL(filePath: CommandLine.arguments[0])].compactMap {
      $0?.deletingLastPathComponent()
    }
    let program: URL = try #require(
      folders.map { $0.appending(path: "AllocationProbe") }
        .first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }),
      "AllocationProbe stands beside the tests")
    process.executableURL = program
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}
