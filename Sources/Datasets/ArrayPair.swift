import Foundation
import Storage
import Tensors

/// Images and labels as two NumPy files.
///
///     images.npy        labels.npy                       split by a seeded fraction, or
///     train-images.npy  train-labels.npy  test-images.npy  test-labels.npy
///     class-names.txt                                    optional, one name a line
///
/// Images are uint8, or float32 in [0, 1]; N×H×W, N×C×H×W or N×H×W×C with 1 or 3 channels. Labels are integers
/// from 0, one for each image.
public enum ArrayPair {
  static let imagesSuffix = "images.npy"
  static let labelsSuffix = "labels.npy"
  static let parts = (training: "train-", test: "test-")
  /// The most classes without `class-names.txt`: a larger label is more likely a mistake.
  static let classLimit = 10_000

  /// - Throws: ``FileError`` naming the file that is missing, broken, has a wrong shape or type, a pixel outside [0,
  ///   1], a label outside the classes, or a different count than its partner.
  public static func load(_ folder: URL, name: String, options: DatasetOptions) throws -> Dataset {
    let classNames = try ClassNames.read(in: folder)
    let hasParts =
      FolderListing.kind(of: folder.appending(path: parts.training + imagesSuffix)) != nil
      || FolderListing.kind(of: folder.appending(path: parts.test + imagesSuffix)) != nil
    guard hasParts else {
      let labels = try readLabels(folder.appending(path: labelsSuffix), classNames: classNames)
      let images = try read(
        folder, prefix: "", labels: labels,
        classNames: classNames ?? ClassNames.numbers((labels.max() ?? 0) + 1),
        options)
      return try Dataset(name: name, splitting: images, options: options, folder: folder)
    }
    let labels = try [parts.training, parts.test].map {
      try readLabels(folder.appending(path: $0 + labelsSuffix), classNames: classNames)
    }
    let names = classNames ?? ClassNames.numbers((labels.joined().max() ?? 0) + 1)
    let training = try read(folder, prefix: parts.training, labels: labels[0], classNames: names, options)
    let test = try read(folder, prefix: parts.test, labels: labels[1], classNames: names, options)
    return try Dataset(
      name: name, training: training, heldOut: test,
      heldOutFile: folder.appending(path: parts.test + imagesSuffix))
  }

  /// Loads images and labels from two files of any name, all held out: there is nothing to train on.
  ///
  /// - Parameter classNames: nil for the numbers up to the largest label.
  /// - Throws: As ``load(_:name:options:)``.
  public static func load(
    images: URL, labels: URL, classNames: [String]?, options: DatasetOptions = DatasetOptions()
  ) throws -> Dataset {
    try options.check(for: .arrays, in: images)
    let known = try readLabels(labels, classNames: classNames)
    let array = try NPYFile(contentsOf: images)
    let (shape, pixels) = try Self.images(in: array, layout: options.arrayLayout, file: images)
    guard array.shape[0] == known.count else {
      throw FileError(
        file: labels,
        problem:
          "has \(known.count) labels: expected \(array.shape[0]), the number of images in \(images.lastPathComponent)"
      )
    }
    let all = LabelledImages(
      shape: shape, pixels: pixels, labels: known,
      classNames: classNames ?? ClassNames.numbers((known.max() ?? 0) + 1))
    var dataset = try Dataset(
      name: images.lastPathComponent, training: all.selecting(0..<0), heldOut: all, heldOutFile: images)
    dataset.origin = .files(in: images.deletingLastPathComponent())
    return dataset.remarkedOn()
  }

  /// Pixels in channels-first order.
  ///
  /// - Parameter file: Named in errors; nothing is read from it.
  static func images(
    in array: NPYFile, layout: DatasetOptions.ArrayLayout?, file: URL
  ) throws -> (shape: ImageShape, pixels: LabelledImages.Pixels) {
    let (channels, height, width, isChannelsLast) = try axes(of: array.shape, layout: layout, file: file)
    guard array.elements.count > 0 else {
      throw FileError(file: file, problem: "holds no pixels: shape \(array.shape)")
    }
    let shape = ImageShape(channels: channels, height: height, width: width)
    func ordered<Sample>(_ samples: [Sample]) -> [Sample] {
      isChannelsLast && channels > 1 ? planar(samples, channels: channels, plane: height * width) : samples
    }
    switch array.elements {
    case .bytes(let samples):
      return (shape, .bytes(ordered(array.isBoolean ? samples.map { $0 * 255 } : samples)))
    case .floats(let samples):
      if let index = samples.firstIndex(where: { !(0...1).contains($0) }) {
        throw FileError(
          file: file,
          problem:
            "has the pixel \(samples[index]) in image \(index / shape.pixelCount): expected values in [0, 1]; \(advice(samples))"
        )
      }
      return (shape, .floats(ordered(samples)))
    case .integers:
      throw FileError(
        file: file,
        problem: "holds integers of several bytes: expected uint8, or float32 in [0, 1], such as "
          + "(images / 4095).astype(numpy.float32) of 12 bits")
    }
  }

  /// How values beyond [0, 1] become pixels.
  private static func advice(_ samples: [Float]) -> String {
    samples.contains { $0 < 0 }
      ? "if they lie between two known ends, such as −1 and 1, map these to 0 and 1: (x − low) / (high − low)"
      : "divide by the largest value that a pixel can have"
  }

  private static func axes(
    of shape: [Int], layout: DatasetOptions.ArrayLayout?, file: URL
  ) throws -> (channels: Int, height: Int, width: Int, isChannelsLast: Bool) {
    if shape.count == 3 { return (1, shape[1], shape[2], false) }
    guard shape.count == 4 else {
      throw FileError(file: file, problem: "has shape \(shape): expected N×H×W, N×C×H×W or N×H×W×C")
    }
    let isPossible = (first: [1, 3].contains(shape[1]), last: [1, 3].contains(shape[3]))
    let chosen: DatasetOptions.ArrayLayout
    switch (layout, isPossible.first, isPossible.last) {
    case (.channelsFirst, true, _), (nil, true, false): chosen = .channelsFirst
    case (.channelsLast, _, true), (nil, false, true): chosen = .channelsLast
    case (nil, true, true):
      throw FileError(
        file: file,
        problem: "has shape \(shape), which can be N×C×H×W or N×H×W×C: state the layout, with --array-layout")
    default:
      throw FileError(
        file: file,
        problem: "has shape \(shape): expected 1 or 3 channels\(layout.map { " (\($0.rawValue))" } ?? "")")
    }
    switch chosen {
    case .channelsFirst: return (shape[1], shape[2], shape[3], false)
    case .channelsLast: return (shape[3], shape[1], shape[2], true)
    }
  }

  private static func planar<Sample>(_ samples: [Sample], channels: Int, plane: Int) -> [Sample] {
    var result = samples
    for start in stride(from: 0, to: samples.count, by: channels * plane) {
      for channel in 0..<channels {
        for pixel in 0..<plane {
          result[start + channel * plane + pixel] = samples[start + pixel * channels + channel]
        }
      }
    }
    return result
  }

  private static func readLabels(_ file: URL, classNames: [String]?) throws -> [Int] {
    try labels(in: NPYFile(contentsOf: file), classCount: classNames?.count, file: file)
  }

  /// - Parameter file: Named in errors; nothing is read from it.
  static func labels(in array: NPYFile, classCount: Int?, file: URL) throws -> [Int] {
    let labels: [Int]
    switch array.elements {
    case .bytes(let values): labels = values.map(Int.init)
    case .integers(let values): labels = values
    case .floats:
      throw FileError(
        file: file,
        problem: "holds floating-point numbers: expected integer labels; save it with .astype(numpy.int64)")
    }
    guard array.shape.count == 1 else {
      throw FileError(
        file: file, problem: "has shape \(array.shape): expected one axis, a label for each image")
    }
    let limit = classCount ?? classLimit
    if let index = labels.firstIndex(where: { !(0..<limit).contains($0) }) {
      throw FileError(
        file: file, problem: "has label \(labels[index]) for image \(index): expected 0…\(limit - 1)")
    }
    return labels
  }

  private static func read(
    _ folder: URL, prefix: String, labels: [Int], classNames: [String], _ options: DatasetOptions
  ) throws -> LabelledImages {
    let file = folder.appending(path: prefix + imagesSuffix)
    let array = try NPYFile(contentsOf: file)
    let (shape, pixels) = try images(in: array, layout: options.arrayLayout, file: file)
    guard array.shape[0] == labels.count else {
      throw FileError(
        file: folder.appending(path: prefix + labelsSuffix),
        problem:
          "has \(labels.count) labels: expected \(array.shape[0]), the number of images in \(file.lastPathComponent)"
      )
    }
    return LabelledImages(shape: shape, pixels: pixels, labels: labels, classNames: classNames)
  }
}
