import Foundation
import Images
import Storage
import Tensors

/// Folders of PNG and JPEG files, one folder for each class.
///
///     train/<class>/*.png    test/<class>/*.png        with a test part, or
///     <class>/*.png                                    split by a seeded fraction
///
/// Classes, and the images of a class, are in byte order of their names. Files with other endings than png, jpg
/// and jpeg (in either case) and hidden files are ignored. A name that is not UTF-8 is refused (``ForeignNames``).
///
/// The size of an image is compared by its header, before that image is decoded. Images of more than
/// ``largestPixelCount`` pixels are read only to be resized.
public enum ImageFolder {
  static let trainingName = "train"
  static let testName = "test"
  /// Most pixels of an image that is taken as it is: 2048×2048.
  static let largestPixelCount = 1 << 22
  private static let endings: Set<String> = ["png", "jpg", "jpeg"]

  /// - Parameter progress: Called from any thread, never from two at once, with the images decoded so far.
  /// - Throws: ``FileError`` naming the first image, in order, that cannot be decoded, has another size than
  ///   the first or is too large, or the folder that is missing or empty.
  public static func load(
    _ folder: URL, name: String, options: DatasetOptions,
    progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> Dataset {
    let listing = try FolderListing(folder)
    try ForeignNames.refuse(
      in: folder, parts: listing.folders.contains(trainingName) ? [trainingName, testName] : [])
    guard listing.folders.contains(trainingName) else {
      let classes = listing.folders
      let images = try decode(members(of: classes, in: folder), classNames: classes, options, progress)
      return try Dataset(name: name, splitting: images, options: options, folder: folder)
    }
    let trainingFolder = folder.appending(path: trainingName)
    let testFolder = folder.appending(path: testName)
    let classes = try FolderListing(trainingFolder).folders
    let testClasses = try FolderListing(testFolder).folders
    if let unknown = testClasses.first(where: { !classes.contains($0) }) {
      throw FileError(
        file: testFolder.appending(path: unknown),
        problem: "is a class that \(trainingFolder.path) does not have")
    }
    let training = try members(of: classes, in: trainingFolder)
    let test = try members(of: testClasses, in: testFolder).map {
      // Labels count the training classes, of which the test part may lack some.
      Member(file: $0.file, label: classes.firstIndex(of: testClasses[$0.label]) ?? 0)
    }
    let images = try decode(training + test, classNames: classes, options, progress)
    return Dataset(
      name: name, training: images.selecting(0..<training.count),
      heldOut: images.selecting(training.count..<images.count))
  }

  /// Whether the folder of a class has an image.
  static func hasImages(_ folder: URL) -> Bool {
    (try? FolderListing(folder).files.contains(where: isImage)) ?? false
  }

  private struct Member: Sendable {
    let file: URL
    let label: Int
  }

  private static func isImage(_ name: String) -> Bool {
    endings.contains((name as NSString).pathExtension.lowercased())
  }

  /// The same for a name that is not UTF-8.
  static func isImage(_ name: [UInt8]) -> Bool {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return endings.contains(String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased())
  }

  private static func members(of classes: [String], in folder: URL) throws -> [Member] {
    guard !classes.isEmpty else {
      throw FileError(file: folder, problem: "has no folders: expected one for each class")
    }
    return try classes.enumerated().flatMap { label, name in
      let classFolder = folder.appending(path: name)
      let files = try FolderListing(classFolder).files.filter(isImage)
      guard !files.isEmpty else {
        throw FileError(
          file: classFolder, problem: "has no images: expected files ending in png, jpg or jpeg")
      }
      return files.map { Member(file: classFolder.appending(path: $0), label: label) }
    }
  }

  private static func decode(
    _ members: [Member], classNames: [String], _ options: DatasetOptions,
    _ progress: @Sendable (Int, Int) -> Void
  ) throws -> LabelledImages {
    let first = members[0].file
    let available = AvailableMemory.current
    let (room, sum) = (DecodingRoom(within: available), DecodedImages(within: available))
    let expected = try options.size ?? size(of: first)
    let decoded = try concurrentMap(members, chunkSize: 64, progress: progress) { member in
      let data = try FileContents.read(member.file)
      let (width, height) = try ImageFile.size(of: data, file: member.file)
      guard options.size != nil || (width == expected.width && height == expected.height) else {
        throw FileError(
          file: member.file,
          problem: "is \(width) pixels wide and \(height) high: expected \(expected.width) and "
            + "\(expected.height), like \(first.path); or state a size, to resize all")
      }
      let samples = try room.withRoom(for: boundedProduct(width, height)) {
        try Self.samples(of: data, member.file, expected, options)
      }
      try sum.add(samples.count, of: member.file)
      return samples
    }
    let plane = expected.height * expected.width
    let channels = decoded.contains { $0.count > plane } ? 3 : 1
    var samples: [UInt8] = []
    samples.reserveCapacity(decoded.count * channels * plane)
    for image in decoded {
      // A grey image among coloured ones: three equal planes.
      for _ in 0..<(channels * plane / image.count) { samples += image }
    }
    return LabelledImages(
      shape: ImageShape(channels: channels, height: expected.height, width: expected.width),
      pixels: .bytes(samples),
      labels: members.map(\.label), classNames: classNames)
  }

  /// The size that all images must have where none is asked for: that of the first.
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
    // A header that lies is found out here, and not beside the next image.
    let bitmap = try ImageFile.decode(data, file: first)
    return DatasetOptions.Size(height: bitmap.height, width: bitmap.width)
  }

  /// Channel by channel, in the size and the colours asked for.
  private static func samples(
    of data: Data, _ file: URL, _ expected: DatasetOptions.Size, _ options: DatasetOptions
  ) throws -> [UInt8] {
    var bitmap = try ImageFile.decode(data, file: file)
    if options.size != nil { bitmap = bitmap.resized(width: expected.width, height: expected.height) }
    switch options.colour {
    case .automatic: break
    case .grey: bitmap = bitmap.grey
    case .rgb: bitmap = bitmap.rgb
    }
    return bitmap.planarSamples
  }
}
