import Foundation
import Images
import Storage
import Testing

@testable import Datasets

@Suite struct ImageFolderLayoutTests {
  /// Two pictures of each class.
  private func write(_ folders: [String], to folder: URL) throws {
    for name in folders {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for number in 0..<2 {
        let bitmap = Bitmap(width: 2, height: 2, channels: 1, samples: [200, 9, 9, 9])
        try PNGFile.write(bitmap, to: place.appending(path: "\(number).png"))
      }
    }
  }

  @Test(
    "Parts are told by the names that data sets give them",
    arguments: [
      ("train", "test"), ("train", "val"), ("train", "valid"), ("Train", "Test"), ("training", "testing"),
      ("TRAINING", "Validation"),
    ])
  func names(training: String, heldOut: String) throws {
    try withTemporaryFolder { folder in
      try write(["\(training)/a", "\(training)/b", "\(heldOut)/b"], to: folder)
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.classNames == ["a", "b"] && dataset.training.count == 4)
      #expect(dataset.heldOut.labels == [1, 1] && !dataset.isSplitHere)
      #expect(
        dataset.remarks.map(\.sentence) == ["1 class has no held-out image, such as a"])
    }
  }

  @Test("Of several parts to hold out the test part is taken, and the others are remarked on")
  func several() throws {
    try withTemporaryFolder { folder in
      try write(["train/a", "val/a", "test/a", "extra/a"], to: folder)
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.count == 2 && dataset.heldOut.count == 2)
      #expect(
        dataset.remarks.map(\.sentence) == [
          "2 folders beside train and test were not read, such as extra"
        ])
      try write(["Train/a"], to: folder)
      expectRefusal(naming: folder, saying: "has Train and train: expected one of them") {
        _ = try Dataset.load(folder.path)
      }
    }
  }

  @Test("A folder called train or test with images and no folders is a class")
  func classes() throws {
    try withTemporaryFolder { folder in
      try write(["car", "train", "test"], to: folder)
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.classNames == ["car", "test", "train"] && dataset.isSplitHere)
      #expect(dataset.remarks == [])
      // With images of its own and no part beside it, a folder inside it makes it no part.
      try write(["train/more"], to: folder)
      let deeper = try Dataset.load(folder.path)
      #expect(deeper.checksum == dataset.checksum)
      #expect(
        deeper.remarks.map(\.sentence) == [
          "1 folder inside the folder of a class was not read, such as train/more"
        ])
    }
    // Names of parts to hold out matter beside a training part only.
    try withTemporaryFolder { folder in
      try write(["Test", "Test/deeper", "car", "test", "test/deeper"], to: folder)
      #expect(try Dataset.load(folder.path).training.classNames == ["Test", "car", "test"])
    }
  }

  @Test("Two classes of one word in two Unicode forms are refused; a part may spell a class in another form")
  func equalNames() throws {
    try withTemporaryFolder { folder in
      try write(["train/bar", "train/caf\u{E9}", "test/cafe\u{301}"], to: folder)
      #expect(try Dataset.load(folder.path).heldOut.labels == [1, 1])
      try write(["train/cafe\u{301}"], to: folder)
      expectRefusal(
        naming: folder.appending(path: "train"), saying: "two folders called cafe\u{301}, of which the second"
      ) { _ = try Dataset.load(folder.path) }
    }
  }

  @Test("The folder of forks that a Mac packs beside the others is no class")
  func forks() throws {
    try withTemporaryFolder { folder in
      try write(["a", "b"], to: folder)
      let place = folder.appending(path: "__MACOSX")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data().write(to: place.appending(path: "._a.png"))
      #expect(try Dataset.load(folder.path).training.classNames == ["a", "b"])
    }
  }
}
