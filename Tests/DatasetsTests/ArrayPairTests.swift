import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct ArrayPairTests {
  private static func write(
    _ images: NPYFile, _ labels: NPYFile, prefix: String = "", to folder: URL
  ) throws {
    try images.write(to: folder.appending(path: prefix + "images.npy"))
    try labels.write(to: folder.appending(path: prefix + "labels.npy"))
  }

  private static let tenLabels = NPYFile(shape: [10], elements: .integers([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]))
  private static func grey(_ count: Int) -> NPYFile {
    NPYFile(shape: [count, 2, 2], elements: .bytes((0..<4 * count).map { UInt8($0) }))
  }

  @Test("A pair is split by class, and the same seed gives the same split")
  func splits() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.grey(10), Self.tenLabels, to: folder)
      let dataset = try Dataset.load(folder.path, options: DatasetOptions(heldOutFraction: 0.4, seed: 3))
      #expect(dataset.training.labels == [0, 0, 0, 1, 1, 1] && dataset.heldOut.labels == [0, 0, 1, 1])
      #expect(dataset.name == folder.lastPathComponent)
      let again = try Dataset.load(folder.path, options: DatasetOptions(heldOutFraction: 0.4, seed: 3))
      let other = try Dataset.load(folder.path, options: DatasetOptions(heldOutFraction: 0.4, seed: 4))
      #expect(dataset.checksum == again.checksum && dataset.checksum != other.checksum)
    }
  }

  @Test("Named parts are kept as they are")
  func parts() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.grey(10), Self.tenLabels, prefix: "train-", to: folder)
      try Self.write(
        Self.grey(2), NPYFile(shape: [2], elements: .bytes([4, 0])), prefix: "test-", to: folder)
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.count == 10 && dataset.heldOut.labels == [4, 0])
      #expect(dataset.heldOut.classNames == ["0", "1", "2", "3", "4"])
    }
  }

  @Test("Channels-last and channels-first arrays of the same image are the same image")
  func layouts() throws {
    // Pixel (row, column) has the values 10 × pixel + channel.
    let last = NPYFile(shape: [1, 2, 4, 3], elements: .bytes((0..<24).map { UInt8($0 / 3 * 10 + $0 % 3) }))
    let first = NPYFile(shape: [1, 3, 2, 4], elements: .bytes((0..<24).map { UInt8($0 % 8 * 10 + $0 / 8) }))
    let expected = first.elements
    for (array, layout) in [
      (last, DatasetOptions.ArrayLayout?.none), (last, .channelsLast), (first, .channelsFirst),
    ] {
      let (shape, pixels) = try ArrayPair.images(in: array, layout: layout, file: brokenURL)
      #expect(shape.channels == 3 && shape.height == 2 && shape.width == 4)
      guard case .bytes(let samples) = pixels else {
        Issue.record("expected bytes")
        continue
      }
      #expect(NPYFile.Elements.bytes(samples) == expected)
    }
  }

  private static let brokenImages: [(String, NPYFile, DatasetOptions.ArrayLayout?, String)] = [
    (
      "two axes", NPYFile(shape: [2, 4], elements: .bytes([UInt8](repeating: 0, count: 8))), nil,
      "has shape [2, 4]"
    ),
    ("no images", NPYFile(shape: [0, 2, 2], elements: .bytes([])), nil, "holds no pixels"),
    (
      "two channels", NPYFile(shape: [1, 2, 2, 2], elements: .bytes([UInt8](repeating: 0, count: 8))), nil,
      "expected 1 or 3 channels"
    ),
    (
      "a shape of two readings",
      NPYFile(shape: [1, 3, 2, 1], elements: .bytes([UInt8](repeating: 0, count: 6))), nil,
      "state the layout"
    ),
    (
      "the other layout", NPYFile(shape: [1, 3, 2, 2], elements: .bytes([UInt8](repeating: 0, count: 12))),
      .channelsLast,
      "expected 1 or 3 channels (channels-last)"
    ),
    ("integers", NPYFile(shape: [1, 1, 1], elements: .integers([7])), nil, "expected uint8, or float32"),
    (
      "pixels up to 255 as floats", NPYFile(shape: [2, 1, 1], elements: .floats([0.5, 255])), nil,
      "has the pixel 255.0 in image 1: expected values in [0, 1]; divide by the largest value that a pixel can have"
    ),
    (
      "pixels from −1 to 1", NPYFile(shape: [2, 1, 1], elements: .floats([0.5, -0.25])), nil,
      "has the pixel -0.25 in image 1: expected values in [0, 1]; if they lie between two known ends"
    ),
    ("NaN", NPYFile(shape: [1, 1, 2], elements: .floats([0, .nan])), nil, "has the pixel nan in image 0"),
  ]

  @Test("Arrays that are no images are refused with one sentence", arguments: brokenImages.indices)
  func refusesImages(index: Int) {
    let (_, array, layout, problem) = Self.brokenImages[index]
    expectRefusal(naming: brokenURL, saying: problem) {
      _ = try ArrayPair.images(in: array, layout: layout, file: brokenURL)
    }
  }

  private static let brokenLabels: [(NPYFile, String, String)] = [
    (
      NPYFile(shape: [10, 1], elements: .bytes([UInt8](repeating: 0, count: 10))), "labels.npy",
      "expected one axis"
    ),
    (
      NPYFile(shape: [10], elements: .floats([Float](repeating: 0, count: 10))), "labels.npy",
      "expected integer labels"
    ),
    (
      NPYFile(shape: [10], elements: .integers([0, 0, 0, 0, 0, 0, 0, 0, 0, -1])), "labels.npy",
      "has label -1 for image 9: expected 0…9999"
    ),
    (
      NPYFile(shape: [10], elements: .integers([0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 60])), "labels.npy",
      "has label 1152921504606846976"
    ),
    (NPYFile(shape: [3], elements: .bytes([0, 0, 1])), "labels.npy", "has 3 labels: expected 10"),
    (NPYFile(shape: [0], elements: .bytes([])), "labels.npy", "has 0 labels: expected 10"),
  ]

  @Test("Labels that do not fit are refused with one sentence", arguments: brokenLabels.indices)
  func refusesLabels(index: Int) throws {
    let (labels, name, problem) = Self.brokenLabels[index]
    try withTemporaryFolder { folder in
      try Self.write(Self.grey(10), labels, to: folder)
      expectRefusal(naming: folder.appending(path: name), saying: problem) {
        _ = try Dataset.load(folder.path)
      }
    }
  }

  @Test("One image per class cannot be split")
  func tooFew() throws {
    try withTemporaryFolder { folder in
      try Self.write(Self.grey(2), NPYFile(shape: [2], elements: .bytes([0, 1])), to: folder)
      expectRefusal(naming: folder, saying: "has one image per class") { _ = try Dataset.load(folder.path) }
    }
  }
}

@Suite struct HeldOutSplitTests {
  @Test(
    "Every class gives its share, at least one image and never its last", arguments: [0.01, 0.2, 0.5, 0.99])
  func stratified(fraction: Double) {
    let sizes = [1, 2, 3, 10, 100]
    let labels = sizes.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let split = HeldOutSplit(labels: labels, classCount: 5, fraction: fraction, seed: 5)
    #expect((split.training + split.heldOut).sorted() == Array(labels.indices))
    #expect(split.training == split.training.sorted() && split.heldOut == split.heldOut.sorted())
    for (label, size) in sizes.enumerated() {
      let count = split.heldOut.count { labels[$0] == label }
      let expected = size == 1 ? 0 : min(max(Int((fraction * Double(size)).rounded()), 1), size - 1)
      #expect(count == expected, "class \(label)")
    }
  }

  @Test("Another class does not change the choice within a class")
  func independent() {
    let alone = HeldOutSplit(labels: Array(repeating: 0, count: 50), classCount: 1, fraction: 0.2, seed: 9)
    let joined = HeldOutSplit(
      labels: Array(repeating: 0, count: 50) + Array(repeating: 1, count: 7), classCount: 2, fraction: 0.2,
      seed: 9)
    #expect(alone.heldOut == joined.heldOut.filter { $0 < 50 })
  }
}

@Suite struct ArrayFilesTests {
  @Test(
    "Two files of any name are images that are all held out, with the classes they are told or the numbers")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "arrays é \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (images, labels) = (folder.appending(path: "x.npy"), folder.appending(path: "y.npy"))
    try NPYFile(shape: [3, 2, 2], elements: .bytes((0..<12).map { UInt8($0) })).write(to: images)
    try NPYFile(shape: [3], elements: .integers([2, 0, 1])).write(to: labels)
    let numbered = try ArrayPair.load(images: images, labels: labels, classNames: nil)
    #expect(numbered.heldOut.labels == [2, 0, 1] && numbered.training.count == 0)
    #expect(numbered.heldOut.classNames == ["0", "1", "2"])
    let named = try ArrayPair.load(images: images, labels: labels, classNames: ["a", "b", "c", "d"])
    #expect(named.heldOut.classNames.count == 4)
    try NPYFile(shape: [2], elements: .integers([2, 0])).write(to: labels)
    #expect(throws: FileError.self) {
      try ArrayPair.load(images: images, labels: labels, classNames: nil)
    }
  }

  @Test("True is as bright as a pixel can be, and the file's booleans stay what they are")
  func booleans() throws {
    try withTemporaryFolder { folder in
      let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1, 2), }"
      let padded = header + String(repeating: " ", count: 117 - header.utf8.count) + "\n"
      let file =
        Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(padded.utf8) + Data([0, 1, 1, 0])
      let images = folder.appending(path: "images.npy")
      try file.write(to: images)
      #expect(try NPYFile(contentsOf: images).elements == .bytes([0, 1, 1, 0]))
      let labels = folder.appending(path: "labels.npy")
      try NPYFile(shape: [2], elements: .integers([0, 1])).write(to: labels)
      let dataset = try ArrayPair.load(images: images, labels: labels, classNames: nil)
      guard case .bytes(let samples) = dataset.heldOut.pixels else {
        Issue.record("no bytes")
        return
      }
      #expect(samples == [0, 255, 255, 0])
    }
  }
}
