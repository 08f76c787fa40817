import Foundation
import Testing

@testable import Datasets

@Suite struct IDXFileTests {
  private static let whole = idxImages(count: 2, height: 2, width: 3, pixels: Array(0..<12))

  @Test("Images and labels are read in the order of the file")
  func reads() throws {
    let images = try IDXFile.images(in: Self.whole, file: brokenURL)
    #expect(images.count == 2 && images.height == 2 && images.width == 3)
    #expect(images.pixels == Array(0..<12))
    #expect(try IDXFile.labels(in: idxLabels([3, 0, 255]), file: brokenURL) == [3, 0, 255])
  }

  private static let brokenImages: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "is truncated: expected an IDX header of 16 bytes, found 0"),
    BrokenFile("half a header", whole.prefix(15), "found 15"),
    BrokenFile(
      "labels in place of images", idxLabels([UInt8](repeating: 1, count: 20)),
      "expected the magic number 2051, found 2049"),
    BrokenFile(
      "a little-endian magic",
      idxImages(magic: 0x0308_0000, count: 2, height: 2, width: 3, pixels: Array(0..<12)),
      "expected the magic number 2051"),
    BrokenFile(
      "floats", idxImages(magic: 0xD03, count: 1, height: 1, width: 1, pixels: [0, 0, 0, 0]), "found 3331"),
    BrokenFile(
      "a missing byte", whole.dropLast(), "holds 11 bytes of pixels: expected 12 for 2 images of 2×3"),
    BrokenFile("a byte too many", whole + [0], "holds 13 bytes of pixels: expected 12"),
    BrokenFile("no images", idxImages(count: 0, height: 2, width: 2, pixels: []), "holds no pixels"),
    BrokenFile(
      "images without rows", idxImages(count: 2, height: 0, width: 2, pixels: []), "holds no pixels"),
    BrokenFile(
      "4 billion images", idxImages(count: .max, height: 28, width: 28, pixels: []), "expected 3367254359280"),
    BrokenFile(
      "a product beyond Int", idxImages(count: .max, height: .max, width: .max, pixels: []),
      "expected more than 2⁶³"),
  ]

  @Test("A broken image file is refused with one sentence", arguments: brokenImages)
  func refusesImages(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try IDXFile.images(in: $0, file: $1) }
  }

  private static let brokenLabels: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "is truncated: expected an IDX header of 8 bytes"),
    BrokenFile("images in place of labels", whole, "expected the magic number 2049, found 2051"),
    BrokenFile("a missing label", idxLabels(count: 4, [1, 2, 3]), "holds 3 labels: expected 4"),
    BrokenFile("a label too many", idxLabels(count: 2, [1, 2, 3]), "holds 3 labels: expected 2"),
    BrokenFile("4 billion labels", idxLabels(count: .max, [1]), "expected 4294967295"),
    BrokenFile("no labels", idxLabels([]), "holds no labels"),
  ]

  @Test("A broken label file is refused with one sentence", arguments: brokenLabels)
  func refusesLabels(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try IDXFile.labels(in: $0, file: $1) }
  }
}

@Suite struct IDXFolderTests {
  @Test("Four files become a data set, under either of the usual names")
  func loads() throws {
    try withTemporaryFolder { folder in
      try writeSmallIDX(to: folder)
      try FileManager.default.moveItem(
        at: folder.appending(path: "train-labels-idx1-ubyte"),
        to: folder.appending(path: "train-labels.idx1-ubyte"))
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.labels == [0, 1, 2] && dataset.heldOut.labels == [2, 0])
      #expect(dataset.training.classNames == ["0", "1", "2"])
      #expect(dataset.heldOut.tensor(of: [1]).elements == (104..<108).map { Float($0) / 255 })
      try Data("cat\ndog\nfox\n".utf8).write(to: folder.appending(path: "class-names.txt"))
      let named = try Dataset.load(folder.path)
      #expect(named.training.classNames == ["cat", "dog", "fox"])
      #expect(named.checksum != dataset.checksum)
    }
  }

  @Test("EMNIST's names are read, and those with test for t10k; two sets in one folder are refused")
  func otherNames() throws {
    func rename(_ folder: URL, _ name: (String) -> String) throws {
      for file in try FolderListing(folder).files where name(file) != file {
        try FileManager.default.moveItem(
          at: folder.appending(path: file), to: folder.appending(path: name(file)))
      }
    }
    try withTemporaryFolder { folder in
      try writeSmallIDX(to: folder)
      let usual = try Dataset.load(folder.path)
      try rename(folder) { $0.replacing("t10k-", with: "test-") }
      let other = try Dataset.load(folder.path)
      #expect(other.checksum == usual.checksum && other.remarks == usual.remarks)
      try rename(folder) { "emnist-letters-\($0)" }
      let letters = try Dataset.load(folder.path)
      #expect(letters.checksum == usual.checksum)
      #expect(
        letters.remarks.map(\.text).contains {
          $0.hasPrefix("EMNIST's files hold images with rows and columns")
        })
      try writeSmallIDX(to: folder)
      let problem = "holds the IDX files of 2 sets (one without a name before it, emnist-letters)"
      #expect { try Dataset.load(folder.path) } throws: { "\($0)".contains(problem) }
    }
  }

  private static let faults: [(String, [String: Data?], String, String)] = [
    (
      "a missing file", ["t10k-labels-idx1-ubyte": nil], "",
      "lacks t10k-labels-idx1-ubyte or t10k-labels-idx1-ubyte.gz"
    ),
    (
      "too few labels", ["train-labels-idx1-ubyte": idxLabels([0, 1])], "train-labels-idx1-ubyte",
      "has 2 labels: expected 3"
    ),
    (
      "test images of another size",
      ["t10k-images-idx3-ubyte": idxImages(count: 2, height: 1, width: 4, pixels: Array(0..<8))],
      "t10k-images-idx3-ubyte",
      "has images of 1×1×4: expected 1×2×2"
    ),
    (
      "a label beyond the class names", ["class-names.txt": Data("cat\ndog".utf8)], "train-labels-idx1-ubyte",
      "has label 2 for image 2: expected 0…1"
    ),
    (
      "class names twice", ["class-names.txt": Data("cat\ncat".utf8)], "class-names.txt",
      "names the class \"cat\" twice"
    ),
    (
      "class names that are no text", ["class-names.txt": Data([0xFF, 0xFE])], "class-names.txt",
      "is not UTF-8 text"
    ),
    (
      "a broken gzip file", ["t10k-images-idx3-ubyte": Data([0x1F, 0x8B, 8])], "t10k-images-idx3-ubyte",
      "is truncated"
    ),
  ]

  @Test("Files that disagree are refused, naming the one at fault", arguments: faults.indices)
  func refuses(index: Int) throws {
    let (_, replaced, name, problem) = Self.faults[index]
    try withTemporaryFolder { folder in
      try writeSmallIDX(to: folder, replacing: replaced)
      let file = name.isEmpty ? folder : folder.appending(path: name)
      expectRefusal(naming: file, saying: problem) { _ = try Dataset.load(folder.path) }
    }
  }
}
