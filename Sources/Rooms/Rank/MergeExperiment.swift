import Directions
import Foundation
import Lab
import Storage

/// Joins the parts that `rank --shard` left into the ranking of all images: the files of a single run, byte for byte.
///
/// The parts may have any sizes and come in any order, as long as each image is in one of them.
public struct MergeExperiment: Sendable {
  public struct Configuration: Codable, Equatable, Sendable {
    public var folders: [String]

    public init(folders: [String]) {
      precondition(!folders.isEmpty, "there is nothing to merge")
      self.folders = folders
    }
  }

  public let configuration: Configuration

  public init(_ configuration: Configuration) { self.configuration = configuration }

  /// - Throws: ``FileError`` naming the folder whose part is missing, unfinished, damaged, of another ranking or there
  ///   twice; what `progress` throws. No file is written then; a folder that was made goes again with its lock.
  @discardableResult
  public func run(in folder: RunFolder, progress: @escaping ProgressHandler) throws -> RankingResults {
    try progress(.stage("reading \(configuration.folders.count) parts"))
    let parts = try configuration.folders.map { path in
      let folder = URL(filePath: path)
      return (folder: folder, header: try RankingPart.header(in: folder))
    }.sorted { $0.header.firstImage < $1.header.firstImage }
    try Self.check(parts)
    if parts.count > 1, parts[0].header.subject.engine == nil {
      try progress(
        .warning(
          "the parts are of an earlier version and do not say with which instructions they were computed: on "
            + "processors that differ, scores differ in their last digits"))
    }
    var whole: RankingPart?
    for (number, part) in parts.enumerated() {
      let read = try RankingPart(part.header, in: part.folder)
      if whole == nil { whole = read } else { whole?.append(read) }
      try progress(.step(done: number + 1, total: parts.count, unit: "parts"))
    }
    guard let whole else { preconditionFailure("there is nothing to merge") }
    let subject = whole.subject
    let (results, files) = try RankingResults.make(from: whole, in: folder)
    var usual = UsualSetting()
    usual.noteLargestKappa(
      topCount: subject.topCount, in: ClassLabels(whole.labels, classCount: subject.classNames.count),
      subject.split.words)
    let record = RunRecord<Configuration, RankingResults>(
      experiment: "merge", configuration: configuration, workerCount: 1, data: nil)
    let run = try Run(
      record, on: nil, in: folder, remarks: usual.remarks, keepsEarlier: true, progress)
    try run.progress(.stage("joining images 0 to \(subject.imageCount - 1)"))
    try run.complete(with: results, files)
    return results
  }

  /// Whether the parts are of one ranking and have each image once.
  private static func check(_ parts: [(folder: URL, header: RankingPart.Header)]) throws {
    let first = parts[0]
    let imageCount = first.header.subject.imageCount
    for part in parts.dropFirst() {
      if let difference = part.header.subject.difference(from: first.header.subject) {
        throw FileError(
          file: part.folder,
          problem: "is a part of another ranking than \(first.folder.path): \(difference)")
      }
    }
    var next = 0
    var last: URL?
    func missing(_ images: Range<Int>) -> FileError {
      FileError(
        file: last ?? first.folder,
        problem:
          "images \(images.lowerBound) to \(images.upperBound - 1) of \(imageCount) are in none of the "
          + "\(parts.count == 1 ? "parts: it is the only one" : "\(parts.count) parts")")
    }
    for (folder, header) in parts {
      if header.firstImage > next { throw missing(next..<header.firstImage) }
      if header.firstImage < next, let last {
        throw FileError(
          file: folder,
          problem:
            "has images \(header.firstImage) to \(min(next, header.images.upperBound) - 1), which are in "
            + "\(last.path) as well")
      }
      (next, last) = (header.images.upperBound, folder)
    }
    if next < imageCount { throw missing(next..<imageCount) }
  }
}
