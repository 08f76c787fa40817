import ArgumentParser
import Commands
import Datasets
import Foundation
import Synchronization

extension DatasetsCommand {
  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download a public data set from its home and verify it.",
      discussion: """
        A set that is complete is left alone. A file that was cut off goes on where it stopped; each is compared \
        with its published checksum before it gets its name.
        """)

    @Argument(help: "The data set.")
    var name: CatalogueEntry

    @Option(help: "Where the set's own folder goes. Default: datasets, unless the set is complete elsewhere.")
    var folder: String?

    @Option(
      help:
        "Folder of a web server that has the same files. They are compared with the published checksums too.")
    var mirror: String?

    @Flag(help: "Say nothing but errors and, with --json, results.")
    var quiet = false

    @Flag(help: "Print the outcome as JSON on standard output.")
    var json = false

    func validate() throws {
      if let mirror, address(mirror) == nil {
        throw ValidationError(
          "--mirror must be an address of http or https, such as https://example.org/mnist/, got \(mirror)")
      }
    }

    private func address(_ text: String) -> URL? {
      URL(string: text).flatMap { ["http", "https"].contains($0.scheme) && $0.host() != nil ? $0 : nil }
    }

    func run() async throws {
      let console = Console(quiet: quiet, json: json)
      let search = folder.map { DatasetSearch(folders: [URL(filePath: $0)]) } ?? .standard()
      let present = name.verify(in: search)
      if let first = present.first, present.allSatisfy({ $0.status == .ok }) {
        let place = first.file.deletingLastPathComponent().relativePath
        try console.report(
          FetchOutcome(name: name.name, folder: place, fetchedFiles: []),
          lines: ["\(name.name) is complete in \(place); nothing was downloaded"])
        return
      }
      let source = mirror.flatMap(address).map(name.mirrored) ?? name
      let downloader = Downloader(folder: URL(filePath: folder ?? "datasets"))
      let (target, fetched) = try await console.run(resume: "The same command goes on where it stopped.") {
        progress in
        let files = Mutex<[String]>([])
        let target = try await downloader.fetch(source) { part in
          let isNew = files.withLock { files in
            defer { if files.last != part.fileName { files.append(part.fileName) } }
            return files.last != part.fileName
          }
          if isNew { try? progress(.stage(Self.line(part))) }
          if let total = part.totalByteCount {
            try? progress(
              .step(done: Int(part.byteCount / 1000), total: Int((total + 999) / 1000), unit: "kB"))
          }
        }
        return (target, files.withLock { $0 })
      }
      try console.report(
        FetchOutcome(name: name.name, folder: target.relativePath, fetchedFiles: fetched),
        lines: ["\(name.name) is complete in \(target.relativePath)"])
    }

    private static func line(_ part: Downloader.Progress) -> String {
      let size =
        part.totalByteCount.map {
          $0 < 1_000_000 ? ", \(($0 + 999) / 1000) kB" : String(format: ", %.1f MB", Double($0) / 1e6)
        } ?? ""
      return "fetching \(part.fileName) (\(part.fileNumber) of \(part.fileCount))\(size)"
    }
  }
}

private struct FetchOutcome: Encodable {
  var name: String
  var folder: String
  /// Empty when all was there.
  var fetchedFiles: [String]
}
