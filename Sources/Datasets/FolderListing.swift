import Foundation
import Storage

/// The visible names in a folder, in byte order: the order of Python's `sorted`, hence of PyTorch's
/// `ImageFolder`, so that labels agree with weights trained there ("10" comes before "2").
///
/// A name on Linux is bytes, and need not be UTF-8: archives from other systems unpack to names in Latin-1 or
/// Shift JIS. Foundation drops or mangles these, so the folder is read by `readdir`.
struct FolderListing {
  let folder: URL
  let files: [String]
  let folders: [String]
  /// Dangling links.
  let brokenLinks: [String]
  /// Names that are not UTF-8, which are in neither `files` nor `folders`.
  let foreign: [ForeignName]

  /// - Throws: ``FileError`` when `folder` is missing, is not a folder or cannot be read.
  init(_ folder: URL) throws {
    self.folder = folder
    let path = Array(folder.path.utf8)
    let visible: [[UInt8]]
    do {
      visible = try Self.names(in: path).filter { $0.first != UInt8(ascii: ".") }
        .sorted { $0.lexicographicallyPrecedes($1) }
    } catch {
      let problem =
        switch Self.kind(of: folder) {
        case nil: "does not exist: expected a folder"
        case .file: "is not a folder"
        case .folder: "cannot be read: \(error)"
        }
      throw FileError(file: folder, problem: problem)
    }
    var (files, folders, brokenLinks): ([String], [String], [String]) = ([], [], [])
    var foreign: [ForeignName] = []
    for name in visible {
      guard let kind = Self.kind(ofPath: path + [UInt8(ascii: "/")] + name) else {
        brokenLinks.append(String(decoding: name, as: UTF8.self))
        continue
      }
      switch (String(validating: name, as: UTF8.self), kind) {
      case (nil, _): foreign.append(ForeignName(bytes: name, kind: kind))
      case (let name?, .file): files.append(name)
      case (let name?, .folder): folders.append(name)
      }
    }
    (self.files, self.folders, self.brokenLinks, self.foreign) = (files, folders, brokenLinks, foreign)
  }

  enum Kind {
    case file, folder
  }

  /// Kind of the file at `url`; nil if there is none. Links are followed.
  static func kind(of url: URL) -> Kind? { kind(ofPath: Array(url.path.utf8)) }

  private static func kind(ofPath path: [UInt8]) -> Kind? {
    var status = stat()
    guard withPath(path, { stat($0, &status) }) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// Every name but `.` and `..`, unordered.
  ///
  /// - Throws: The system's error.
  static func names(in path: [UInt8]) throws -> [[UInt8]] {
    guard let stream = withPath(path, { opendir($0) }) else { throw SystemProblem() }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw SystemProblem() }
        return names
      }
      // Up to the terminating zero: what follows is not part of the entry.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        let text = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
        return Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
      }
      if name != [UInt8(ascii: ".")], name != Array("..".utf8) { names.append(name) }
    }
  }

  private static func withPath<Result>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (path + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }

  /// Error of the last system call.
  private struct SystemProblem: Error, CustomStringConvertible {
    let description = lastSystemError()
  }
}

/// A name that is not UTF-8.
struct ForeignName {
  let bytes: [UInt8]
  let kind: FolderListing.Kind

  /// The name with every byte that is not printable ASCII escaped as `\xE9`.
  var escaped: String {
    bytes.map { byte in
      (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
        ? String(UnicodeScalar(byte))
        : "\\x" + String(byte >> 4, radix: 16, uppercase: true)
          + String(byte & 15, radix: 16, uppercase: true)
    }.joined()
  }
}
