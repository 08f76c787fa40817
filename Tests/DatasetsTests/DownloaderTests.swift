import Foundation
import Storage
import Synchronization
import Testing

@testable import Datasets

/// The script in Tests/Reference, serving one folder for as long as it lives.
private final class RangeServer {
  static let isAvailable = ["/usr/bin", "/usr/local/bin", "/bin"].contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/python3")
  }

  let address: String
  private let process = Process()
  private let input = Pipe()
  private let log = Pipe()

  init(serving folder: URL) throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Reference/range_server.py").standardizedFileURL
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path, folder.path]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = log
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    address = "http://127.0.0.1:\(try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines))))/"
  }

  /// Ends the server and returns the requests it saw, as "GET /name range".
  func stop() throws -> [String] {
    try input.fileHandleForWriting.close()
    let text = String(decoding: log.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }
}

@Suite(.enabled(if: RangeServer.isAvailable, "python3 is not installed"), .serialized)
struct DownloaderTests {
  private let folder: URL
  private let served: URL
  private let target: URL
  private let server: RangeServer
  private let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })

  init() throws {
    folder = try makeTemporaryFolder()
    served = folder.appending(path: "served")
    target = folder.appending(path: "datasets")
    try FileManager.default.createDirectory(at: served, withIntermediateDirectories: true)
    try content.write(to: served.appending(path: "train-images-idx3-ubyte"))
    server = try RangeServer(serving: served)
  }

  /// A set of one file, and a size that is stated for it.
  private func entry(
    query: String = "", checksum: String? = nil, byteCount: Int64 = 300_000
  ) -> CatalogueEntry {
    CatalogueEntry(
      name: "tiny", title: "", licence: "", homePage: "", classNames: ["a"],
      trainingCount: 1, heldOutCount: 0, format: .idx,
      files: [
        CatalogueFile(
          name: "train-images-idx3-ubyte", url: "\(server.address)train-images-idx3-ubyte\(query)",
          byteCount: byteCount, checksum: .contentSHA256(checksum ?? Checksum.hexadecimal(of: content)))
      ])
  }

  private var file: URL { target.appending(path: "tiny/train-images-idx3-ubyte") }
  private var partial: URL { target.appending(path: "tiny/train-images-idx3-ubyte.partial") }
  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: target.path + "/tiny").sorted()) ?? []
  }

  private func writePartial(_ data: Data) throws {
    try FileManager.default.createDirectory(
      at: partial.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: partial)
  }

  private func failure(_ entry: CatalogueEntry) async throws -> DownloadError {
    try #require(
      await #expect(throws: DownloadError.self) { try await Downloader(folder: target).fetch(entry) })
  }

  @Test("A file arrives whole, with progress, and is not fetched again")
  func fetches() async throws {
    let calls = Mutex<[Downloader.Progress]>([])
    let place = try await Downloader(folder: target).fetch(entry()) { call in
      calls.withLock { $0.append(call) }
    }
    #expect(place.path == file.deletingLastPathComponent().path)
    #expect(try Data(contentsOf: file) == content && names == [file.lastPathComponent])
    let seen = calls.withLock { $0 }
    #expect(
      seen.last
        == .init(
          fileName: file.lastPathComponent, fileNumber: 1, fileCount: 1, byteCount: 300_000,
          totalByteCount: 300_000))
    #expect(seen.map(\.byteCount) == seen.map(\.byteCount).sorted())
    try await Downloader(folder: target).fetch(entry())
    #expect(try server.stop() == ["GET /train-images-idx3-ubyte -"])
  }

  @Test("Two do not fetch into one folder at once; what is whole needs no lock")
  func alone() async throws {
    let place = target.appending(path: "tiny")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let lock = try FolderLock(place)
    let error = await #expect(throws: FileError.self) { try await Downloader(folder: target).fetch(entry()) }
    #expect(error?.problem.contains("another run is writing this folder") == true)
    try content.write(to: file)
    try await Downloader(folder: target).fetch(entry())
    withExtendedLifetime(lock) {}
    #expect(try server.stop() == [])
  }

  @Test("A transfer that was cut off goes on where it stopped")
  func resumes() async throws {
    let error = try await failure(entry(query: "?cut=100000"))
    #expect(error.problem.contains("100000 of 300000 bytes"), "\(error)")
    #expect(names == [partial.lastPathComponent])
    try await Downloader(folder: target).fetch(entry())
    #expect(try Data(contentsOf: file) == content && names == [file.lastPathComponent])
    #expect(try server.stop().last == "GET /train-images-idx3-ubyte bytes=100000-")
  }

  @Test("A server without ranges sends the file from its start")
  func withoutRanges() async throws {
    try writePartial(content.prefix(5))
    try await Downloader(folder: target).fetch(entry(query: "?ranges=no"))
    #expect(try Data(contentsOf: file) == content)
    _ = try server.stop()
  }

  @Test("A whole file under the partial name is only checked")
  func alreadyWhole() async throws {
    try writePartial(content)
    try await Downloader(folder: target).fetch(entry())
    #expect(try Data(contentsOf: file) == content)
    #expect(try server.stop() == ["GET /train-images-idx3-ubyte bytes=300000-"])
  }

  @Test("A part of another file is thrown away and the file fetched once more")
  func foreignPart() async throws {
    try writePartial(Data(count: 1_000))
    try await Downloader(folder: target).fetch(entry())
    #expect(try Data(contentsOf: file) == content)
    #expect(try server.stop().count == 2)
  }

  @Test("A file that is not the published one is refused, and an older one stays")
  func wrongFile() async throws {
    try writePartial(Data())
    try Data("old".utf8).write(to: file)
    let error = try await failure(entry(checksum: String(repeating: "0", count: 64)))
    #expect(error.problem.contains("sent another file: expected checksum 0000"), "\(error)")
    #expect(try Data(contentsOf: file) == Data("old".utf8) && names == [file.lastPathComponent])
    _ = try server.stop()
  }

  @Test("An HTTP status is reported with the address, and nothing is left", arguments: [404, 500])
  func status(status: Int) async throws {
    let error = try await failure(entry(query: "?status=\(status)"))
    #expect(error.problem == "the server answered with HTTP status \(status)")
    #expect(error.description.contains(server.address) && names.isEmpty)
    _ = try server.stop()
  }

  @Test(
    "Of an answer that is longer than the published file, or has no end, no byte beyond is written",
    arguments: ["?endless=yes", "?more=1", "?more=100000000"], [false, true])
  func tooLong(query: String, hasPart: Bool) async throws {
    if hasPart { try writePartial(content.prefix(100_000)) }
    // The largest that the file was while it grew: what is written and removed again would fill a disk too.
    let largest = Mutex<Int64>(0)
    let error = try #require(
      await #expect(throws: DownloadError.self) {
        try await Downloader(folder: target).fetch(entry(query: query)) { call in
          largest.withLock { $0 = max($0, call.byteCount) }
        }
      })
    #expect(
      error.problem
        == "sends more than the published file has: expected 300000 bytes; the transfer was cut off")
    #expect(largest.withLock { $0 } <= 300_000 && names.isEmpty)
    _ = try server.stop()
  }

  @Test("A file that is larger than was stated is refused, be it the published one")
  func statedSize() async throws {
    let error = try await failure(entry(byteCount: 299_999))
    #expect(error.problem.contains("expected 299999 bytes"), "\(error)")
    #expect(names.isEmpty)
    _ = try server.stop()
  }

  @Test("Every file of the catalogue has an address of https and a size")
  func catalogue() throws {
    for entry in DatasetCatalogue.entries {
      for file in entry.archive.map({ [$0] }) ?? entry.files {
        #expect(file.url?.hasPrefix("https://") == true, "\(file)")
        #expect(file.byteCount ?? 0 > 4_000, "\(file)")
      }
    }
    _ = try server.stop()
  }

  @Test("Without a connection the error says which file to put where")
  func offline() async throws {
    let entry = entry()
    _ = try server.stop()
    let error = try await failure(entry)
    #expect(
      error.description.hasSuffix(
        "Without a connection, put the file from that address at \(file.path)"), "\(error)")
    #expect(names.isEmpty)
  }

  @Test("An archive is unpacked, its members compared, and the archive removed")
  func archive() async throws {
    let source = folder.appending(path: CIFARFolder.unpackedName)
    try writeSmallCIFAR(to: source)
    let archive = served.appending(path: "cifar-10-binary.tar.gz")
    let tar = try Process.run(
      URL(filePath: "/usr/bin/env"),
      arguments: ["tar", "-czf", archive.path, "-C", folder.path, CIFARFolder.unpackedName])
    tar.waitUntilExit()
    func entry(spoiling name: String? = nil) throws -> CatalogueEntry {
      CatalogueEntry(
        name: "cifar10", title: "", licence: "", homePage: "",
        classNames: DatasetCatalogue.cifar10.classNames,
        trainingCount: 10, heldOutCount: 2, format: .cifarBinary,
        files: try DatasetCatalogue.cifar10.files.map {
          let sum = try Checksum.hexadecimal(ofFile: source.appending(path: $0.name), .md5)
          return CatalogueFile(name: $0.name, checksum: .contentMD5($0.name == name ? "0" : sum))
        },
        archive: CatalogueFile(
          name: "cifar-10-binary.tar.gz", url: server.address + "cifar-10-binary.tar.gz",
          byteCount: Int64(try Data(contentsOf: archive).count),
          checksum: .fileMD5(try Checksum.hexadecimal(ofFile: archive, .md5))))
    }
    await #expect(throws: FileError.self) {
      try await Downloader(folder: target).fetch(entry(spoiling: "test_batch.bin"))
    }
    let place = try await Downloader(folder: target).fetch(entry())
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [CIFARFolder.unpackedName])
    let dataset = try Dataset.load(
      entry(), options: DatasetOptions(), search: DatasetSearch(folders: [target])
    ) { _, _ in }
    #expect(dataset.training.count == 10 && dataset.heldOut.labels == [0, 7])
    // The archive that the failed attempt left is unpacked; it is not downloaded again.
    #expect(try server.stop().count == 1)
  }
}
