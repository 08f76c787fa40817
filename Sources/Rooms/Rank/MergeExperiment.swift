import Directions
import Foundation
import Lab
import Storage

/// Joins the parts that `rank --shard` left into the ranking of all images: the files of a single run, byte for byte.
///
/// The parts may have any sizes and come in any order, as long as each image is in one of them.
public struct MergeExperiment: Experiment {
  public struct Configuration: Codable, Equatable, Sendable {
    public var folders: [String]
  }

  public let configuration: Configuration

  public var workerCount: Int { 1 }

  init(_ configuration: Configuration) { self.configuration = configuration }

  public static let name = "merge"
  public static let keepsEarlier = true

  /// - Throws: ``FileError`` naming the folder whose part is missing, unfinished, damaged, of another ranking or there
  ///   twice.
  public func input(_ progress: @escaping ProgressHandler) throws -> RankingPart {
    try progress(.stage("reading \(configuration.folders.count) parts"))
    let parts = try configuration.folders.map { path in
      let folder = URL(filePath: path)
      return (folder: folder, header: try RankingPart.header(in: folder))
    }.sorted { $0.header.firstImage < $1.header.firstImage }
    try Self.check(parts)
    if parts.count > 1, parts[0].header.subject.engine == nil {
      try progress(
        .warning(
          "the parts are of an earlier version and do not record the instruction set they were computed with: between "
            + "different processors, scores differ in their last digits"))
    }
    var whole: RankingPart?
    for (number, part) in parts.enumerated() {
      let read = try RankingPart(part.header, in: part.folder)
      if whole == nil { whole = read } else { whole?.append(read) }
      try progress(.step(done: number + 1, total: parts.count, unit: "parts"))
    }
    guard let whole else { preconditionFailure("the parser asks for one folder at least") }
    return whole
  }

  public func prepare(
    _ whole: RankingPart, in folder: RunFolder, _ progress: @escaping ProgressHandler
  ) -> Prepared<MergeExperiment> {
    var usual = UsualSetting()
    usual.noteLargestKappa(
      topCount: whole.subject.topCount,
      in: ClassLabels(whole.labels, classCount: whole.subject.classNames.count), whole.subject.split.words)
    return Prepared(material: whole, configuration: configuration, remarks: usual.remarks)
  }

  public func measure(
    _ whole: RankingPart, _ run: Run<Configuration, RankingResults>
  ) throws -> (results: RankingResults, evidence: CSVWriter) {
    let made = try RankingResults.make(from: whole, in: run.folder)
    try run.progress(.stage("joining images 0 to \(whole.subject.imageCount - 1)"))
    try run.write(made.files)
    return (made.results, made.table)
  }

  public func exhibits(_ results: RankingResults, _ table: CSVWriter, _ whole: RankingPart) -> Exhibits {
    results.exhibits(table)
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
