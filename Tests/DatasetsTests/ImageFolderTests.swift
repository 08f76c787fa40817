import Foundation
import Images
import Storage
import Synchronization
import Testing

@testable import Datasets

@Suite struct ImageFolderTests {
  /// Writes a PNG of one value, 4 wide and 3 high unless stated.
  private func write(
    _ value: UInt8, to folder: URL, _ path: String, width: Int = 4, height: Int = 3, channels: Int = 1
  ) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let samples = [UInt8](repeating: value, count: width * height * channels)
    let bitmap = Bitmap(width: width, height: height, channels: channels, samples: samples)
    if file.pathExtension.lowercased() == "png" {
      try PNGFile.write(bitmap, to: file)
    } else {
      try JPEGFile.write(bitmap, quality: 100, to: file)
    }
  }

  private func values(_ images: LabelledImages) -> [UInt8] {
    guard case .bytes(let samples) = images.pixels else { return [] }
    return stride(from: 0, to: samples.count, by: images.shape.pixelCount).map { samples[$0] }
  }

  @Test("Classes and images come in byte order; hidden and other files are ignored")
  func order() throws {
    try withTemporaryFolder { folder in
      for (value, path) in [
        (1, "train/b/10.png"), (2, "train/b/2.PNG"), (3, "train/B/a.png"), (4, "train/10/x.jpeg"),
        (5, "train/2/x.JPG"), (6, "test/b/z.png"), (7, "test/2/z.png"),
      ] {
        try write(UInt8(value * 20), to: folder, path)
      }
      for name in ["train/b/notes.txt", "train/b/.hidden.png", "train/.DS_Store", "README.md"] {
        try Data("x".utf8).write(to: folder.appending(path: name))
      }
      let calls = Mutex<[Int]>([])
      let dataset = try Dataset.load(folder.path) { done, _ in calls.withLock { $0.append(done) } }
      #expect(dataset.training.classNames == ["10", "2", "B", "b"])
      #expect(
        dataset.training.labels == [0, 1, 2, 3, 3] && values(dataset.training) == [80, 100, 60, 20, 40])
      #expect(dataset.heldOut.labels == [1, 3] && values(dataset.heldOut) == [140, 120])
      #expect(dataset.training.shape.description == "1×3×4")
      #expect(calls.withLock { $0 } == [7])
    }
  }

  /// Copies a file to a name of any bytes below `folder`, and makes the folders on the way.
  private func copy(_ file: URL, to folder: URL, _ path: [UInt8]) throws {
    let slash = UInt8(ascii: "/")
    func call(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
      (Array(folder.path.utf8) + [slash] + bytes + [0]).map { CChar(bitPattern: $0) }
        .withUnsafeBufferPointer { body($0.baseAddress!) }
    }
    for place in path.indices where path[place] == slash {
      _ = call(Array(path[..<place])) { mkdir($0, 0o777) }
    }
    let outcome = call(path) { link(file.path, $0) }
    try #require(outcome == 0, "\(String(cString: strerror(errno)))")
  }

  @Test(
    "Names that are not UTF-8 are refused, all in one sentence; those of hidden and other files do not matter",
    arguments: ["", "train/"])
  func foreignNames(part: String) throws {
    try withTemporaryFolder { folder in
      for name in ["a/1", "a/2", "b/1", "b/2"] { try write(9, to: folder, "\(part)\(name).png") }
      if part == "train/" { try write(9, to: folder, "test/a/1.png") }
      let image = folder.appending(path: "\(part)a/1.png")
      let start = Array(part.utf8)
      for name in ["a/.\u{0}.png", "a/\u{0}.txt", "a/\u{0}"] {
        // 0 stands for é in Latin-1.
        try copy(image, to: folder, start + name.utf8.map { $0 == 0 ? 0xE9 : $0 })
      }
      #expect(try Dataset.load(folder.path).training.classNames == ["a", "b"])
      for name in ["b/\u{0}.PNG", "se\u{0}al/1.png", "se\u{0}al/\u{0}.jpeg"] {
        try copy(image, to: folder, start + name.utf8.map { $0 == 0 ? 0xE9 : $0 })
      }
      let error = try #require(#expect(throws: FileError.self) { try Dataset.load(folder.path) })
      #expect(error.file.path == folder.path)
      #expect(
        error.problem.hasPrefix(
          "has 3 names that are not UTF-8: \(part)b/\\xE9.PNG, \(part)se\\xE9al, \(part)se\\xE9al/\\xE9.jpeg; "
            + "rename them"), "\(error)")
    }
  }

  @Test(
    "A folder of which no class has a name in UTF-8 is refused for that, and not for holding no data set",
    arguments: ["", "train/"])
  func foreignClassesAlone(part: String) throws {
    try withTemporaryFolder { folder in
      try write(9, to: folder, ".source.png")
      for name in [[0xE9], [0xEA]] as [[UInt8]] {
        for number in 0..<4 {
          try copy(
            folder.appending(path: ".source.png"), to: folder,
            Array(part.utf8) + name + Array("/\(number).png".utf8))
        }
      }
      let error = try #require(#expect(throws: FileError.self) { try Dataset.load(folder.path) })
      #expect(
        error.problem.hasPrefix("has 2 names that are not UTF-8: \(part)\\xE9, \(part)\\xEA; rename"),
        "\(error)")
    }
  }

  @Test("A folder without parts is split by class, the same way each time")
  func split() throws {
    try withTemporaryFolder { folder in
      for image in 0..<10 {
        try write(UInt8(image), to: folder, "cat/\(image).png")
        try write(UInt8(100 + image), to: folder, "dog/\(image).png")
      }
      let dataset = try Dataset.load(folder.path)
      #expect(dataset.training.count == 16 && dataset.heldOut.labels == [0, 0, 1, 1])
      #expect(try Dataset.load(folder.path).checksum == dataset.checksum)
      #expect(Set(values(dataset.training) + values(dataset.heldOut)).count == 20)
    }
  }

  @Test("Grey among RGB becomes RGB; grey and RGB can be asked for")
  func colour() throws {
    try withTemporaryFolder { folder in
      try write(10, to: folder, "train/a/1.png")
      try write(20, to: folder, "train/a/2.png", channels: 3)
      try write(30, to: folder, "test/a/3.png")
      let automatic = try Dataset.load(folder.path)
      #expect(automatic.training.shape.channels == 3 && values(automatic.training) == [10, 20])
      let grey = try Dataset.load(folder.path, options: DatasetOptions(colour: .grey))
      #expect(grey.training.shape.channels == 1 && values(grey.heldOut) == [30])
      try FileManager.default.removeItem(at: folder.appending(path: "train/a/2.png"))
      #expect(try Dataset.load(folder.path).training.shape.channels == 1)
      #expect(
        try Dataset.load(folder.path, options: DatasetOptions(colour: .rgb)).training.shape.channels == 3)
    }
  }

  @Test("Every image of another size is named in one answer, unless a size is stated")
  func sizes() throws {
    try withTemporaryFolder { folder in
      for image in 0..<200 { try write(9, to: folder, "a/\(1000 + image).png") }
      for image in [1150, 1190] { try write(9, to: folder, "a/\(image).png", width: 5) }
      let sentence = "is 5 pixels wide and 3 high, a/1000.png is 4 wide and 3 high"
      let advice = "; resize all with --resize HEIGHTxWIDTH"
      expectRefusal(
        naming: folder,
        saying: "has 2 images of 200 that cannot be used: a/1150.png, a/1190.png (each \(sentence))\(advice)"
      ) { _ = try Dataset.load(folder.path) }
      try FileManager.default.removeItem(at: folder.appending(path: "a/1190.png"))
      expectRefusal(naming: folder.appending(path: "a/1150.png"), saying: sentence + advice) {
        _ = try Dataset.load(folder.path)
      }
      let resized = try Dataset.load(folder.path, options: DatasetOptions(size: .init(height: 2, width: 6)))
      #expect(resized.training.shape.description == "1×2×6")
    }
  }

  @Test("A broken image, a foreign class and empty folders are named")
  func faults() throws {
    try withTemporaryFolder { folder in
      try write(1, to: folder, "train/a/1.png")
      expectRefusal(
        naming: folder, saying: "has train and no part that is held out: expected one of test, testing, val"
      ) { _ = try Dataset.load(folder.path) }
      try write(1, to: folder, "test/b/1.png")
      expectRefusal(naming: folder.appending(path: "test/b"), saying: "is a class that") {
        _ = try Dataset.load(folder.path)
      }
      try FileManager.default.moveItem(
        at: folder.appending(path: "test/b"), to: folder.appending(path: "test/a"))
      let empty = folder.appending(path: "train/c")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      expectRefusal(naming: empty, saying: "has no images") { _ = try Dataset.load(folder.path) }
      try FileManager.default.removeItem(at: empty)
      for (name, data, problem) in [
        ("cut.png", Data([0x89, 0x50]), "is neither a PNG nor a JPEG image"),
        ("zero.jpg", Data(), "is empty"),
        ("text.jpg", Data("text".utf8), "is neither a PNG nor a JPEG image"),
      ] {
        let file = folder.appending(path: "test/a/\(name)")
        try data.write(to: file)
        expectRefusal(naming: file, saying: problem) { _ = try Dataset.load(folder.path) }
        try FileManager.default.removeItem(at: file)
      }
      for name in ["cut.png", "zero.jpg"] { try Data().write(to: folder.appending(path: "test/a/\(name)")) }
      try Data().write(to: folder.appending(path: "train/a/0.png"))
      expectRefusal(
        naming: folder,
        saying:
          "has 3 images of 5 that cannot be used: train/a/0.png, test/a/cut.png, test/a/zero.jpg (each is empty: expected a "
          + "PNG or JPEG image)"
      ) { _ = try Dataset.load(folder.path) }
    }
  }

  @Test("Links that lead nowhere are refused where an image or a class may be missing, and nowhere else")
  func brokenLinks() throws {
    try withTemporaryFolder { folder in
      for name in ["a/1", "a/2", "b/1", "b/2"] { try write(9, to: folder, "\(name).png") }
      func link(_ name: String) throws {
        try FileManager.default.createSymbolicLink(
          atPath: folder.appending(path: name).path, withDestinationPath: "/annex/\(name)")
      }
      for name in ["notes.txt", "a/notes.txt", "b/.hidden.png"] { try link(name) }
      #expect(try Dataset.load(folder.path).training.classNames == ["a", "b"])
      for (name, words) in [
        ("b/3.png", "has a link that leads nowhere, such as b/3.png: fetch the files"),
        ("c", "has 2 links that lead nowhere, such as c: fetch"),
      ] {
        try link(name)
        expectRefusal(naming: folder, saying: words) { _ = try Dataset.load(folder.path) }
      }
    }
  }

  @Test("A folder of which no image was fetched is refused for that, and not for holding no data set")
  func brokenLinksAlone() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] {
        let place = folder.appending(path: name)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
          atPath: place.appending(path: "1.png").path, withDestinationPath: "/annex/1")
      }
      expectRefusal(naming: folder, saying: "has 2 links that lead nowhere, such as a/1.png") {
        _ = try Dataset.load(folder.path)
      }
    }
  }

  @Test("What was left out or assumed is remarked on, with its number and its first example")
  func remarks() throws {
    try withTemporaryFolder { folder in
      for name in ["a/1.png", "a/2.jfif", "a/3.png", "b/1.JPG", "b/2.png"] {
        try write(200, to: folder, name)
      }
      #expect(try Dataset.load(folder.path).remarks == [])
      try write(200, to: folder, "b/3.png", channels: 3)
      for name in ["a/4.webp", "b/5.bmp", "a/6.webp", "a/7"] {
        try Data("x".utf8).write(to: folder.appending(path: name))
      }
      try write(200, to: folder, "a/raw/1.png")
      try write(200, to: folder, "loose.png")
      let remarks = try Dataset.load(folder.path).remarks
      #expect(
        remarks.map(\.sentence) == [
          "1 image lies beside the folders of the classes and was not read, such as loose.png",
          "4 files were not read, by their endings: webp (2), bmp (1), without an ending (1), such as a/4.webp",
          "1 folder inside the folder of a class was not read, such as a/raw",
          "5 images are grey and have three equal channels now, such as a/1.png",
        ])
      #expect(remarks.map(\.count) == [1, 4, 1, 5])
    }
  }
}
