import Foundation
import Storage
import Tensors
import Testing

@testable import Lab

@Suite struct FeatureStoreTests {
  private static let key = FeatureCache.Key(
    modelChecksum: "m", dataChecksum: "d", split: .heldOut, layer: "relu1", pooling: .none)
  /// 5 images of 2 units, in blocks of 2, 2 and 1.
  private static let features = Tensor(
    shape: [5, 2], elements: [1, -2, 0.5, 1e-30, 3e30, 0, -0.0, 7, 8, 9])

  private static func store(in folder: URL, key: FeatureCache.Key = key, images: Int = 5, units: Int = 2)
    -> FeatureStore
  {
    var store = FeatureStore(
      folder: folder.appending(path: "new/store"), key: key, imageCount: images, unitCount: units)
    store.imagesPerBlock = 2
    return store
  }

  private static func write(_ blocks: [Int], to store: FeatureStore) throws {
    var contents = store.contents(workerCount: 1)
    try store.prepare()
    for block in blocks {
      try store.write(
        features.rows(store.images(ofBlock: block)), asBlock: block, correctCount: block, to: &contents)
    }
    if !contents.blocks.contains(where: { $0 == nil }) { try store.finish(&contents) }
  }

  private func withStore(_ body: (FeatureStore) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let store = Self.store(in: folder)
      try Self.write([0, 1, 2], to: store)
      try body(store)
    }
  }

  @Test("What was written is there, bit by bit, as plain numbers, and can be read as one matrix")
  func roundTrip() throws {
    try withStore { store in
      let contents = store.contents(workerCount: 2)
      #expect(contents.isComplete && contents.problem == nil && contents.correctCount == 3)
      let mapped = try store.mapped().withFloats { $0.map(\.bitPattern) }
      #expect(mapped == Self.features.elements.map(\.bitPattern))
      let last = try Data(contentsOf: store.file(ofBlock: 2))
      #expect(last == Self.features.elements[8...].withUnsafeBytes { Data($0) })
    }
  }

  @Test("Blocks of a real size are mapped one after the other")
  func manyBlocks() throws {
    try withTemporaryFolder { folder in
      let store = FeatureStore(
        folder: folder, key: Self.key, imageCount: 3 * FeatureStore.imagesPerBlock + 1, unitCount: 3)
      var generator = SeededGenerator(seed: 2)
      let features = Tensor(
        shape: [store.imageCount, 3], elements: generator.normals(store.imageCount * 3))
      var contents = store.contents(workerCount: 1)
      for block in [2, 0, 3, 1] {
        try store.write(
          features.rows(store.images(ofBlock: block)), asBlock: block, correctCount: nil, to: &contents)
      }
      try store.finish(&contents)
      #expect(contents.correctCount == nil)
      #expect(store.contents(workerCount: 2) == contents)
      #expect(try store.mapped().withFloats { Array($0) } == features.elements)
    }
  }

  @Test(
    "Nothing is complete before the last block; then the files are those of an uninterrupted writer",
    arguments: [[], [0], [0, 1], [2], [1, 0, 2]] as [[Int]])
  func resume(found: [Int]) throws {
    try withTemporaryFolder { folder in
      let store = Self.store(in: folder)
      try Self.write(found, to: store)
      let contents = store.contents(workerCount: 1)
      #expect(contents.isComplete == (found.count == 3))
      #expect(contents.problem == nil)
      #expect(contents.blocks.indices.filter { contents.blocks[$0] != nil } == found.sorted())
      try Self.write((0..<3).filter { !found.contains($0) }, to: store)
      let other = Self.store(in: folder.appending(path: "other"))
      try Self.write([0, 1, 2], to: other)
      for file in [store.manifestFile] + (0..<3).map(store.file(ofBlock:)) {
        #expect(
          try Data(contentsOf: file)
            == Data(contentsOf: other.folder.appending(path: file.lastPathComponent)))
      }
    }
  }

  @Test("What a killed writer left half written is cleared away, and a block without its entry is not used")
  func leftovers() throws {
    try withTemporaryFolder { folder in
      let store = Self.store(in: folder)
      try Self.write([0], to: store)
      let half = store.folder.appending(path: ".000001.f32.0123456789abcdef.partial")
      try Data([1]).write(to: half)
      try Data(repeating: 0, count: 16).write(to: store.file(ofBlock: 1))
      #expect(store.contents(workerCount: 1).blocks[1] == nil)
      try store.prepare()
      #expect(!FileManager.default.fileExists(atPath: half.path))
    }
  }

  /// Ways in which a store can be wrong, with a part of the reason and the blocks that stay good.
  private static let damages:
    [(name: String, reason: String, good: [Int], damage: @Sendable (FeatureStore) throws -> Void)] = [
      (
        "truncated", "has 12 bytes, expected 16", [0, 2],
        { try edit($0.file(ofBlock: 1)) { $0.removeLast(4) } }
      ),
      (
        "too long", "has 20 bytes, expected 16", [0, 2],
        { try edit($0.file(ofBlock: 1)) { $0 += $0.prefix(4) } }
      ),
      ("empty", "has 0 bytes", [0, 1], { try edit($0.file(ofBlock: 2)) { $0 = Data() } }),
      ("one bit altered", "checksum", [1, 2], { try edit($0.file(ofBlock: 0)) { $0[5] ^= 1 } }),
      (
        "a block gone", "does not exist", [1, 2],
        { try FileManager.default.removeItem(at: $0.file(ofBlock: 0)) }
      ),
      (
        "blocks exchanged", "checksum", [2],
        { store in
          let (first, second) = (store.file(ofBlock: 0), store.file(ofBlock: 1))
          let data = try Data(contentsOf: first)
          try Data(contentsOf: second).write(to: first)
          try data.write(to: second)
        }
      ),
      ("no manifest", "", [], { try FileManager.default.removeItem(at: $0.manifestFile) }),
      ("manifest is no JSON", "not JSON", [], { try edit($0.manifestFile) { $0.removeLast(20) } }),
      ("manifest lacks a key", "lacks the key", [], { try Data("{}".utf8).write(to: $0.manifestFile) }),
      (
        "a block where none belongs", "lists a block of 2 images from 1", [1, 2],
        { try change($0) { $0.blocks[0].firstImage = 1 } }
      ),
      (
        "a block beyond the end", "lists a block of 2 images from 600", [1, 2],
        { try change($0) { $0.blocks[0].firstImage = 600 } }
      ),
      ("other features", "something else", [], { try change($0) { $0.key.layer = "fc1" } }),
      ("transposed", "has shape [2, 5]", [], { try change($0) { ($0.imageCount, $0.unitCount) = (2, 5) } }),
      ("other blocks", "in blocks of 4", [], { try change($0) { $0.imagesPerBlock = 4 } }),
      (
        "a NaN, whole otherwise", "nan", [0, 2],
        { store in
          var contents = store.contents(workerCount: 1)
          try store.write(
            Tensor(shape: [2, 2], elements: [1, .nan, 3, 4]), asBlock: 1, correctCount: 1, to: &contents)
        }
      ),
      ("not said to be complete", "", [0, 1, 2], { try change($0) { $0.complete = false } }),
    ]

  @Test(
    "A damaged or stale store is not trusted, the reason is said, and the rest of it is used",
    arguments: damages.indices)
  func damaged(index: Int) throws {
    let (name, reason, good, damage) = Self.damages[index]
    try withStore { store in
      try damage(store)
      let contents = store.contents(workerCount: 2)
      #expect(!contents.isComplete, "\(name)")
      #expect(
        reason.isEmpty || contents.problem?.contains(reason) == true,
        "\(name): \(contents.problem ?? "nothing")")
      #expect((contents.problem == nil) == reason.isEmpty, "\(name)")
      #expect(contents.blocks.indices.filter { contents.blocks[$0] != nil } == good, "\(name)")
      try Self.write((0..<3).filter { !good.contains($0) }, to: store)
      #expect(store.contents(workerCount: 2).isComplete, "\(name): repaired")
    }
  }

  private static func edit(_ file: URL, _ change: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: file)
    change(&data)
    try data.write(to: file)
  }

  private static func change(_ store: FeatureStore, _ change: (inout FeatureStore.Manifest) -> Void) throws {
    var manifest = try JSONFile.read(FeatureStore.Manifest.self, from: store.manifestFile)
    change(&manifest)
    try JSONFile.write(manifest, to: store.manifestFile)
  }
}
