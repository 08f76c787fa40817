import Datasets
import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Lab
@testable import TrainRoom

@Suite struct RunTests {
  private typealias Record = RunRecord<[String: Int], [String]>

  private func record(_ experiment: String = "made up", seed: Int = 1) -> Record {
    Record(experiment: experiment, configuration: ["seed": seed], workerCount: 1, data: nil)
  }

  private func read(_ folder: RunFolder) throws -> Record {
    try JSONFile.read(Record.self, from: folder.file(folder.recordName))
  }

  @Test("A record says when, from which commit and how long each stage took; it is complete last")
  func record() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url.appending(path: "run"))
      let run = try Run(record(), on: nil, in: folder) { _ in }
      let begun = try read(folder)
      #expect(!begun.complete && begun.stages == nil)
      try run.progress(.stage("one"))
      try run.progress(.step(done: 1, total: 2, unit: "things"))
      Thread.sleep(forTimeInterval: 0.02)
      try run.progress(.stage("two"))
      try run.complete(with: ["a"])
      let found = try read(folder)
      #expect(found.complete && found.results == ["a"] && found.stages?.map(\.name) == ["one", "two"])
      #expect((0.02..<10).contains(try #require(found.stages?.first?.seconds)))
      let date = try Date(#require(found.date), strategy: .iso8601)
      #expect(abs(date.timeIntervalSinceNow) < 60 && found.date?.hasSuffix("Z") == true)
      #expect(found.commit?.isEmpty == false)
    }
  }

  @Test("A record of an earlier version, without these, is read")
  func earlier() throws {
    let text = """
      {"experiment": "made up", "configuration": {}, "complete": true, "environment": {"toolVersion": "0.1.0",
      "oneDNNVersion": "2", "system": "s", "architecture": "x86_64", "workerCount": 1}}
      """
    let found = try JSONFile.decode(Record.self, from: Data(text.utf8), file: URL(filePath: "run.json"))
    #expect(found.date == nil && found.commit == nil && found.stages == nil)
  }

  @Test("A second run in the folder is refused and touches nothing; the same folder in parts shares one lock")
  func second() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url.appending(path: "run"))
      var first: Run<[String: Int], [String]>? = try Run(record(), on: nil, in: folder) { _ in }
      let before = try filesBelow(folder.url)
      let error = #expect(throws: FileError.self) { try Run(record(seed: 2), on: nil, in: folder) { _ in } }
      #expect(error?.problem.contains("another run is writing this folder (process ") == true)
      #expect(try filesBelow(folder.url) == before)
      let part = try Run(record("part"), on: nil, in: #require(first).folder.recording(as: "part.json")) {
        _ in
      }
      try part.complete(with: [])
      let inside = try Run(record("inside"), on: nil, in: #require(first).folder.folder("inside")) { _ in }
      #expect(throws: FileError.self) { try RunFolder(folder.file("inside")).locked() }
      try inside.complete(with: [])
      first = nil
      withExtendedLifetime(part) {}
    }
  }

  @Test("What earlier files are replaced by, and an empty folder, wait for the first result")
  func keepsEarlier() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url.appending(path: "run"))
      func failed() throws { _ = try Run(record(seed: 2), on: nil, in: folder, keepsEarlier: true) { _ in } }
      try failed()
      #expect(!FileManager.default.fileExists(atPath: folder.url.path))
      try Run(record(), on: nil, in: folder) { _ in }.complete(with: [])
      try failed()
      #expect(try read(folder).configuration == ["seed": 1])
    }
  }

  @Test("Folders of another experiment, a run.json that is no record and the data set itself are refused")
  func refused() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url.appending(path: "run"))
      try Run(record(), on: nil, in: folder) { _ in }.complete(with: [])
      var error = #expect(throws: FileError.self) { try Run(record("other"), on: nil, in: folder) { _ in } }
      #expect(error?.problem.contains("holds a run of made up, and this is one of other") == true)
      try Data(#"{"laps": 3}"#.utf8).write(to: folder.file("run.json"))
      error = #expect(throws: FileError.self) { try Run(record(), on: nil, in: folder) { _ in } }
      #expect(error?.problem.contains("is no record of Intrigue's") == true)

      var dataset = PoisonScene().dataset
      let data = url.appending(path: "data")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(at: url.appending(path: "link"), withDestinationURL: data)
      func isRefused(_ name: String) -> Bool {
        do {
          _ = try Run(record(), on: dataset, in: RunFolder(url.appending(path: name)), keepsEarlier: true) {
            _ in
          }
          return false
        } catch {
          return "\(error)".contains("holds the images of prototypes")
        }
      }
      dataset.origin = .folders(in: data)
      for name in ["data", "data/", "data/output", "data/a/../b/c", "link", "link/output", "x/../data"] {
        #expect(isRefused(name), "\(name)")
      }
      for name in ["database", "output", "."] { #expect(!isRefused(name), "\(name)") }
      dataset.origin = .files(in: data)
      #expect(isRefused("data") && isRefused("link") && !isRefused("data/output") && !isRefused("output"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == [])
    }
  }

  @Test(
    "What killed runs left half written goes when the next run begins, in the folder and in those that it opens"
  )
  func leftovers() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      let leftover = ".a.json.0123456789abcdef.partial"
      for place in ["", "figures/"] {
        try FileManager.default.createDirectory(at: folder.file(place), withIntermediateDirectories: true)
        try Data().write(to: folder.file(place + leftover))
      }
      _ = try RunFolder(url).folder("figures")
      #expect(folder.exists("figures/\(leftover)"), "no lock, no clearing away")
      let run = try Run(record(), on: nil, in: folder) { _ in }
      #expect(!folder.exists(leftover))
      _ = try run.folder.folder("figures")
      #expect(!folder.exists("figures/\(leftover)"))
    }
  }
}

@Suite struct RepeatedRunTests {
  @Test("Fields that differ between equal runs are left out, wherever they are, and no others")
  func comparable() throws {
    func text(_ json: String) throws -> String {
      String(
        decoding: try RepeatedRun.comparable(Data(json.utf8), file: URL(filePath: "run.json")), as: UTF8.self
      ).filter { !$0.isWhitespace }
    }
    #expect(
      try text(
        #"{"date": "d", "commit": "c", "stages": [], "data": {"checksum": "x", "date": 1}, "checksum": "y"}"#)
        == #"{"data":{"checksum":"x","date":1}}"#)
    #expect(
      try text(
        #"{"environment": {"workerCount": 2, "command": [], "system": "s", "toolVersion": "1"}, "results": {"history": [{"seconds": 1, "loss": 2}], "trainingSeconds": 3}}"#
      ) == #"{"environment":{"toolVersion":"1"},"results":{"history":[{"loss":2}]}}"#)
    #expect(throws: FileError.self) { try text("{") }
  }

  @Test("docs/file-formats.md lists the same fields")
  func documented() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../docs/file-formats.md")
    let text = try String(contentsOf: page.standardizedFileURL, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "## Fields that differ between equal runs").dropFirst().first)
    let table = section.components(separatedBy: "\n## ")[0]
    let listed = table.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap {
      $0.split(separator: "`").dropFirst().first.map(String.init)
    }
    #expect(listed == RepeatedRun.fieldsThatDiffer)
  }
}

@Suite struct CheckpointProgramTests {
  /// Rewrites what a checkpoint says of the program that left it.
  private static func edit(_ folder: RunFolder, _ change: (inout [String: Any]) -> Void) throws {
    let file = folder.file("checkpoint.safetensors")
    let container = try SafetensorsFile(contentsOf: file)
    var metadata = container.metadata
    let text = try #require(metadata["identity"])
    var identity = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    change(&identity)
    metadata["identity"] = String(
      decoding: try JSONSerialization.data(withJSONObject: identity, options: [.sortedKeys]), as: UTF8.self)
    try SafetensorsFile(tensors: container.tensors, metadata: metadata).write(to: file)
  }

  /// What is said of kernels that are "another".
  private static var difference: String {
    var other = EngineFingerprint.current
    other.kernelInstructionSet = "another"
    return other.difference(from: .current) ?? ""
  }

  private static let changes: [(words: String, change: @Sendable (inout [String: Any]) -> Void)] = [
    ("the revision of the program", { $0["revision"] = 0 }),
    // Of a version that wrote none.
    (
      "the revision of the program",
      {
        $0["revision"] = nil; $0["engine"] = nil
      }
    ),
    (
      "the instructions or libraries of the processor (\(difference))",
      { identity in
        var engine = identity["engine"] as? [String: Any]
        engine?["kernelInstructionSet"] = "another"
        identity["engine"] = engine
      }
    ),
  ]

  @Test(
    "A training of another program or processor is refused and stays; as part of an experiment it is done again",
    arguments: changes.indices)
  func program(_ index: Int) throws {
    let (words, change) = Self.changes[index]
    let scene = PoisonScene()
    func training(epochs: Int, isPart: Bool = false) -> TrainExperiment {
      TrainExperiment(
        TrainExperiment.Configuration(
          data: scene.data, architecture: .named("mlp"),
          training: TrainingConfiguration(epochCount: epochs, batchSize: 16), validationFraction: 0),
        workerCount: 1, isPart: isPart)
    }
    try withTemporaryFolder { url in
      let (whole, folder) = (RunFolder(url.appending(path: "whole")), RunFolder(url.appending(path: "run")))
      _ = try training(epochs: 2).run(on: scene.dataset, in: whole) { _ in }
      _ = try training(epochs: 1).run(on: scene.dataset, in: folder) { _ in }
      try Self.edit(folder, change)
      let before = try filesBelow(folder.url)
      let error = #expect(throws: RunConflict.self) {
        try training(epochs: 2).run(on: scene.dataset, in: folder) { _ in }
      }
      #expect(error?.differences == [words] && error?.description.contains("--fresh") == true)
      #expect(try filesBelow(folder.url) == before)
      let log = ProgressLog()
      _ = try training(epochs: 2, isPart: true).run(on: scene.dataset, in: folder) { log.note($0) }
      #expect(log.warnings.count == 1 && log.warnings[0].contains("\(words); it is done again"))
      #expect(!log.stages.contains { $0.hasPrefix("going on") })
      let model = "model.safetensors"
      #expect(try Data(contentsOf: folder.file(model)) == Data(contentsOf: whole.file(model)))
    }
  }
}
