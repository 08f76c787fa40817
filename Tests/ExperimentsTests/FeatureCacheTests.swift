import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Experiments

@Suite struct FeatureCacheTests {
  private static let key = FeatureCache.Key(
    modelChecksum: "m", dataChecksum: "d", split: .heldOut, layer: "relu1", pooling: .mean)
  private static let features = Tensor(shape: [3, 2], elements: [1, -2, 0.5, 1e-30, 3e30, 0])

  private func withCache(_ body: (FeatureCache) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let cache = FeatureCache(folder: folder.appending(path: "new/features"))
      try cache.store(Self.features, under: Self.key)
      try body(cache)
    }
  }

  @Test("What was stored is found, bit by bit, and is a NumPy file")
  func roundTrip() throws {
    try withCache { cache in
      #expect(cache.lookup(Self.key, rows: 3, columns: 2) == .found(Self.features))
      let array = try NPYFile(contentsOf: cache.file(for: Self.key))
      #expect(array == NPYFile(Self.features))
    }
  }

  @Test("Another model, data set, split, layer, pooling, engine or format is another key, and is absent")
  func otherKeys() throws {
    let changes: [(inout FeatureCache.Key) -> Void] = [
      { $0.modelChecksum = "n" }, { $0.dataChecksum = "e" }, { $0.split = .training }, { $0.layer = "fc1" },
      { $0.pooling = .max }, { $0.pooling = .none },
      { $0.engine = "oneDNN 9" }, { $0.format = "2" },
      { ($0.modelChecksum, $0.dataChecksum) = ("md", "") },
    ]
    try withCache { cache in
      var digests: Set = [Self.key.digest]
      for change in changes {
        var key = Self.key
        change(&key)
        digests.insert(key.digest)
        #expect(cache.lookup(key, rows: 3, columns: 2) == .absent)
      }
      #expect(digests.count == changes.count + 1)
    }
  }

  @Test("Features without their manifest, which is written last, are absent")
  func noManifest() throws {
    try withCache { cache in
      try FileManager.default.removeItem(at: cache.manifest(for: Self.key))
      #expect(cache.lookup(Self.key, rows: 3, columns: 2) == .absent)
    }
  }

  /// Ways in which a cache can be wrong, each with a part of the reason given.
  private static let damages:
    [(name: String, reason: String, damage: @Sendable (FeatureCache) throws -> Void)] = [
      ("truncated", "checksum", { try edit($0.file(for: key)) { $0.removeLast(4) } }),
      ("empty", "checksum", { try edit($0.file(for: key)) { $0 = Data() } }),
      ("one bit altered", "checksum", { try edit($0.file(for: key)) { $0[$0.count - 7] ^= 1 } }),
      ("features gone", "does not exist", { try FileManager.default.removeItem(at: $0.file(for: key)) }),
      ("manifest is no JSON", "not JSON", { try edit($0.manifest(for: key)) { $0.removeLast(20) } }),
      ("manifest lacks a key", "lacks the key", { try Data("{}".utf8).write(to: $0.manifest(for: key)) }),
      (
        "manifest of other features", "something else",
        { cache in
          var other = key
          other.layer = "fc1"
          try cache.store(features, under: other)
          try Data(contentsOf: cache.manifest(for: other)).write(to: cache.manifest(for: key))
        }
      ),
      (
        "too few rows, whole otherwise", "has shape",
        { try $0.store(Tensor(shape: [2, 2], elements: [1, 2, 3, 4]), under: key) }
      ),
      (
        "transposed, whole otherwise", "has shape",
        { try $0.store(features.reshaped([2, 3]), under: key) }
      ),
      (
        "a NaN, whole otherwise", "nan",
        { try $0.store(Tensor(shape: [3, 2], elements: [1, 2, 3, .nan, 5, 6]), under: key) }
      ),
      (
        "bytes instead of floats, whole otherwise", "float32",
        { cache in
          let data = NPYFile(shape: [3, 2], elements: .bytes([1, 2, 3, 4, 5, 6])).encoded()
          try data.write(to: cache.file(for: key))
          let manifest = FeatureCache.Manifest(
            key: key, rows: 3, columns: 2, fileChecksum: Checksum.hexadecimal(of: data))
          try JSONFile.write(manifest, to: cache.manifest(for: key))
        }
      ),
    ]

  @Test("A damaged or stale file is not trusted, and the reason is said", arguments: damages.indices)
  func damaged(index: Int) throws {
    let (name, expected, damage) = Self.damages[index]
    try withCache { cache in
      try damage(cache)
      guard case .unusable(let reason) = cache.lookup(Self.key, rows: 3, columns: 2) else {
        Issue.record("\(name): was trusted")
        return
      }
      #expect(reason.contains(expected), "\(name)")
      try cache.store(Self.features, under: Self.key)
      #expect(cache.lookup(Self.key, rows: 3, columns: 2) == .found(Self.features), "\(name): repaired")
    }
  }

  @Test("Features read from the cache are those computed, and cost no second computation")
  func hitEqualsMiss() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
      let images = try gallery.dataset.heldOut
      func features(_ log: ProgressLog) throws -> Tensor {
        try engine.features(of: images, layer: 2, key: Self.key, cache: gallery.cache) { log.note($0) }
      }
      let (first, second, third) = (ProgressLog(), ProgressLog(), ProgressLog())
      let computed = try features(first)
      let direct = try engine.features(of: images, layer: 2)
      #expect(computed == direct)
      #expect(try features(second) == computed)
      #expect(first.stages == ["computing layer relu1 of 70 held-out images"])
      #expect(second.stages == ["reading layer relu1 of 70 held-out images from the cache"])
      try Self.edit(gallery.cache.file(for: Self.key)) { $0[200] ^= 64 }
      #expect(try features(third) == computed)
      #expect(third.warnings.count == 1 && third.stages == first.stages)
    }
  }

  @Test("A cache that cannot be written costs a warning, not the experiment")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      try Data().write(to: folder.appending(path: "cache"))  // a file where the folder should be
      let log = ProgressLog()
      try gallery.run(gallery.configuration(), log: log)
      #expect(log.warnings.count == 2 && log.warnings.allSatisfy { $0.contains("not cached") })
    }
  }

  private static func edit(_ file: URL, _ change: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: file)
    change(&data)
    try data.write(to: file)
  }
}
