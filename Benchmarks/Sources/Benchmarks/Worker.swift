import Foundation

/// A child process that has prepared one row's work and does it once each time it is asked.
///
/// Both sides are such processes, so neither pays for the other's memory or threads.
final class Worker {
  /// Images in one repetition.
  let imageCount: Int
  let versions: [String: String]
  let settings: [String: String]

  private let process: Process
  private let requests: FileHandle
  private var answers: LineReader

  /// Starts a program and waits until it has prepared its work.
  ///
  /// - Throws: ``WorkerUnavailable`` when it cannot take part.
  init(executable: URL, arguments: [String]) throws {
    let (input, output) = (Pipe(), Pipe())
    process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    requests = input.fileHandleForWriting
    answers = LineReader(output.fileHandleForReading)
    do {
      try process.run()
    } catch {
      throw WorkerUnavailable(reason: "\(executable.path) does not start: \(error.localizedDescription)")
    }
    switch try answers.next(WorkerGreeting.self) {
    case .ready(let imageCount, let versions, let settings):
      self.imageCount = imageCount
      self.versions = versions
      self.settings = settings
      PeakMemory.restart(ofProcess: process.processIdentifier)
    case .unavailable(let reason):
      throw WorkerUnavailable(reason: reason)
    }
  }

  /// Does the work once.
  ///
  /// - Returns: How long it took by the worker's own clock, with what it counted.
  func repetition() throws -> WorkerAnswer {
    try requests.write(contentsOf: Data("run\n".utf8))
    return try answers.next(WorkerAnswer.self)
  }

  /// The most memory that the process has held at once since it was ready, in bytes; nil where the system does not
  /// tell.
  var peakMemory: Int? { PeakMemory.ofProcess(process.processIdentifier) }

  /// Lets the process end: there are no more requests.
  func finish() {
    try? requests.close()
    process.waitUntilExit()
  }
}

/// Why a side is not measured, in one clause.
struct WorkerUnavailable: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}

/// Reads JSON values, one per line.
private struct LineReader {
  private let file: FileHandle
  private var unread = Data()

  init(_ file: FileHandle) { self.file = file }

  mutating func next<Message: Decodable>(_ type: Message.Type) throws -> Message {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[..<end]
        unread = Data(unread[(end + 1)...])
        return try JSONDecoder().decode(type, from: line)
      }
      let arrived = file.availableData
      guard !arrived.isEmpty else { throw WorkerUnavailable(reason: "it ended without an answer") }
      unread += arrived
    }
  }
}
