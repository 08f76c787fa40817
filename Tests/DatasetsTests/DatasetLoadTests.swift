import Foundation
import Images
import Storage
import Testing

@testable import Datasets

@Suite struct DatasetLoadTests {
  /// A catalogue entry for the files of `writeSmallIDX`, with the checksums of what is in `folder`.
  private func entry(for folder: URL) throws -> CatalogueEntry {
    CatalogueEntry(
      name: "small", title: "", licence: "", homePage: "", classNames: ["a", "b", "c"],
      trainingCount: 3, heldOutCount: 2, format: .idx,
      files: try IDXFolder.Part.allCases.map { part in
        CatalogueFile(
          name: part.names[0] + ".gz",
          checksum: .contentSHA256(try Checksum.hexadecimal(ofFile: folder.appending(path: part.names[0]))))
      })
  }

  @Test("The first folder with all files is taken, and each file must be the published one")
  func search() throws {
    try withTemporaryFolder { folder in
      let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
      try writeSmallIDX(to: first.appending(path: "small"), replacing: ["t10k-labels-idx1-ubyte": nil])
      try writeSmallIDX(to: second.appending(path: "small"))
      let entry = try entry(for: second.appending(path: "small"))
      let both = DatasetSearch(folders: [first, second])
      let dataset = try Dataset.load(entry, options: DatasetOptions(), search: both) { _, _ in }
      #expect(dataset.name == "small" && dataset.heldOut.labels == [2, 0])
      #expect(dataset.training.classNames == ["a", "b", "c"])
      #expect(entry.verify(in: both).map(\.status) == [.ok, .ok, .ok, .ok])

      let only = DatasetSearch(folders: [first])
      let error = #expect(throws: DatasetError.self) {
        try Dataset.load(entry, options: DatasetOptions(), search: only) { _, _ in }
      }
      #expect(
        error?.description.contains("lacks t10k-labels-idx1-ubyte.gz") == true, "\(String(describing: error))"
      )
      #expect(entry.verify(in: only).map(\.status) == [.ok, .ok, .ok, .missing])

      let changed = second.appending(path: "small/train-labels-idx1-ubyte")
      try idxLabels([0, 1, 1]).write(to: changed)
      expectRefusal(naming: changed, saying: "is not the published file: expected SHA-256") {
        _ = try Dataset.load(entry, options: DatasetOptions(), search: both) { _, _ in }
      }
      guard case .wrongChecksum = entry.verify(in: both)[1].status else {
        Issue.record("expected a wrong checksum, got \(entry.verify(in: both)[1])")
        return
      }
      try Data([0x1F, 0x8B, 1]).write(to: changed)
      guard case .unreadable = entry.verify(in: both)[1].status else {
        Issue.record("expected an unreadable file, got \(entry.verify(in: both)[1])")
        return
      }
    }
  }

  @Test("A set that is nowhere is reported with every folder tried")
  func notFound() throws {
    try withTemporaryFolder { folder in
      let search = DatasetSearch(folders: [folder, folder.appending(path: "other")])
      let error = #expect(throws: DatasetError.self) { try Dataset.load("kmnist", search: search) }
      #expect(
        error
          == .notFound(
            name: "kmnist", lookedIn: ["\(folder.path)/kmnist", "\(folder.path)/other/kmnist"],
            advice: "`intrigue datasets fetch kmnist` downloads it"))
      let unknown = #expect(throws: DatasetError.self) { try Dataset.load("kmnits", search: search) }
      #expect(unknown?.description.contains("fashion-mnist, mnist, kmnist, cifar10") == true)
      #expect(
        DatasetCatalogue.kmnist.verify(in: search).map(\.status) == Array(repeating: .missing, count: 4))
    }
  }

  @Test("An archive that was not unpacked is pointed at; decoded images stand in under their own name")
  func standIn() throws {
    try withTemporaryFolder { folder in
      let images = folder.appending(path: "cifar10-jpeg")
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
      try Data().write(to: images.appending(path: "cifar10-jpeg.tar.xz"))
      let search = DatasetSearch(folders: [folder])
      let error = #expect(throws: DatasetError.self) { try Dataset.load("cifar10", search: search) }
      #expect(
        error?.description.contains("tar -xf '\(images.path)/cifar10-jpeg.tar.xz' -C '\(images.path)'")
          == true,
        "\(String(describing: error))")
      for part in ["train", "test"] {
        let file = images.appending(path: "\(part)/cat/1.jpg")
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try JPEGFile.write(Bitmap(width: 1, height: 1, channels: 1, samples: [9]), quality: 90, to: file)
      }
      #expect(try Dataset.load("cifar10", search: search).name == "cifar10-jpeg")
    }
  }

  @Test("A name that is not in the catalogue is a folder inside the folders of the search")
  func ownName() throws {
    try withTemporaryFolder { folder in
      try writeSmallIDX(to: folder.appending(path: "my own set"))
      #expect(try Dataset.load("my own set", search: DatasetSearch(folders: [folder])).training.count == 3)
    }
  }

  @Test("A folder without a data set, one with two, and a file are refused")
  func recognition() throws {
    try withTemporaryFolder { folder in
      #expect(throws: DatasetError.unrecognised(folder: folder.path)) { try Dataset.load(folder.path) }
      try writeSmallIDX(to: folder)
      try writeSmallCIFAR(to: folder)
      #expect(
        throws: DatasetError.ambiguous(folder: folder.path, formats: ["IDX files", "CIFAR-10 batches"])
      ) {
        try Dataset.load(folder.path)
      }
      let file = folder.appending(path: "test_batch.bin")
      expectRefusal(naming: file, saying: "is not a folder") { _ = try Dataset.load(file.path) }
    }
  }

  @Test("INTRIGUE_DATASETS comes first and may name several folders")
  func environment() {
    let search = DatasetSearch.standard(environment: ["INTRIGUE_DATASETS": "/a b:/c"])
    #expect(search.folders.map(\.path).prefix(2) == ["/a b", "/c"])
    #expect(search.folders.map(\.lastPathComponent).suffix(2) == ["datasets", "datasets"])
    #expect(DatasetSearch.standard(environment: [:]).folders.count == 2)
  }

  @Test("The checksum changes with a pixel, a label, a class name and the split")
  func checksum() {
    func dataset(pixel: UInt8 = 1, label: Int = 0, name: String = "b", swapped: Bool = false) -> Dataset {
      let training = LabelledImages(
        shape: .init(channels: 1, height: 1, width: 1), pixels: .bytes([pixel]), labels: [label],
        classNames: ["a", name])
      let heldOut = LabelledImages(
        shape: training.shape, pixels: .bytes([7]), labels: [1], classNames: ["a", name])
      return Dataset(name: "x", training: swapped ? heldOut : training, heldOut: swapped ? training : heldOut)
    }
    let sums = [dataset(), dataset(pixel: 2), dataset(label: 1), dataset(name: "c"), dataset(swapped: true)]
      .map(\.checksum)
    #expect(Set(sums).count == sums.count && sums.allSatisfy { $0.count == 64 })
    #expect(dataset().checksum == sums[0])
  }

  private static func isInstalled(_ name: String) -> Bool {
    DatasetCatalogue.entry(named: name).map { entry in
      DatasetSearch.standard().folders(for: entry).contains {
        entry.presentCount(in: $0) == entry.files.count
      }
    } ?? false
  }

  @Test(
    "Fashion-MNIST is the published one",
    .enabled(if: isInstalled("fashion-mnist"), "fashion-mnist is not installed"))
  func fashionMNIST() throws {
    let dataset = try Dataset.load("fashion-mnist")
    #expect(dataset.training.count == 60_000 && dataset.heldOut.count == 10_000)
    for label in 0..<10 {
      #expect(dataset.training.labels.count { $0 == label } == 6_000)
      #expect(dataset.heldOut.labels.count { $0 == label } == 1_000)
    }
    #expect(dataset.training.classNames[dataset.training.labels[0]] == "Ankle boot")
    #expect(DatasetCatalogue.fashionMNIST.verify().map(\.status) == [.ok, .ok, .ok, .ok])
  }

  @Test("MNIST is the published one", .enabled(if: isInstalled("mnist"), "mnist is not in INTRIGUE_DATASETS"))
  func mnist() throws {
    let dataset = try Dataset.load("mnist")
    #expect(dataset.training.count == 60_000 && dataset.heldOut.labels.prefix(5) == [7, 2, 1, 0, 4])
  }
}
