import Directions
import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Lab
@testable import RankRoom

@Suite struct RankExperimentTests {
  private static let resultNames = ["directions.csv", "images.npy", "ranking.json", "scores.npy"]

  /// Ranks the 70 held-out images of a made-up data set into a folder named `name`.
  @discardableResult
  private func rank(
    _ gallery: MadeUpGallery, _ basis: DirectionFamily = .sphere, directions: Int? = nil,
    top: Int = 9,
    seed: UInt64 = 1, shard: Shard? = nil, layer: String? = nil, split: ImageSplit = .heldOut,
    into name: String, workerCount: Int = 2, cached: Bool = true, log: ProgressLog = ProgressLog()
  ) throws -> URL {
    let folder = RunFolder(gallery.folder.appending(path: name))
    let configuration = RankExperiment.Configuration(
      model: .model(path: gallery.folder.appending(path: "model.safetensors").path),
      data: DataSource(name: gallery.folder.appending(path: "data").path), layer: layer, pooling: .mean,
      basis: basis,
      directionCount: directions, topCount: top, seed: seed, split: split, shard: shard)
    try RankExperiment(configuration, workerCount: workerCount, cache: cached ? gallery.cache : nil).run(
      in: folder
    ) { log.note($0) }
    return folder.url
  }

  @discardableResult
  private func merge(_ parts: [URL], into folder: URL) throws -> RankingResults {
    try MergeExperiment(.init(folders: parts.map(\.path))).run(in: RunFolder(folder)) { _ in }
  }

  private func results(in folder: URL) throws -> [String: Data] {
    try Dictionary(
      uniqueKeysWithValues: Self.resultNames.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  private func remarks(in folder: URL) throws -> [String] {
    struct Remarks: Decodable { var remarks: [String]? }
    return try JSONFile.read(Remarks.self, from: folder.appending(path: "run.json")).remarks ?? []
  }

  @Test("What is left is the ranking of the layer's features, with the statistics of all scores")
  func content() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let run = try rank(gallery, .neurons, top: 6, into: "rank")
      let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
      let images = try gallery.dataset.heldOut
      let features = try FeatureMatrix(values: engine.features(of: images, layer: 2), layer: "relu1")
      let ranking = Ranking(of: features, along: .neurons(dimension: 12), topCount: 6)
      let numbers = try NPYFile(contentsOf: run.appending(path: "images.npy"))
      #expect(numbers.shape == [12, 6])
      #expect(numbers.elements == .integers(ranking.topImages.flatMap { $0.map(\.imageIndex) }))
      let scores = try NPYFile(contentsOf: run.appending(path: "scores.npy"))
      #expect(scores.elements == .floats(ranking.topImages.flatMap { $0.map(\.score) }))

      let table = try String(contentsOf: run.appending(path: "directions.csv"), encoding: .utf8)
        .split(separator: "\n").map {
          $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
      #expect(table.count == 13)
      let columns = table[0]
      func field(_ row: Int, _ name: String) throws -> String {
        table[row + 1][try #require(columns.firstIndex(of: name))]
      }
      #expect(try field(MadeUpGallery.deadUnit, "state") == "dead")
      #expect(try field(MadeUpGallery.constantUnit, "state") == "constant")
      let labels = ClassLabels(images.labels, classCount: 3)
      for unit in 0..<12 {
        let values = (0..<70).map { features.values.elements[$0 * 12 + unit] }
        let agreement = LabelAgreement(of: ranking.imageIndices(ofRow: unit), in: labels)
        #expect(try field(unit, "id") == ranking.directionIDs[unit])
        #expect(try Double(field(unit, "kappa")) == agreement.kappa)
        #expect(try Float(field(unit, "maximum")) == values.max())
        #expect(try Int(field(unit, "positive")) == values.count { $0 > 0 })
        let mean: Double = try #require(Statistics.mean(values))
        #expect(abs(try #require(Double(field(unit, "mean"))) - mean) <= 1e-12)
      }
    }
  }

  @Test(
    "Merged shards leave the bytes of a single run, in any order and for any number of them",
    arguments: [DirectionFamily.neurons, .sphere, .haar, .cosine, .principalComponents], [1, 2, 3, 7])
  func sharding(basis: DirectionFamily, count: Int) throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let top = 25  // more than a seventh of the images
      let directions = basis == .sphere ? 80 : nil
      let whole = try results(in: rank(gallery, basis, directions: directions, top: top, into: "whole"))
      let parts = try (1...count).map { number in
        try rank(
          gallery, basis, directions: directions, top: top, shard: Shard(number, of: count),
          into: "part \(number)", workerCount: number, cached: number % 2 == 0)
      }
      let merged = folder.appending(path: "merged")
      try merge(parts.reversed(), into: merged)
      #expect(try results(in: merged) == whole)
      let names = try FileManager.default.contentsOfDirectory(atPath: merged.path).sorted()
      #expect(names == (Self.resultNames + ["run.json"]).sorted())
    }
  }

  @Test("What κ can reach is said where no class has k images, of merged shards as of a single run")
  func largestKappa() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let whole = try remarks(in: rank(gallery, .neurons, top: 60, into: "whole"))
      #expect(whole.count == 1 && whole.first?.hasPrefix("κ of 60 images is 0.") == true, "\(whole)")
      let parts = try (1...2).map {
        try rank(gallery, .neurons, top: 60, shard: Shard($0, of: 2), into: "part \($0)")
      }
      let merged = folder.appending(path: "merged")
      try merge(parts, into: merged)
      #expect(try remarks(in: merged) == whole)
    }
  }

  @Test("Workers and the cache change nothing; another seed does")
  func reproducible() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let first = try results(in: rank(gallery, directions: 40, into: "a", workerCount: 1, cached: false))
      let log = ProgressLog()
      #expect(try results(in: rank(gallery, directions: 40, into: "b", workerCount: 3)) == first)
      #expect(try results(in: rank(gallery, directions: 40, into: "c", log: log)) == first)
      #expect(log.stages.contains("reading layer relu1 of 70 held-out images from the cache"))
      #expect(try results(in: rank(gallery, directions: 40, seed: 2, into: "d")) != first)
    }
  }

  /// Changes what a part says of the engine that computed it.
  private func change(_ part: URL, _ change: (inout [String: Any]?) -> Void) throws {
    let file = part.appending(path: "part.json")
    var header = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    var subject = try #require(header["subject"] as? [String: Any])
    var engine = subject["engine"] as? [String: Any]
    try #require(engine != nil)
    change(&engine)
    subject["engine"] = engine
    header["subject"] = subject
    try JSONSerialization.data(withJSONObject: header).write(to: file)
  }

  @Test(
    "Another version of the program decides nothing where its rankings are the same; another revision does")
  func revisions() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let parts = try (1...2).map { try rank(gallery, shard: Shard($0, of: 2), into: "part \($0)") }
      func merge(_ name: String) throws {
        try MergeExperiment(.init(folders: parts.map(\.path))).run(
          in: RunFolder(folder.appending(path: name))
        ) { _ in }
      }
      let file = parts[1].appending(path: "part.json")
      func setSubject(_ key: String, _ value: Any) throws {
        try editJSON(file) { header in
          var subject = try #require(header["subject"] as? [String: Any])
          subject[key] = value
          header["subject"] = subject
        }
      }
      try setSubject("toolVersion", "9.9.9")
      try merge("version")
      try setSubject("revision", 7)
      let error = #expect(throws: FileError.self) { try merge("revision") }
      #expect(error?.problem.contains("ranked by another revision of the program") == true)
      try setSubject("revision", 1)
      try setSubject("classNames", ["other"])
      #expect(throws: FileError.self) { try merge("classes") }
    }
  }

  @Test("Parts of an earlier version, which name no engine, are merged with a warning")
  func earlierParts() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let parts = try (1...2).map { try rank(gallery, shard: Shard($0, of: 2), into: "part \($0)") }
      let log = ProgressLog()
      func merge(_ name: String) throws -> [String: Data] {
        let merged = folder.appending(path: name)
        try MergeExperiment(.init(folders: parts.map(\.path))).run(in: RunFolder(merged)) { log.note($0) }
        return try results(in: merged)
      }
      let now = try merge("now")
      #expect(log.warnings == [])
      for part in parts { try change(part) { $0 = nil } }
      let then = try merge("then")
      #expect(log.warnings.count == 1 && log.warnings[0].contains("do not say with which instructions"))
      #expect(then["scores.npy"] == now["scores.npy"] && then["ranking.json"] != now["ranking.json"])
    }
  }

  /// Ways in which parts do not fit, with what is said, given three good ones.
  private static let misfits:
    [(
      name: String, words: [String],
      parts: @Sendable (RankExperimentTests, MadeUpGallery, [URL]) throws -> [URL]
    )] = [
      ("the last is missing", ["46 to 69", "none of the 2 parts"], { _, _, parts in [parts[1], parts[0]] }),
      ("the first is missing", ["0 to 22", "none of the 2 parts"], { _, _, parts in [parts[2], parts[1]] }),
      ("one between is missing", ["23 to 45", "none of"], { _, _, parts in [parts[0], parts[2]] }),
      ("one alone", ["23 to 69", "the only one"], { _, _, parts in [parts[0]] }),
      ("one twice", ["0 to 22", "as well"], { _, _, parts in parts + [parts[0]] }),
      (
        "overlapping", ["35 to 45", "as well"],
        { test, gallery, parts in parts + [try test.rank(gallery, shard: Shard(2, of: 2), into: "other")] }
      ),
      (
        "another seed", ["another ranking", "seed 2, expected 1"],
        { test, gallery, parts in
          parts.dropLast() + [try test.rank(gallery, seed: 2, shard: Shard(3, of: 3), into: "other")]
        }
      ),
      (
        "another basis", ["another ranking", "basis haar, expected sphere"],
        { test, gallery, parts in
          parts.dropLast() + [try test.rank(gallery, .haar, shard: Shard(3, of: 3), into: "other")]
        }
      ),
      (
        "another layer", ["another ranking", "layer fc1"],
        { test, gallery, parts in
          parts.dropLast() + [try test.rank(gallery, shard: Shard(3, of: 3), layer: "fc1", into: "other")]
        }
      ),
      (
        "another split", ["another ranking", "split training, expected held-out"],
        { test, gallery, parts in
          parts.dropLast() + [
            try test.rank(gallery, shard: Shard(3, of: 3), split: .training, into: "other")
          ]
        }
      ),
      (
        "another engine",
        [
          "another ranking", "of our kernels MMX, expected", "OpenBLAS for Katmai, expected",
          "--instruction-set",
        ],
        { test, _, parts in
          try test.change(parts[2]) { engine in
            engine?["kernelInstructionSet"] = "MMX"
            engine?["openBLASCore"] = "Katmai"
          }
          return parts
        }
      ),
      (
        "a part of an earlier version among others", ["another ranking", "rank the older part again"],
        { test, _, parts in
          try test.change(parts[1]) { $0 = nil }
          return parts
        }
      ),
      (
        "a whole ranking", ["no finished part", "part.json"],
        { test, gallery, parts in parts + [try test.rank(gallery, into: "whole")] }
      ),
      (
        "an unfinished part", ["no finished part", "part.json"],
        { _, _, parts in
          try FileManager.default.removeItem(at: parts[1].appending(path: "part.json"))
          return parts
        }
      ),
      (
        "a damaged part", ["part-scores.npy", "checksum"],
        { _, _, parts in
          let file = parts[1].appending(path: "part-scores.npy")
          var data = try Data(contentsOf: file)
          data[data.count - 3] ^= 1
          try data.write(to: file)
          return parts
        }
      ),
    ]

  @Test(
    "Parts that do not make a whole are refused by name, and earlier results stay", arguments: misfits.indices
  )
  func misfit(index: Int) throws {
    let (name, words, parts) = Self.misfits[index]
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let good = try (1...3).map { try rank(gallery, shard: Shard($0, of: 3), into: "part \($0)") }
      let merged = folder.appending(path: "merged")
      try merge(good, into: merged)
      let before = try results(in: merged)
      let given = try parts(self, gallery, good)
      do {
        try merge(given, into: merged)
        Issue.record("\(name): was merged")
      } catch let error as FileError {
        for word in words { #expect("\(error)".contains(word), "\(name): \(error)") }
      }
      #expect(try results(in: merged) == before)
    }
  }

  @Test("What cannot be ranked is refused before anything is written")
  func refused() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      #expect(throws: RankError.topBeyondImages(asked: 71, images: 70, split: .heldOut)) {
        try rank(gallery, top: 71, into: "no")
      }
      #expect(throws: RankError.tooManyDirections(asked: 13, units: 12, layer: "relu1")) {
        try rank(gallery, .haar, directions: 13, into: "no")
      }
      #expect(throws: RankError.emptyShard(Shard(1, of: 71), images: 70)) {
        try rank(gallery, shard: Shard(1, of: 71), into: "no")
      }
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "no").path))
    }
  }
}
