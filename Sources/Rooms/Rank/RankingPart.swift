import Directions
import Foundation
import Lab
import Storage
import Tensors

/// The ranking of some consecutive images, with what is needed to join it with those of the others.
public struct RankingPart: Equatable, Sendable {
  public let subject: RankingSubject
  /// Among all images of the subject.
  public private(set) var images: Range<Int>
  public private(set) var ranking: Ranking
  /// One per direction.
  public private(set) var summaries: [ScoreSummary]
  /// True class of each image of the part.
  public private(set) var labels: [Int]

  init(
    subject: RankingSubject, images: Range<Int>, ranking: Ranking, summaries: [ScoreSummary], labels: [Int]
  ) {
    self.subject = subject
    self.images = images
    self.ranking = ranking
    self.summaries = summaries
    self.labels = labels
  }

  /// Adds the part that follows.
  ///
  /// - Precondition: Same subject, and its first image is the one after the last of this part.
  mutating func append(_ next: RankingPart) {
    precondition(
      next.subject.difference(from: subject) == nil && next.images.lowerBound == images.upperBound,
      "images \(next.images) do not follow \(images)")
    images = images.lowerBound..<next.images.upperBound
    ranking = ranking.merged(with: next.ranking)
    summaries = zip(summaries, next.summaries).map { $0.merged(with: $1) }
    labels += next.labels
  }
}

extension RankingPart {
  /// `part.json`, written last.
  struct Header: Codable, Equatable {
    var subject: RankingSubject
    /// As it was asked for; nil: all images.
    var shard: Shard?
    var firstImage: Int
    var imageCount: Int
    /// SHA-256 of each of the other files.
    var checksums: [String: String]

    var images: Range<Int> { firstImage..<firstImage + imageCount }
  }

  static let headerName = "part.json"

  private enum Name {
    static let images = "part-images.npy"
    static let scores = "part-scores.npy"
    static let extremes = "part-extremes.npy"
    static let sums = "part-sums.npy"
    static let labels = "part-labels.npy"
    static let all = [images, scores, extremes, sums, labels]
  }

  /// Beside the digits of both sums: scores above 0, scores equal to 0.
  private static let sumColumns = 2 + 2 * ExactSum.digitCount

  /// The files of the part but its header.
  private var arrays: [(name: String, array: NPYFile)] {
    let count = subject.directionIDs.count
    var extremes: [Float] = []
    var sums: [Int] = []
    sums.reserveCapacity(count * Self.sumColumns)
    for summary in summaries {
      extremes += [summary.minimum, summary.maximum]
      sums += [summary.positiveCount, summary.zeroCount]
      sums += summary.sum.digits.map { Int($0) } + summary.squares.digits.map { Int($0) }
    }
    return Self.arrays(of: ranking, images: Name.images, scores: Name.scores) + [
      (Name.extremes, NPYFile(shape: [count, 2], elements: .floats(extremes))),
      (Name.sums, NPYFile(shape: [count, Self.sumColumns], elements: .integers(sums))),
      (Name.labels, NPYFile(shape: [labels.count], elements: .integers(labels))),
    ]
  }

  /// `[directions, k]`: image numbers and scores, best first.
  static func arrays(of ranking: Ranking, images: String, scores: String) -> [(name: String, array: NPYFile)]
  {
    let shape = [ranking.topImages.count, ranking.topImages.first?.count ?? 0]
    return [
      (
        images, NPYFile(shape: shape, elements: .integers(ranking.topImages.flatMap { $0.map(\.imageIndex) }))
      ),
      (scores, NPYFile(shape: shape, elements: .floats(ranking.topImages.flatMap { $0.map(\.score) }))),
    ]
  }

  /// The files of a part, the header last.
  package func files(shard: Shard?, in folder: RunFolder) throws -> [(name: String, data: Data)] {
    var files = arrays.map { ($0.name, $0.array.encoded()) }
    let header = Header(
      subject: subject, shard: shard, firstImage: images.lowerBound, imageCount: images.count,
      checksums: Dictionary(uniqueKeysWithValues: files.map { ($0.0, Checksum.hexadecimal(of: $0.1)) }))
    files.append((Self.headerName, try JSONFile.encoded(header, file: folder.file(Self.headerName))))
    return files
  }

  /// - Throws: ``FileError`` when the folder has no finished part.
  static func header(in folder: URL) throws -> Header {
    let file = folder.appending(path: headerName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw FileError(
        file: folder, problem: "holds no finished part of a ranking: expected \(headerName) of rank --shard")
    }
    let header = try JSONFile.read(Header.self, from: file)
    guard header.firstImage >= 0, header.imageCount > 0,
      header.imageCount <= header.subject.imageCount - header.firstImage
    else {
      throw FileError(
        file: file,
        problem:
          "claims \(header.imageCount) images from \(header.firstImage) of \(header.subject.imageCount)")
    }
    return header
  }

  /// Reads the part whose header is `header`.
  ///
  /// - Throws: ``FileError`` when a file is missing, damaged or of another shape.
  init(_ header: Header, in folder: URL) throws {
    let count = header.subject.directionIDs.count
    let length = min(header.subject.topCount, header.imageCount)
    func array(_ name: String, _ shape: [Int]) throws -> NPYFile {
      let file = folder.appending(path: name)
      let data = try FileContents.read(file)
      guard header.checksums[name] == Checksum.hexadecimal(of: data) else {
        throw FileError(file: file, problem: "is not the file that was written, by its checksum")
      }
      let array = try NPYFile(data: data, file: file)
      guard array.shape == shape else {
        throw FileError(file: file, problem: "has shape \(array.shape), expected \(shape)")
      }
      return array
    }
    func integers(_ name: String, _ shape: [Int]) throws -> [Int] {
      guard case .integers(let elements) = try array(name, shape).elements else {
        throw FileError(file: folder.appending(path: name), problem: "does not hold 64-bit integers")
      }
      return elements
    }
    func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
      guard case .floats(let elements) = try array(name, shape).elements else {
        throw FileError(file: folder.appending(path: name), problem: "does not hold 32-bit floats")
      }
      if let place = elements.firstIndex(where: { !$0.isFinite }) {
        throw FileError(
          file: folder.appending(path: name), problem: "has the value \(elements[place]) at element \(place)")
      }
      return elements
    }
    let (indices, scores) = (
      try integers(Name.images, [count, length]), try floats(Name.scores, [count, length])
    )
    guard indices.allSatisfy(header.images.contains) else {
      throw FileError(
        file: folder.appending(path: Name.images), problem: "names images outside of \(header.images)")
    }
    let extremes = try floats(Name.extremes, [count, 2])
    let sums = try integers(Name.sums, [count, Self.sumColumns])
    // A sum of digits that were carried; two of them can be added.
    let digitLimit = 1 << 60
    for (place, number) in sums.enumerated() {
      let isCount = place % Self.sumColumns < 2
      guard (isCount ? 0...header.imageCount : -digitLimit...digitLimit).contains(number) else {
        throw FileError(
          file: folder.appending(path: Name.sums), problem: "has the value \(number) at element \(place)")
      }
    }
    let labels = try integers(Name.labels, [header.imageCount])
    guard labels.allSatisfy(header.subject.classNames.indices.contains) else {
      throw FileError(
        file: folder.appending(path: Name.labels),
        problem: "has a label that is not in 0..<\(header.subject.classNames.count)")
    }
    let summaries = (0..<count).map { row in
      let numbers = sums[row * Self.sumColumns..<(row + 1) * Self.sumColumns].map { $0 }
      let digits = numbers.dropFirst(2).map { Int64($0) }
      return ScoreSummary(
        imageCount: header.imageCount, minimum: extremes[2 * row], maximum: extremes[2 * row + 1],
        positiveCount: numbers[0], zeroCount: numbers[1],
        sum: ExactSum(digits: Array(digits.prefix(ExactSum.digitCount))),
        squares: ExactSum(digits: Array(digits.suffix(ExactSum.digitCount))))
    }
    let topImages = (0..<count).map { row in
      (row * length..<(row + 1) * length).map { RankedImage(imageIndex: indices[$0], score: scores[$0]) }
    }
    self.init(
      subject: header.subject, images: header.images,
      ranking: Ranking(
        topCount: header.subject.topCount, directionIDs: header.subject.directionIDs, topImages: topImages),
      summaries: summaries, labels: labels)
  }
}
