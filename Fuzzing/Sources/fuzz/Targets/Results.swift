import Directions
import Foundation
import Storage
import Tensors

@testable import Lab
@testable import RankRoom
@testable import Reports

/// A part of a ranking, as `merge` reads it: `part.json` and its arrays. Seeds are in the corpus.
struct RankingPartTarget: FuzzTarget {
  static let name = "ranking-part"
  private static let arrays = ["images", "scores", "extremes", "sums", "labels"].map { "part-\($0).npy" }
  private let folder: URL

  init(in folder: URL) { self.folder = folder }

  var seeds: [Data] { [] }

  func read(_ data: Data) throws {
    let files = FileSet(data)
    for (number, name) in (["part.json"] + Self.arrays).enumerated() {
      try files[number].write(to: folder.appending(path: name))
    }
    let part = try RankingPart(RankingPart.header(in: folder), in: folder)
    if part.images == 0..<part.subject.imageCount {
      _ = try RankingResults.make(from: part, in: RunFolder(folder))
    }
  }

  /// Goes into one of the files; checksums then agree, but for one time in ten.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    var set = FileSet(data)
    guard set.files.count == 1 + Self.arrays.count, !draws.happens(oneIn: 10) else {
      return Damage.raw(data, capacity: capacity)
    }
    let number = draws.happens(oneIn: 2) ? 0 : 1 + draws.index(Self.arrays.count)
    let room = max(1, capacity - data.count + set[number].count)
    set.files[number] =
      number == 0
      ? Damage.json(set[0], capacity: room, using: &draws)
      : NPYTarget(in: folder).damaged(set[number], capacity: room, using: &draws)
    if var header = try? JSONSerialization.jsonObject(with: set[0]) as? [String: Any], number > 0 {
      header["checksums"] = Dictionary(
        uniqueKeysWithValues: zip(Self.arrays, set.files.dropFirst()).map {
          ($0, Checksum.hexadecimal(of: $1))
        })
      set.files[0] = (try? JSONSerialization.data(withJSONObject: header, options: .sortedKeys)) ?? set[0]
    }
    return set.data
  }
}

/// Kept features: a manifest and blocks of five images with two units.
struct FeatureCacheTarget: FuzzTarget {
  static let name = "feature-cache"
  private static let imageCount = 5
  private static let unitCount = 2
  private let store: FeatureStore

  init(in folder: URL) {
    let key = FeatureCache.Key(
      modelChecksum: "m", dataChecksum: "d", split: .heldOut, layer: "relu1", pooling: .none)
    var store = FeatureStore(
      folder: folder, key: key, imageCount: Self.imageCount, unitCount: Self.unitCount)
    store.imagesPerBlock = 2
    self.store = store
  }

  private var files: [URL] { [store.manifestFile] + (0..<store.blockCount).map(store.file(ofBlock:)) }

  var seeds: [Data] {
    get throws {
      let features = Tensor(shape: [5, 2], elements: [1, -2, 0.5, 1e-30, 3e30, 0, -0.0, 7, 8, 9])
      var contents = store.contents(workerCount: 1)
      for block in 0..<store.blockCount {
        try store.write(
          features.rows(store.images(ofBlock: block)), asBlock: block, correctCount: block, to: &contents)
      }
      try store.finish(&contents)
      return [FileSet(try files.map { try Data(contentsOf: $0) }).data]
    }
  }

  func read(_ data: Data) throws {
    let set = FileSet(data)
    for (number, file) in files.enumerated() { try set[number].write(to: file) }
    let contents = store.contents(workerCount: 1)
    _ = contents.correctCount
    guard contents.isComplete else {
      throw FileError(file: store.manifestFile, problem: contents.problem ?? "is not complete")
    }
    let sum = try store.mapped().withFloats { $0.reduce(0, +) }
    guard !sum.isNaN else { fatalError("a value that is no number was let through") }
  }

  /// Goes into one of the files; of a block the checksum then agrees.
  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    var set = FileSet(data)
    guard set.files.count == files.count, !draws.happens(oneIn: 10) else {
      return Damage.raw(data, capacity: capacity)
    }
    let number = draws.happens(oneIn: 2) ? 0 : 1 + draws.index(files.count - 1)
    let room = max(1, capacity - data.count + set[number].count)
    guard number > 0 else {
      set.files[0] = Damage.json(set[0], capacity: room, using: &draws)
      return set.data
    }
    set.files[number] = Damage.raw(set[number], capacity: room)
    if var manifest = try? JSONSerialization.jsonObject(with: set[0]) as? [String: Any],
      var blocks = manifest["blocks"] as? [[String: Any]], blocks.indices.contains(number - 1)
    {
      blocks[number - 1]["checksum"] = Checksum.hexadecimal(of: set[number])
      manifest["blocks"] = blocks
      set.files[0] = (try? JSONSerialization.data(withJSONObject: manifest, options: .sortedKeys)) ?? set[0]
    }
    return set.data
  }
}

/// `run.json` of any experiment, as `report` reads it. Seeds are in the corpus.
struct RecordTarget: FuzzTarget {
  static let name = "record"
  private let folder: RunFolder

  init(in folder: URL) { self.folder = RunFolder(folder) }

  var seeds: [Data] { [] }

  func read(_ data: Data) throws {
    try data.write(to: folder.file(folder.recordName))
    _ = try RunSummary.read(folder)
  }

  func damaged(_ data: Data, capacity: Int, using draws: inout Draws) -> Data {
    Damage.json(data, capacity: capacity, using: &draws)
  }
}
