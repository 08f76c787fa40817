import Foundation
import Testing

/// Nothing is allocated step by step: counted in a program of its own, in which every call of malloc is seen.
@Suite struct AllocationTests {
  @Test(
    "Neither a training step nor a micro-batch of an attack allocates, and memory stays flat over 20 epochs")
  func steadyState() throws {
    var counts: [String: [Int]] = [:]
    for line in try probe().split(separator: "\n") {
      let fields = line.split(separator: " ")
      counts[String(fields[0]), default: []].append(try #require(Int(fields[2])))
    }
    #expect(counts.count == 7)
    for (name, counts) in counts.sorted(by: { $0.key < $1.key }) {
      try #require(counts.count == 2)
      if name == "resident-kilobytes" {
        #expect(counts[1] < counts[0] + 16384, "\(name): \(counts)")
      } else {
        // How threads meet makes a difference of a few; one for each of 32 steps or 24 micro-batches is more.
        #expect(counts[1] - counts[0] < 20, "\(name): \(counts)")
      }
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
