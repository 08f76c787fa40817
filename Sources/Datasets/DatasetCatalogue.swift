import Foundation

/// The public data sets known by name.
public enum DatasetCatalogue {
  public static let entries = [fashionMNIST, mnist, kmnist, cifar10]

  public static func entry(named name: String) -> CatalogueEntry? {
    entries.first { $0.name == name }
  }

  // The checksums of fashion-mnist and mnist were computed from Debian's package dataset-fashion-mnist and from files
  // whose MD5 sums are the well-known ones of the original MNIST. The MD5 sums of kmnist are those published by
  // torchvision, that of the CIFAR-10 archive is on its home page; those of its members are published by several
  // projects that use it. The sizes are those printed by TensorFlow, Keras and torchvision when they fetch the same
  // files; Debian's copies of fashion-mnist lack the embedded file name and are shorter by its length.

  static let fashionMNIST = CatalogueEntry(
    name: "fashion-mnist", title: "Fashion-MNIST: Zalando's articles, 28×28 grey",
    licence: "MIT", homePage: "https://github.com/zalandoresearch/fashion-mnist",
    classNames: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ],
    trainingCount: 60_000, heldOutCount: 10_000, format: .idx,
    files: idxFiles(
      // The S3 website linked in its README does not support https; the same files are in its repository.
      at: "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      sizes: [26_421_880, 29_515, 4_422_102, 5_148],
      [
        .contentSHA256("c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        .contentSHA256("bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        .contentSHA256("5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        .contentSHA256("0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
      ]))

  static let mnist = CatalogueEntry(
    name: "mnist", title: "MNIST: handwritten digits, 28×28 grey",
    licence: "CC BY-SA 3.0", homePage: "http://yann.lecun.com/exdb/mnist/",
    classNames: (0...9).map(String.init), trainingCount: 60_000, heldOutCount: 10_000, format: .idx,
    files: idxFiles(
      at: "https://ossci-datasets.s3.amazonaws.com/mnist/",
      sizes: [9_912_422, 28_881, 1_648_877, 4_542],
      [
        .contentSHA256("ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        .contentSHA256("65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        .contentSHA256("0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        .contentSHA256("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
      ]))

  static let kmnist = CatalogueEntry(
    name: "kmnist", title: "Kuzushiji-MNIST: cursive hiragana, 28×28 grey",
    licence: "CC BY-SA 4.0", homePage: "https://codh.rois.ac.jp/kmnist/",
    classNames: ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
    trainingCount: 60_000, heldOutCount: 10_000, format: .idx,
    files: idxFiles(
      at: "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      sizes: [18_165_135, 29_497, 3_041_136, 5_120],
      [
        .fileMD5("bdb82020997e1d708af4cf47b453dcf7"),
        .fileMD5("e144d726b3acfaa3e44228e80efcd344"),
        .fileMD5("5c965bf0a639b31b8f53240b1b52f4d7"),
        .fileMD5("7320c461ea6c1c855c0b718fb2a4b134"),
      ]))

  static let cifar10 = CatalogueEntry(
    name: "cifar10", title: "CIFAR-10: tiny photographs, 32×32 RGB",
    licence: "none stated; cite Krizhevsky (2009)", homePage: "https://www.cs.toronto.edu/~kriz/cifar.html",
    classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    trainingCount: 50_000, heldOutCount: 10_000, format: .cifarBinary,
    files: [
      "5dd7e06a14cb22eb9f671a540d1b7c25", "5ea93a67294ea407fff1d09f752e9692",
      "942cd6a4bcdd0dd3c604fbe906cb4421",
      "ae636b3ba5c66a11e91e8cb52e771fcb", "53f37980c15c3d472c316c40844f3f0d",
      "803d5f7f4d78ea53de84dbe85f74fb6d",
    ].enumerated().map { index, sum in
      CatalogueFile(
        name: (CIFARBinary.trainingNames + [CIFARBinary.testName])[index], checksum: .contentMD5(sum))
    },
    archive: CatalogueFile(
      name: "cifar-10-binary.tar.gz", url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      byteCount: 170_052_171, checksum: .fileMD5("c32a1d4ab5d03f1284b67883e8d87530")))

  private static func idxFiles(
    at folder: String, sizes: [Int64], _ checksums: [PublishedChecksum]
  ) -> [CatalogueFile] {
    zip(IDXFolder.Part.allCases, zip(sizes, checksums)).map { part, published in
      let name = part.names[0] + ".gz"
      return CatalogueFile(name: name, url: folder + name, byteCount: published.0, checksum: published.1)
    }
  }
}

/// A public data set of the catalogue.
public struct CatalogueEntry: Sendable {
  public enum Format: String, Sendable {
    case idx, cifarBinary
  }

  /// The name used by users and of its folder.
  public let name: String
  public let title: String
  public let licence: String
  public let homePage: String
  public let classNames: [String]
  public let trainingCount: Int
  public let heldOutCount: Int
  public let format: Format
  /// The required files. Those of an archive have no URL of their own.
  public let files: [CatalogueFile]
  /// Archive of `files`, if they are not published separately.
  public let archive: CatalogueFile?

  public init(
    name: String, title: String, licence: String, homePage: String, classNames: [String],
    trainingCount: Int, heldOutCount: Int, format: Format, files: [CatalogueFile],
    archive: CatalogueFile? = nil
  ) {
    self.name = name
    self.title = title
    self.licence = licence
    self.homePage = homePage
    self.classNames = classNames
    self.trainingCount = trainingCount
    self.heldOutCount = heldOutCount
    self.format = format
    self.files = files
    self.archive = archive
  }

  /// The same set, fetched from another web folder. Sizes and checksums stay those of the published files.
  public func mirrored(at folder: URL) -> CatalogueEntry {
    func mirrored(_ file: CatalogueFile) -> CatalogueFile {
      guard let size = file.byteCount else { return file }
      let url = folder.appending(path: file.name).absoluteString
      return CatalogueFile(name: file.name, url: url, byteCount: size, checksum: file.checksum)
    }
    return CatalogueEntry(
      name: name, title: title, licence: licence, homePage: homePage, classNames: classNames,
      trainingCount: trainingCount, heldOutCount: heldOutCount, format: format, files: files.map(mirrored),
      archive: archive.map(mirrored))
  }
}

public struct CatalogueFile: Equatable, Sendable {
  public let name: String
  /// Public URL; nil inside an archive.
  public let url: String?
  /// The size of the published file, beyond which nothing is fetched; nil inside an archive.
  public let byteCount: Int64?
  public let checksum: PublishedChecksum

  /// A file inside an archive.
  public init(name: String, checksum: PublishedChecksum) {
    self.name = name
    url = nil
    byteCount = nil
    self.checksum = checksum
  }

  /// - Parameter byteCount: Size of the file as published and downloaded.
  public init(name: String, url: String, byteCount: Int64, checksum: PublishedChecksum) {
    self.name = name
    self.url = url
    self.byteCount = byteCount
    self.checksum = checksum
  }
}

/// A checksum that identifies a file as the published one.
public enum PublishedChecksum: Equatable, Sendable {
  /// SHA-256 of the bytes after decompression: still valid for a file that was recompressed.
  case contentSHA256(String)
  /// MD5 of the bytes after decompression.
  case contentMD5(String)
  /// MD5 of the file as published; a recompressed or decompressed file cannot be compared.
  case fileMD5(String)
}
