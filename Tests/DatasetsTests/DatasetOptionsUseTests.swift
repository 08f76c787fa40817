import Foundation
import Storage
import Testing

@testable import Datasets

@Suite struct DatasetOptionsUseTests {
  private func write(_ prefixes: [String], to folder: URL) throws {
    for prefix in prefixes {
      try NPYFile(shape: [4, 2, 2], elements: .bytes([UInt8](repeating: 200, count: 16)))
        .write(to: folder.appending(path: "\(prefix)images.npy"))
      try NPYFile(shape: [4], elements: .integers([0, 1, 0, 1]))
        .write(to: folder.appending(path: "\(prefix)labels.npy"))
    }
  }

  @Test(
    "A size or a colour for images that are taken as they are is refused, and so is a layout for pictures")
  func refused() throws {
    try withTemporaryFolder { folder in
      try write([""], to: folder)
      for options in [
        DatasetOptions(size: .init(height: 8, width: 8)), DatasetOptions(colour: .rgb),
      ] {
        expectRefusal(
          naming: folder, saying: "holds .npy files, whose images are taken as they are: --resize"
        ) {
          _ = try Dataset.load(folder.path, options: options)
        }
        let images = folder.appending(path: "images.npy")
        expectRefusal(naming: images, saying: "taken as they are") {
          _ = try ArrayPair.load(
            images: images, labels: folder.appending(path: "labels.npy"), classNames: nil, options: options)
        }
      }
    }
  }

  @Test("A share to hold out beside a test part is remarked on")
  func share() throws {
    try withTemporaryFolder { folder in
      try write(["train-", "test-"], to: folder)
      #expect(try Dataset.load(folder.path).remarks == [])
      let remarks = try Dataset.load(folder.path, options: DatasetOptions(heldOutFraction: 0.5)).remarks
      #expect(
        remarks.map(\.sentence) == [
          "--held-out and --split-seed were not used, because the data have a test part of 4 images"
        ])
    }
    try withTemporaryFolder { folder in
      try write([""], to: folder)
      #expect(try Dataset.load(folder.path, options: DatasetOptions(heldOutFraction: 0.5)).remarks == [])
    }
  }
}
