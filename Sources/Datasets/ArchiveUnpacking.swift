import Foundation
import Storage

/// Unpacks a published archive with the system's `tar`.
enum ArchiveUnpacking {
  /// Unpacks the members beside `folder`, compares their checksums, and moves them into place as one.
  ///
  /// - Throws: ``FileError`` when `tar` fails, or a member is missing or does not match its published checksum. An
  ///   existing `folder` is then unchanged.
  static func unpack(_ archive: URL, of entry: CatalogueEntry, to folder: URL) throws {
    let files = FileManager.default
    let workplace = try TemporaryFolder(beside: folder)
    defer { withExtendedLifetime(workplace) {} }
    try runTar(archive, into: workplace.url)
    let unpacked = workplace.url.appending(path: folder.lastPathComponent)
    for file in entry.files {
      let verification = entry.verify(file, in: unpacked)
      guard verification.status == .ok else {
        throw FileError(file: archive, problem: "does not hold the published files: \(verification.sentence)")
      }
    }
    do {
      if files.fileExists(atPath: folder.path) { try files.removeItem(at: folder) }
      try files.moveItem(at: unpacked, to: folder)
    } catch {
      throw FileError(file: folder, problem: "cannot be replaced: \(error.localizedDescription)")
    }
  }

  private static func runTar(_ archive: URL, into folder: URL) throws {
    let outcome: ChildProcess.Outcome
    do {
      outcome = try ChildProcess.run(
        URL(filePath: "/usr/bin/env"), ["tar", "-xzf", archive.path, "-C", folder.path],
        environment: ProcessInfo.processInfo.environment)
    } catch {
      throw FileError(file: archive, problem: "cannot be unpacked: \(error)")
    }
    guard outcome.exitCode == 0 else {
      let firstLine = outcome.errors.split(separator: "\n").first ?? ""
      throw FileError(file: archive, problem: "cannot be unpacked: \(firstLine)")
    }
  }
}
