import Foundation
import Storage
import Tensors

/// The four IDX files of a data set in one folder, each compressed or not, under the usual names: MNIST's, those with `test`
/// for `t10k`, and EMNIST's, which begin with the name of a set.
enum IDXFolder {
  enum Part: String, CaseIterable {
    case trainingImages = "train-images"
    case trainingLabels = "train-labels"
    case testImages = "t10k-images"
    case testLabels = "t10k-labels"

    /// The names looked for, each also with .gz; the published one first.
    var names: [String] {
      let dimensions = self == .trainingImages || self == .testImages ? 3 : 1
      let stems = [rawValue, rawValue.replacing("t10k-", with: "test-")]
      return (stems[0] == stems[1] ? [stems[0]] : stems).flatMap { stem in
        ["-", "."].map { "\(stem)\($0)idx\(dimensions)-ubyte" }
      }
    }

    /// Prefers a file without .gz, which need not be decompressed.
    ///
    /// - Parameter prefix: The text before the usual name; see ``prefixes(in:)``.
    func file(in folder: URL, prefix: String = "") -> URL? {
      (names + names.map { $0 + ".gz" }).map { folder.appending(path: prefix + $0) }.first {
        FolderListing.kind(of: $0) == .file
      }
    }
  }

  /// The prefixes of the usual names of the files there, such as `emnist-letters-`, in byte order; empty for MNIST's.
  static func prefixes(in listing: FolderListing) -> [String] {
    let names = Part.allCases.flatMap(\.names)
    let found = listing.files.compactMap { file -> String? in
      let plain = file.utf8.suffix(3).elementsEqual(".gz".utf8) ? String(file.dropLast(3)) : file
      guard let name = names.first(where: { plain.utf8.suffix($0.utf8.count).elementsEqual($0.utf8) }) else {
        return nil
      }
      let prefix = String(plain.dropLast(name.count))
      return prefix.isEmpty || prefix.utf8.last == UInt8(ascii: "-") ? prefix : nil
    }
    return Set(found).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// - Parameter entry: Published files, when the set was requested by name.
  /// - Throws: ``FileError`` naming the file that is missing, broken, not the published one, or inconsistent with
  ///   another.
  static func load(_ folder: URL, name: String, entry: CatalogueEntry? = nil) throws -> Dataset {
    let prefixes = entry == nil ? prefixes(in: try FolderListing(folder)) : []
    guard prefixes.count < 2 else {
      let sets = prefixes.map { $0.isEmpty ? "one without a name before it" : String($0.dropLast()) }
      throw FileError(
        file: folder,
        problem:
          "holds the IDX files of \(sets.count) sets (\(sets.joined(separator: ", "))): expected one, so put each "
          + "into a folder of its own")
    }
    let prefix = prefixes.first ?? ""
    let files = try Part.allCases.map { part in
      guard let file = part.file(in: folder, prefix: prefix) else {
        let wanted = prefix + part.names[0]
        throw FileError(file: folder, problem: "lacks \(wanted) or \(wanted).gz")
      }
      return file
    }
    let budget = UnfoldingBudget()
    let contents = try concurrentMap(Array(files.enumerated())) { index, file in
      try content(of: file, published: entry?.files[index], within: budget)
    }
    let names = try entry?.classNames ?? classNames(in: folder, trainingLabels: contents[1])
    let labels = try [1, 3].map { try IDXFile.labels(in: contents[$0], file: files[$0]) }
    let classNames = names ?? ClassNames.numbers((labels.joined().max() ?? 0) + 1)
    func part(_ index: Int) throws -> LabelledImages {
      let images = try IDXFile.images(in: contents[index], file: files[index])
      let (labels, labelsFile) = (labels[index / 2], files[index + 1])
      guard labels.count == images.count else {
        throw FileError(
          file: labelsFile,
          problem: "has \(labels.count) labels: expected \(images.count), the number of images in "
            + files[index].lastPathComponent)
      }
      if let wrong = labels.firstIndex(where: { $0 >= classNames.count }) {
        throw FileError(
          file: labelsFile,
          problem: "has label \(labels[wrong]) for image \(wrong): expected 0…\(classNames.count - 1)")
      }
      return LabelledImages(
        shape: ImageShape(channels: 1, height: images.height, width: images.width),
        pixels: .bytes(images.pixels),
        labels: labels, classNames: classNames)
    }
    let dataset = try Dataset(name: name, training: part(0), heldOut: part(2), heldOutFile: files[2])
    guard prefix.utf8.starts(with: "emnist-".utf8) else { return dataset }
    return dataset.remarking([
      DatasetRemark(
        text: "EMNIST's files hold images with rows and columns exchanged; they are read as they are",
        count: dataset.training.count + dataset.heldOut.count)
    ])
  }

  private static func content(of file: URL, published: CatalogueFile?, within budget: UnfoldingBudget)
    throws -> Data
  {
    let data = try FileContents.read(file)
    let isCompressed = Gzip.isCompressed(data)
    let content = isCompressed ? try Gzip.decompress(data, file: file, within: budget) : data
    if let published {
      try published.checksum.check(file: file, stored: isCompressed ? data : nil, content: content)
    }
    return content
  }

  /// Reads `class-names.txt`, or the catalogue when the training labels are those of one of its sets.
  private static func classNames(in folder: URL, trainingLabels: Data) throws -> [String]? {
    if let names = try ClassNames.read(in: folder) { return names }
    let checksum = PublishedChecksum.contentSHA256(Checksum.hexadecimal(of: trainingLabels))
    return DatasetCatalogue.entries.first { $0.files.contains { $0.checksum == checksum } }?.classNames
  }
}

extension Dataset {
  /// - Throws: ``FileError`` naming `heldOutFile` when its images and the training images differ in shape.
  init(name: String, training: LabelledImages, heldOut: LabelledImages, heldOutFile: URL) throws {
    guard training.shape == heldOut.shape else {
      throw FileError(
        file: heldOutFile,
        problem: "has images of \(heldOut.shape): expected \(training.shape), like the training images")
    }
    self.init(name: name, training: training, heldOut: heldOut)
  }
}
