import Escapes
import Foundation
import Storage

/// Files that a record or a list names, which anybody may have changed.
extension RunFolder {
  /// Whether a name, and the links that it leads through, stay inside the folder. What does not exist leads nowhere.
  public func encloses(_ name: String) -> Bool {
    guard FileName.staysInside(name) else { return false }
    guard let own = Self.resolved(url), let found = Self.resolved(file(name)) else { return true }
    return own == found || found.starts(with: own + (own.last == slash ? [] : [slash]))
  }

  /// Whether the folder has the file that its record names.
  ///
  /// - Throws: ``FileError`` where the name leads out of the folder: what is there is not part of the run.
  public func has(_ name: String) throws -> Bool {
    guard encloses(name) else {
      throw FileError(
        file: file(recordName),
        problem: "names \(name.debugDescription), which is outside the run folder, or a link that leads there"
      )
    }
    return exists(name)
  }

  /// The bytes of the path, as the kernel follows it; nil: nothing is there.
  private static func resolved(_ file: URL) -> [UInt8]? {
    guard let path = realpath(file.path, nil) else { return nil }
    defer { free(path) }
    return Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
  }

  private var slash: UInt8 { UInt8(ascii: "/") }
}
