import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Lab

@Suite struct FeatureCacheTests {
  private static let key = FeatureCache.Key(
    modelChecksum: "m", dataChecksum: "d", split: .heldOut, layer: "relu1", pooling: .mean)

  @Test("Another model, data set, split, layer, pooling, shard, engine or format is another folder")
  func otherKeys() {
    let changes: [(inout FeatureCache.Key) -> Void] = [
      { $0.modelChecksum = "n" }, { $0.dataChecksum = "e" }, { $0.split = .training }, { $0.layer = "fc1" },
      { $0.pooling = .max }, { $0.pooling = .none },
      { $0.shard = Shard(1, of: 1) }, { $0.shard = Shard(1, of: 2) }, { $0.engine.revision += 1 },
      { $0.engine.oneDNNVersion = "9" }, { $0.engine.oneDNNInstructionSet = "MMX" },
      { $0.engine.kernelInstructionSet = "MMX" }, { $0.engine.openBLASCore = "Katmai" },
      { $0.engine.mathLibrary = "libm 5" },
      { $0.format = "2" }, { ($0.modelChecksum, $0.dataChecksum) = ("md", "") },
    ]
    let cache = FeatureCache(folder: URL(filePath: "cache"))
    var folders: Set = [cache.folder(for: Self.key)]
    for change in changes {
      var key = Self.key
      change(&key)
      folders.insert(cache.folder(for: key))
    }
    #expect(folders.count == changes.count + 1)
  }

  /// The features of the made-up network's layer relu1, which its last layer reads.
  private func features(
    _ gallery: MadeUpGallery, _ log: ProgressLog, cache: FeatureCache? = nil
  ) throws -> Tensor {
    let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
    return try engine.featureMatrix(
      of: try gallery.dataset.heldOut, layer: 2, key: Self.key, cache: cache ?? gallery.cache
    ) { log.note($0) }.values
  }

  private func store(_ gallery: MadeUpGallery) -> FeatureStore {
    gallery.cache.store(for: Self.key, imageCount: 70, unitCount: MadeUpGallery.unitCount)
  }

  @Test("Features read from the cache are those computed, and cost no second computation")
  func hitEqualsMiss() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
      let (first, second, third) = (ProgressLog(), ProgressLog(), ProgressLog())
      let computed = try features(gallery, first)
      let direct = try engine.features(of: gallery.dataset.heldOut, layer: 2)
      #expect(computed == direct)
      #expect(try features(gallery, second) == computed)
      #expect(first.stages == ["computing layer relu1 of 70 held-out images"])
      #expect(second.stages == ["reading layer relu1 of 70 held-out images from the cache"])
      var data = try Data(contentsOf: store(gallery).file(ofBlock: 0))
      data[200] ^= 64
      try data.write(to: store(gallery).file(ofBlock: 0))
      #expect(try features(gallery, third) == computed)
      #expect(third.warnings.count == 1 && third.stages == first.stages)
    }
  }

  @Test(
    "Whole and well-formed features that the network's last layer does not read as it did are computed again")
  func selfTest() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let computed = try features(gallery, ProgressLog())
      let store = store(gallery)
      var contents = store.contents(workerCount: 1)
      let correctCount = try #require(contents.correctCount)
      let labels = try gallery.dataset.heldOut.labels
      let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
      let logits = try engine.logits(of: gallery.dataset.heldOut)
      let correct = labels.indices.count { image in
        let row = Array(logits[row: image])
        return row.firstIndex(of: row.max()!) == labels[image]
      }
      #expect(correctCount == correct)
      // Well-formed and with the right checksum, but of no network that sees these images as this one does.
      let negated = Tensor(shape: computed.shape, elements: computed.elements.map { -$0 })
      contents.blocks[0] = nil
      try store.write(negated, asBlock: 0, correctCount: correctCount, to: &contents)
      try store.finish(&contents)
      let log = ProgressLog()
      #expect(try features(gallery, log) == computed)
      try #require(log.warnings.count == 1)
      #expect(log.warnings[0].contains("of 70 images, expected \(correctCount)"), "\(log.warnings)")
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
}
