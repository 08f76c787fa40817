import Foundation
import Images
import Storage
import Tensors

/// Folders of PNG and JPEG files, one folder per class; ``ImageFolderLayout`` determines the role of each folder.
///
/// Classes, and the images of a class, are in byte order of their names. Files with endings other than ``endings``, and
/// folders inside a class folder, are left out with a remark, hidden files without one. A name that is not UTF-8 is
/// rejected (``ForeignNames``), and so is a dangling link.
///
/// The size of an image is checked by its header before the image is decoded. Images of more than ``largestPixelCount``
/// pixels are read only to be resized.
public enum ImageFolder {
  /// The most pixels of an image that is not resized: 2048×2048.
  static let largestPixelCount = 1 << 22
  /// Accepted endings; the first bytes determine the type.
  static let endings = ["png", "jpg", "jpeg", "jfif"]

  /// - Parameter progress: Called from any thread but never concurrently, with the number of images decoded so far.
  /// - Throws: ``FileError`` naming every image that cannot be decoded, differs in size from the first or is too large,
  ///   or the folder that is missing or empty.
  public static func load(
    _ folder: URL, name: String, options: DatasetOptions,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    let listing = try FolderListing(folder)
    try ForeignNames.refuse(in: folder, listing)
    let layout = try ImageFolderLayout(folder)
    let classes = layout.training.classes
    let training = try Members(of: layout.training, labels: Array(classes.indices), below: folder)
    guard let heldOut = layout.heldOut else {
      try Self.refuse(links: training.brokenLinks, in: folder)
      let read = try decode(training.members, classNames: classes, options, folder, progress)
      var dataset = try Dataset(name: name, splitting: read.images, options: options, folder: folder)
      dataset.remarks = layout.remarks + training.remarks + read.remarks
      return dataset
    }
    let labels = try heldOut.classes.map { name in
      guard let label = classes.firstIndex(of: name) else {
        throw FileError(
          file: heldOut.folder.appending(path: name),
          problem: "is a class that \(layout.training.folder.path) does not have")
      }
      return label
    }
    let test = try Members(of: heldOut, labels: labels, below: folder)
    try Self.refuse(links: training.brokenLinks + test.brokenLinks, in: folder)
    let read = try decode(
      training.members + test.members, classNames: classes, options, folder, progress)
    let count = training.members.count
    var dataset = Dataset(
      name: name, training: read.images.selecting(0..<count),
      heldOut: read.images.selecting(count..<read.images.count))
    dataset.remarks = layout.remarks + training.remarks + test.remarks + read.remarks
    return dataset
  }

  /// Whether a class folder has an image, or a link to one that was not fetched.
  static func hasImages(_ folder: URL) -> Bool {
    (try? FolderListing(folder)).map { ($0.files + $0.brokenLinks).contains(where: isImage) } ?? false
  }

  static func isImage(_ name: String) -> Bool { isImage(Array(name.utf8)) }

  /// The same for a name that may not be UTF-8.
  static func isImage(_ name: [UInt8]) -> Bool { ending(of: name).map(endings.contains) ?? false }

  /// Extension in lower case.
  static func ending(of name: [UInt8]) -> String? {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
  }

  // MARK: Members

  private struct Member: Sendable {
    let file: URL
    /// Path relative to the folder of the data set.
    let place: String
    let label: Int
  }

  /// The images of a part, and what else lies among them.
  private struct Members {
    private(set) var members: [Member] = []
    private(set) var remarks: [DatasetRemark] = []
    private(set) var brokenLinks: [String] = []

    /// - Parameters:
    ///   - labels: Label of each class of the part.
    ///   - folder: Folder of the data set.
    init(of part: ImageFolderLayout.Part, labels: [Int], below folder: URL) throws {
      let prefix = part.folder == folder ? "" : part.folder.lastPathComponent + "/"
      var others: [(place: String, ending: String)] = []
      var deeper: [String] = []
      brokenLinks = try FolderListing(part.folder).brokenLinks.filter(Self.couldBeRead).map { prefix + $0 }
      for (name, label) in zip(part.classes, labels) {
        let listing = try FolderListing(part.folder.appending(path: name))
        let images = listing.files.filter(ImageFolder.isImage)
        let broken = listing.brokenLinks.filter(Self.couldBeRead)
        brokenLinks += broken.map { "\(prefix)\(name)/\($0)" }
        guard !images.isEmpty || !broken.isEmpty else {
          throw FileError(
            file: listing.folder,
            problem: "has no images: expected files ending in \(ImageFolder.endings.joined(separator: ", "))")
        }
        members += images.map {
          Member(file: listing.folder.appending(path: $0), place: "\(prefix)\(name)/\($0)", label: label)
        }
        others += listing.files.filter { !ImageFolder.isImage($0) }.map {
          ("\(prefix)\(name)/\($0)", ImageFolder.ending(of: Array($0.utf8)) ?? "without an ending")
        }
        deeper += listing.folders.map { "\(prefix)\(name)/\($0)" }
      }
      let counts = Dictionary(grouping: others, by: \.ending).sorted {
        ($1.value.count, $0.key) < ($0.value.count, $1.key)
      }.map { "\($0.key) (\($0.value.count))" }
      let listed = counts.prefix(5) + (counts.count > 5 ? ["\(counts.count - 5) other endings"] : [])
      remarks = [
        .of(
          others.map(\.place), "file was not read, by its ending", "files were not read, by their endings",
          ": \(listed.joined(separator: ", "))"),
        .of(
          deeper, "folder inside the folder of a class was not read",
          "folders inside folders of classes were not read"),
      ].compactMap(\.self)
    }

    /// Whether a dangling link may have led to an image or a class.
    private static func couldBeRead(_ name: String) -> Bool {
      ImageFolder.isImage(name) || !name.utf8.contains(UInt8(ascii: "."))
    }
  }

  private static func refuse(links: [String], in folder: URL) throws {
    guard let first = links.first else { return }
    throw FileError(
      file: folder,
      problem:
        "has \(links.count == 1 ? "a link that leads" : "\(links.count) links that lead") nowhere, such as "
        + "\(first): fetch the files (git annex get, dvc pull, git lfs pull), or remove the links")
  }

  // MARK: Decoding

  private struct Decoded: Sendable {
    let samples: [UInt8]
    let notes: Set<ImageNote>
    /// Whether the file itself is grey.
    let isGrey: Bool
    let isResized: Bool
  }

  private static func decode(
    _ members: [Member], classNames: [String], _ options: DatasetOptions, _ folder: URL,
    _ progress: @Sendable (Int, Int) -> Void
  ) throws -> (images: LabelledImages, remarks: [DatasetRemark]) {
    let available = AvailableMemory.current
    let (room, sum) = (DecodingRoom(within: available), DecodedImages(within: available))
    // The size of the first readable image, which the others are compared with.
    let (expected, like) = try options.size.map { ($0, "") } ?? size(of: members, in: folder)
    let results = try concurrentMap(members, chunkSize: 64, progress: progress) {
      member -> Result<Decoded, FileError> in
      let decoded: Decoded
      do {
        decoded = try Self.decoded(member, expected, like: like, options, room)
      } catch let error as FileError {
        return .failure(error)
      }
      try sum.add(decoded.samples.count, of: member.file)
      return .success(decoded)
    }
    let decoded = try BadImages.successes(of: results, in: folder)
    let plane = expected.height * expected.width
    let channels = decoded.contains { $0.samples.count > plane } ? 3 : 1
    var samples: [UInt8] = []
    samples.reserveCapacity(decoded.count * channels * plane)
    for image in decoded {
      // A grey image among colour ones: three equal planes.
      for _ in 0..<(channels * plane / image.samples.count) { samples += image.samples }
    }
    return (
      LabelledImages(
        shape: ImageShape(channels: channels, height: expected.height, width: expected.width),
        pixels: .bytes(samples),
        labels: members.map(\.label), classNames: classNames),
      remarks(on: zip(members, decoded).map { ($0.place, $1) }, channels: channels, size: expected)
    )
  }

  private static func remarks(
    on images: [(place: String, decoded: Decoded)], channels: Int, size: DatasetOptions.Size
  ) -> [DatasetRemark] {
    func places(_ note: ImageNote) -> [String] {
      images.filter { $0.decoded.notes.contains(note) }.map(\.place)
    }
    let greys = channels == 3 ? images.filter(\.decoded.isGrey).map(\.place) : []
    let coloured = channels == 1 ? images.filter { !$0.decoded.isGrey }.map(\.place) : []
    let odd = images.flatMap { image in
      image.decoded.notes.compactMap { note -> (words: String, place: String)? in
        if case .oddity(let words) = note { (words, image.place) } else { nil }
      }
    }
    return [
      .of(
        places(.turned), "image was turned upright, as its camera noted",
        "images were turned upright, as their cameras noted"),
      .of(
        places(.composited), "image has transparent pixels, which stand over white now",
        "images have transparent pixels, which stand over white now"),
      .of(
        places(.rounded), "image has samples of 16 bits, which were rounded to 8",
        "images have samples of 16 bits, which were rounded to 8"),
      .of(
        greys, "image is grey and has three equal channels now",
        "images are grey and have three equal channels now"),
      .of(
        coloured, "image is coloured and was made grey", "images are coloured and were made grey"),
      .of(
        images.filter(\.decoded.isResized).map(\.place), "image was resized to \(size.height)×\(size.width)",
        "images were resized to \(size.height)×\(size.width)"),
    ].compactMap(\.self)
      + Dictionary(grouping: odd, by: \.words).sorted { $0.key < $1.key }.compactMap { words, images in
        .of(
          images.map(\.place), "file has an oddity that touches no pixel",
          "files have an oddity that touches no pixel",
          " (\(words))")
      }
  }

  /// The size required of all images if none is requested: that of the first readable one.
  private static func size(
    of members: [Member], in folder: URL
  ) throws -> (size: DatasetOptions.Size, place: String) {
    var errors: [FileError] = []
    for member in members {
      do {
        return (try size(of: member.file), member.place)
      } catch let error as FileError {
        errors.append(error)
      }
    }
    throw BadImages.error(errors, of: members.count, in: folder)
  }

  private static func size(of first: URL) throws -> DatasetOptions.Size {
    let data = try FileContents.read(first)
    let (width, height) = try ImageFile.size(of: data, file: first)
    let count = boundedProduct(width, height)
    guard count <= largestPixelCount else {
      throw FileError(
        file: first,
        problem: "is \(width) pixels wide and \(height) high, \(count) pixels: images of more than "
          + "\(largestPixelCount) are read only to be resized, with --resize HEIGHTxWIDTH")
    }
    // A false header is detected here, rather than at a later image.
    let bitmap = try ImageFile.decode(data, file: first)
    return DatasetOptions.Size(height: bitmap.height, width: bitmap.width)
  }

  /// Image, channel by channel, in the requested size and colours.
  private static func decoded(
    _ member: Member, _ expected: DatasetOptions.Size, like place: String, _ options: DatasetOptions,
    _ room: DecodingRoom
  ) throws -> Decoded {
    let data = try FileContents.read(member.file)
    let (width, height) = try ImageFile.size(of: data, file: member.file)
    guard options.size != nil || (width == expected.width && height == expected.height) else {
      throw FileError(
        file: member.file,
        problem: "is \(width) pixels wide and \(height) high, \(place) is \(expected.width) wide and "
          + "\(expected.height) high\(BadImages.sizeAdvice)")
    }
    return try room.withRoom(for: boundedProduct(width, height)) {
      let read = try ImageFile.decodeWithNotes(data, file: member.file)
      var bitmap = read.bitmap
      let isGrey = bitmap.channels == 1
      let isResized = bitmap.width != expected.width || bitmap.height != expected.height
      if options.size != nil { bitmap = bitmap.resized(width: expected.width, height: expected.height) }
      switch options.colour {
      case .automatic: break
      case .grey: bitmap = bitmap.grey
      case .rgb: bitmap = bitmap.rgb
      }
      return Decoded(
        samples: bitmap.planarSamples, notes: read.notes, isGrey: isGrey, isResized: isResized)
    }
  }
}
