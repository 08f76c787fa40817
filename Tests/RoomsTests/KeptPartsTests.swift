import Datasets
import Foundation
import Networks
import Storage
import Testing

@testable import Lab
@testable import PoisonRoom
@testable import ShiftRoom
@testable import SmoothRoom

/// Changes a JSON file as somebody with an editor would.
func editJSON(_ file: URL, _ change: (inout [String: Any]) throws -> Void) throws {
  var object = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  try change(&object)
  try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys]).write(to: file)
}

@Suite struct KeptPartsTests {
  private struct Settings: Codable, Equatable {
    var epsilon: Float
    var target: Int?
  }
  private struct Value: Codable, Equatable {
    var shares: [Double]
    var radius: Float?
  }

  private func kept(
    in folder: RunFolder, revision: Int = 1, data: String = "d", epsilon: Float = 0.1,
    log: ProgressLog = ProgressLog(),
    files: [String] = [], _ share: Double
  ) throws -> Value {
    try KeptParts(of: "made up", revisions: ["made up": revision]) { log.note($0) }.kept(
      "part.json", in: folder, checksums: ["data": data], settings: Settings(epsilon: epsilon), files: files
    ) { Value(shares: [share, 1 / 3], radius: 0.1) }
  }

  @Test(
    "A part is believed under its own identity alone; other settings and data are measured again without a word"
  )
  func identity() throws {
    try withTemporaryFolder { url in
      let (folder, log) = (RunFolder(url), ProgressLog())
      func share(_ measured: Double, data: String = "d", epsilon: Float = 0.1) throws -> Double {
        try kept(in: folder, data: data, epsilon: epsilon, log: log, measured).shares[0]
      }
      let found = [
        try share(1), try share(2), try share(3, epsilon: 0.2), try share(4, data: "e", epsilon: 0.2),
        try share(5),
      ]
      #expect(found == [1, 1, 3, 4, 5])
      #expect(log.warnings == [])
    }
  }

  @Test("A part under another part's name is measured again")
  func renamed() throws {
    try withTemporaryFolder { url in
      let (folder, log) = (RunFolder(url), ProgressLog())
      let parts = KeptParts(of: "made up", revisions: [:]) { log.note($0) }
      func part(_ name: String, _ value: Int) throws -> Int {
        try parts.kept(name, in: folder, checksums: [:], settings: 0) { value }
      }
      #expect(try part("a.json", 1) == 1)
      try FileManager.default.copyItem(at: folder.file("a.json"), to: folder.file("b.json"))
      #expect(try part("b.json", 2) == 2 && part("a.json", 3) == 1 && part("b.json", 4) == 2)
    }
  }

  @Test("Another revision is measured again, with one remark for all parts")
  func revision() throws {
    try withTemporaryFolder { url in
      let (folder, log) = (RunFolder(url), ProgressLog())
      let (old, new) = (
        KeptParts(of: "made up", revisions: ["made up": 1]) { log.note($0) },
        KeptParts(of: "made up", revisions: ["made up": 2]) { log.note($0) }
      )
      for (parts, value) in [(old, 1), (new, 2), (new, 3)] {
        for name in ["a.json", "b.json"] {
          let found = try parts.kept(name, in: folder, checksums: [:], settings: 0) { value }
          #expect(found == min(value, 2))
        }
      }
      #expect(
        log.warnings.count == 1 && log.warnings[0].contains("by another revision of the program, in a.json"))
    }
  }

  @Test(
    "Changed content, files beside it that changed, and what is no part are measured again, with a remark")
  func content() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      let (file, beside) = (url.appending(path: "part.json"), url.appending(path: "images.npy"))
      try Data([1, 2]).write(to: beside)
      func measured(_ share: Double) throws -> (share: Double, warnings: [String]) {
        let log = ProgressLog()
        let value = try kept(in: folder, log: log, files: ["images.npy"], share)
        return (value.shares[0], log.warnings)
      }
      #expect(try measured(1).share == 1 && measured(7).share == 1)
      #expect(try measured(2).warnings == [])
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(text.replacing("0.333", with: "0.334").utf8).write(to: file)
      var found = try measured(3)
      #expect(
        found.share == 3 && found.warnings.count == 1
          && found.warnings[0].contains("part.json: is not what was"))
      try Data([1, 3]).write(to: beside)
      found = try measured(4)
      #expect(
        found.share == 4 && found.warnings.count == 1
          && found.warnings[0].contains("the images.npy beside it"))
      // Of a version before this one, and no JSON at all.
      for text in [#"{"identity": {"toolVersion": "0.1.0"}, "value": 7}"#, "{"] {
        try Data(text.utf8).write(to: file)
        found = try measured(5)
        #expect(
          found.share == 5 && found.warnings.count == 1 && found.warnings[0].contains("earlier version"))
      }
      let last = try measured(6)
      #expect(last.share == 5 && last.warnings == [])
    }
  }
}

/// Every experiment that keeps parts believes none that another revision, processor, model or hand has left.
@Suite struct KeptEverywhereTests {
  /// An experiment, small, and how many parts it keeps.
  struct Kind: CustomTestStringConvertible, Sendable {
    let name: String
    let partCount: Int
    let run: @Sendable (_ folder: URL, _ progress: @escaping ProgressHandler) throws -> Void
    var testDescription: String { name }
  }

  static let kinds = [
    Kind(name: "pool", partCount: 1) {
      let pool = try PoolScene()
      try pool.run(pool.configuration([.deepFool], imageCount: 10), in: $0, progress: $1)
    },
    Kind(name: "smooth", partCount: 2) {
      let configuration = SmoothingTests.configuration {
        $0.levels.removeLast()
        $0.epsilons.removeLast()
        $0.imageCount = 5
      }
      _ = try SmoothingTests.run(configuration, in: $0, progress: $1)
    },
    Kind(name: "poison labels", partCount: 2) {
      let scene = PoisonScene(epochs: 1)
      var configuration = LabelPoisonExperimentTests().configuration(scene)
      configuration.repetitions = 1
      _ = try LabelPoisonExperiment(configuration, workerCount: 1).run(
        on: scene.dataset, in: RunFolder($0), progress: $1)
    },
    Kind(name: "poison backdoor", partCount: 2) {
      let scene = PoisonScene(epochs: 1)
      var configuration = BackdoorExperimentTests().configuration(scene)
      configuration.repetitions = 1
      _ = try BackdoorExperiment(configuration, workerCount: 1).run(
        on: scene.dataset, in: RunFolder($0), progress: $1)
    },
    Kind(name: "poison collision", partCount: 2) {
      let scene = PoisonScene(epochs: 1)
      _ = try CollisionExperiment(CollisionExperimentTests().configuration(scene), workerCount: 1).run(
        on: scene.dataset, in: RunFolder($0), progress: $1)
    },
    Kind(name: "poison linear", partCount: 4) {
      let scene = PoisonScene(epochs: 1)
      _ = try LinearPoisonExperiment(LinearPoisonExperimentTests().configuration(scene), workerCount: 1).run(
        on: scene.dataset, in: RunFolder($0), progress: $1)
    },
    Kind(name: "shift", partCount: 2) {
      _ = try ShiftTests.run(ShiftTests.configuration { $0.networkCount = 1 }, in: $0, progress: $1)
    },
    Kind(name: "privacy", partCount: 8) {
      _ = try PrivacyExperimentTests.experiment(in: $0.appending(path: "in"), epsilons: [20], epochCount: 1)
        .run(
          in: RunFolder($0.appending(path: "run")), progress: $1)
    },
    Kind(name: "transfer", partCount: 3) {
      _ = try TransferExperimentTests().experiment(in: $0.appending(path: "in"), imageCount: 10).run(
        in: RunFolder($0.appending(path: "run")), progress: $1)
    },
    Kind(name: "substitute", partCount: 1) {
      let tests = SubstituteTests()
      _ = try tests.run(
        AttackScene(), tests.configuration(rounds: 1, repetitions: 1), in: $0, progress: $1)
    },
    Kind(name: "compare", partCount: 1) {
      _ = try CompareExperimentTests().experiment(
        in: $0.appending(path: "in"), networkCount: 1, rotationCount: 19
      )
      .run(in: RunFolder($0.appending(path: "run")), progress: $1)
    },
    Kind(name: "reproduce", partCount: 1) {
      _ = try ReproductionExperimentTests().experiment(
        in: $0.appending(path: "in"), tables: [.goodfellowAgreement]
      ).run(in: RunFolder($0.appending(path: "run")), progress: $1)
    },
  ]

  /// A way in which a part is not this program's, and whether that is said.
  struct Change: Sendable {
    let name: String
    let isTold: Bool
    let change: @Sendable (inout [String: Any]) throws -> Void
  }

  private static func identity(_ part: inout [String: Any], _ change: (inout [String: Any]) throws -> Void)
    throws
  {
    var identity = try #require(part["identity"] as? [String: Any])
    try change(&identity)
    part["identity"] = identity
  }

  private static func program(_ part: inout [String: Any], _ change: (inout [String: Any]) throws -> Void)
    throws
  {
    try identity(&part) { identity in
      var program = try #require(identity["program"] as? [String: Any])
      try change(&program)
      identity["program"] = program
    }
  }

  /// The first number of the content, one more.
  private static func raised(_ value: Any, _ isDone: inout Bool) -> Any {
    if isDone { return value }
    if let list = value as? [Any] { return list.map { raised($0, &isDone) } }
    if let object = value as? [String: Any] {
      return object.sorted { $0.key < $1.key }.reduce(into: [String: Any]()) {
        $0[$1.key] = raised($1.value, &isDone)
      }
    }
    guard let number = value as? NSNumber, !(value is Bool) else { return value }
    isDone = true
    return number.doubleValue + 1
  }

  static let changes = [
    Change(name: "none", isTold: false) { _ in },
    Change(name: "revision", isTold: true) { part in
      try program(&part) { program in
        let revisions = try #require(program["revisions"] as? [String: Int])
        #expect(!revisions.isEmpty)
        program["revisions"] = revisions.mapValues { $0 - 1 }
      }
    },
    Change(name: "experiment", isTold: true) { try program(&$0) { $0["experiment"] = "another" } },
    Change(name: "engine", isTold: true) { part in
      try program(&part) { program in
        var engine = try #require(program["engine"] as? [String: Any])
        engine["kernelInstructionSet"] = "another"
        program["engine"] = engine
      }
    },
    Change(name: "checksums", isTold: false) { part in
      try identity(&part) { identity in
        let checksums = try #require(identity["checksums"] as? [String: String])
        #expect(checksums["data"]?.count == 64)
        identity["checksums"] = checksums.mapValues { "0" + $0.dropFirst() + "0" }
      }
    },
    Change(name: "content", isTold: true) { part in
      var isDone = false
      part["content"] = raised(try #require(part["content"]), &isDone)
      #expect(isDone)
    },
  ]

  @Test(
    "Parts of another program, data or hand are measured again; unchanged ones are believed", arguments: kinds
  )
  func measuredAgain(_ kind: Kind) throws {
    try withTemporaryFolder { folder in
      try kind.run(folder) { _ in }
      func parts() throws -> [String: Data] {
        try filesBelow(folder).filter { name, data in
          name.hasSuffix(".json")
            && ((try? JSONSerialization.jsonObject(with: data)) as? [String: Any])?.keys.sorted()
              == ["checksum", "content", "identity"]
        }.mapValues { try RepeatedRun.comparable($0, file: folder) }
      }
      let first = try parts()
      #expect(first.count == kind.partCount, "\(first.keys.sorted())")
      for change in Self.changes {
        for name in first.keys {
          try editJSON(folder.appending(path: name)) { part in
            // Gone as soon as the part is written anew.
            part["touched"] = true
            try change.change(&part)
          }
        }
        let log = ProgressLog()
        try kind.run(folder) { log.note($0) }
        let again = try parts()
        if change.name == "none" {
          #expect(again.isEmpty, "believed parts are not written again")
          for name in first.keys { try editJSON(folder.appending(path: name)) { $0["touched"] = nil } }
          #expect(try parts() == first)
        } else {
          #expect(again == first, "\(change.name)")
          #expect(log.warnings.contains { $0.contains("measured again") } == change.isTold, "\(change.name)")
        }
      }
    }
  }
}
