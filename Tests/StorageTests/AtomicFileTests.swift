import Foundation
import Testing

@testable import Storage

@Suite struct AtomicFileTests {
  @Test("A file is written and replaced, and nothing else is left")
  func replaces() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.json")
      try AtomicFile.write("first, longer", to: file)
      try AtomicFile.write("second", to: file)
      #expect(try String(contentsOf: file, encoding: .utf8) == "second")
      try AtomicFile.write(Data(), to: file)
      #expect(try Data(contentsOf: file).isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["run.json"])
    }
  }

  @Test("Permissions hold from the first byte, before the file has its name")
  func permissions() throws {
    try withTemporaryFolder { folder in
      let old = umask(0)
      defer { umask(old) }
      let writer = try AtomicFileWriter(folder.appending(path: "key.json"), permissions: 0o600)
      func rights() throws -> [Int?] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
          try FileManager.default.attributesOfItem(atPath: folder.appending(path: $0).path)[.posixPermissions]
            as? Int
        }
      }
      #expect(try rights() == [0o600])
      try writer.commit()
      #expect(try rights() == [0o600])
    }
  }

  @Test("A missing folder is named")
  func missingFolder() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "absent/run.json")
      #expect(
        throws: FileError(
          file: file, problem: "cannot be written: the folder \(folder.path)/absent does not exist")
      ) { try AtomicFile.write("x", to: file) }
    }
  }

  @Test("A folder in the file's place stays, and no temporary file is left")
  func folderInPlace() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "taken")
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      #expect(throws: FileError.self) { try AtomicFile.write("x", to: file) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
    }
  }

  @Test("Temporary names are random: no two of them are alike, and none says which process it is of")
  func temporaryNames() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.json")
      let names = (0..<200).map { _ in TemporaryName.beside(file).lastPathComponent }
      #expect(Set(names).count == 200 && names.allSatisfy(TemporaryName.matches))
      #expect(!names.contains { $0.contains(".\(getpid())") })
    }
  }

  @Test("A name that is too long is refused")
  func longName() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: String(repeating: "n", count: 300))
      #expect(throws: FileError(file: file, problem: "cannot be written: File name too long")) {
        try AtomicFile.write("x", to: file)
      }
    }
  }
}
