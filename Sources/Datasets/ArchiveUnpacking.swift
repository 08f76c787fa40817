import Foundation
import Storage

/// Unpacks a published archive with the system's `tar`.
enum ArchiveUnpacking {
  /// The members are unpacked beside `folder`, compared with their checksums, and moved into place as one.
  ///
  /// - Throws: ``FileError`` when `tar` fails, or a member is missing or is not the published one. A `folder`
  ///   that was there before is then unchanged.
  static func unpack(_ archive: URL, of entry: CatalogueEntry, to folder: URL) throws {
    let files = FileManager.default
    let workplace = folder.deletingLastPathComponent().appending(
      path: ".\(folder.lastPathComponent).unpacking")
    try? files.removeItem(at: workplace)
    defer { try? files.removeItem(at: workplace) }
    do {
      try files.createDirectory(at: workplace, withIntermediateDirectories: true)
    } catch {
      throw FileError(file: workplace, problem: "cannot be made: \(error.localizedDescription)")
    }
    try runTar(archive, into: workplace)
    let unpacked = workplace.appending(path: folder.lastPathComponent)
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
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-xzf", archive.path, "-C", folder.path]
    let errors = Pipe()
    tar.standardError = errors
    do {
      try tar.run()
    } catch {
      throw FileError(file: archive, problem: "cannot be unpacked: \(error.localizedDescription)")
    }
    let message = errors.fileHandleForReading.readDataToEndOfFile()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else {
      let firstLine = String(decoding: message, as: UTF8.self).split(separator: "\n").first ?? ""
      throw FileError(file: archive, problem: "cannot be unpacked: \(firstLine)")
    }
  }
}
