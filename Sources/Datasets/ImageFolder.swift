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
public enum ImageFolder {
  static let trainingName = "train"
  static let testName = "test"
  private static let endings: Set<String> = ["png", "jpg", "jpeg"]

  /// - Parameter progress: Called from any thread, never from two at once, with the images decoded so far.
  /// - Throws: ``FileError`` naming the first image, in order, that cannot be decoded or has another size than
  ///   the first, or the folder that is missing or empty.
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
    let expected: DatasetOptions.Size
    if let size = options.size {
      expected = size
    } else {
      let bitmap = try ImageFile.read(first)
      expected = DatasetOptions.Size(height: bitmap.height, width: bitmap.width)
    }
    let decoded = try concurrentMap(members, chunkSize: 64, progress: progress) { member in
      var bitmap = try ImageFile.read(member.file)
      if options.size != nil { bitmap = bitmap.resized(width: expected.width, height: expected.height) }
      guard bitmap.width == expected.width, bitmap.height == expected.height else {
        throw FileError(
          file: member.file,
          problem: "is \(bitmap.width) pixels wide and \(bitmap.height) high: expected "
            + "\(expected.width) and \(expected.height), like \(first.path); or state a size, to resize all")
      }
      switch options.colour {
      case .automatic: break
      case .grey: bitmap = bitmap.grey
      case .rgb: bitmap = bitmap.rgb
      }
      return bitmap.planarSamples
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
}
