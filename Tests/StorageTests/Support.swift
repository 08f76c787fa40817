import Foundation
import Storage
import Testing

/// A file that the tests' generator script has written.
func reference(_ name: String) -> URL {
  URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Reference/Storage/\(name)").standardizedFileURL
}

/// Runs `body` with a new empty folder, whose name has a space and a letter beyond ASCII, and removes it.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "intrigue tést \(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// A file that must be refused, and a part of the sentence that says why.
struct BrokenFile: Sendable, CustomTestStringConvertible {
  let fault: String
  let data: Data
  let problem: String

  init(_ fault: String, _ data: Data, _ problem: String) {
    self.fault = fault
    self.data = data
    self.problem = problem
  }

  var testDescription: String { fault }
}

let brokenURL = URL(filePath: "/data/broken file")

/// Expects a ``FileError`` that names the file and says `broken.problem`.
func expectRefusal(
  of broken: BrokenFile, sourceLocation: SourceLocation = #_sourceLocation,
  by read: (Data, URL) throws -> Void
) {
  do {
    try read(broken.data, brokenURL)
    Issue.record("\(broken.fault) was accepted", sourceLocation: sourceLocation)
  } catch let error as FileError {
    #expect(error.file == brokenURL, sourceLocation: sourceLocation)
    #expect(
      error.problem.contains(broken.problem), "\(error.problem) lacks \(broken.problem)",
      sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) is not a FileError", sourceLocation: sourceLocation)
  }
}

extension Data {
  /// The bytes with those from `offset` on replaced.
  func replacing(at offset: Int, with bytes: some Collection<UInt8>) -> Data {
    var copy = self
    copy.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    return copy
  }
}
