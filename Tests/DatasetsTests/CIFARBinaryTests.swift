import Foundation
import Testing

@testable import Datasets

@Suite struct CIFARBinaryTests {
  @Test("A record is a label and three planes of 32×32")
  func reads() throws {
    let (labels, pixels) = try CIFARBinary.batch(in: cifarBatch(labels: [3, 9]), file: brokenURL)
    #expect(labels == [3, 9])
    #expect(pixels.count == 2 * 3072 && pixels[1] == 1 && pixels[3072] == 1 && pixels[6143] == 0)
  }

  private static let broken: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "has 0 bytes: expected a positive multiple of 3073"),
    BrokenFile("a missing byte", cifarBatch(labels: [1, 2]).dropLast(), "has 6145 bytes"),
    BrokenFile("the fine labels of CIFAR-100", Data(count: 3074), "has 3074 bytes"),
    BrokenFile("label 10", cifarBatch(labels: [1, 10]), "has label 10 in record 1: expected 0…9"),
  ]

  @Test("A broken batch is refused with one sentence", arguments: broken)
  func refuses(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try CIFARBinary.batch(in: $0, file: $1) }
  }

  private static let brokenNames: [BrokenFile] = [
    BrokenFile("an empty file", Data(), "names no class"),
    BrokenFile(
      "nine names", Data((1...9).map { "c\($0)" }.joined(separator: "\n").utf8),
      "names 9 classes: expected 10"),
    BrokenFile("a name twice", Data("a\na\n".utf8), "names the class \"a\" twice"),
    BrokenFile("no text", Data([0xC3, 0x28]), "is not UTF-8 text"),
  ]

  @Test("Broken class names are refused with one sentence", arguments: brokenNames)
  func refusesNames(broken: BrokenFile) {
    expectRefusal(of: broken) { _ = try CIFARBinary.classNames(in: $0, file: $1) }
  }

  @Test("Seven files become a data set, batches in order")
  func loads() throws {
    try withTemporaryFolder { folder in
      try writeSmallCIFAR(to: folder)
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.labels == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9])
      #expect(dataset.heldOut.labels == [0, 7])
      #expect(dataset.training.classNames.first == "airplane" && dataset.training.shape == CIFARBinary.shape)
      let file = folder.appending(path: "data_batch_3.bin")
      try FileManager.default.removeItem(at: file)
      expectRefusal(naming: file, saying: "does not exist") { _ = try Dataset.load(folder.path) }
    }
  }
}
