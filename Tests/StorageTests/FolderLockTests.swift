import Foundation
import Synchronization
import Tensors
import Testing

@testable import Storage

@Suite struct FolderLockTests {
  private func names(_ folder: URL) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
  }

  @Test(
    "A second holder is refused and told who holds it; when that is gone the folder is free, and nothing is left"
  )
  func second() throws {
    try withTemporaryFolder { folder in
      var first: FolderLock? = try FolderLock(folder)
      #expect(first?.problem == nil)
      let error = #expect(throws: FileError.self) { try FolderLock(folder) }
      #expect(error?.file == folder)
      #expect(
        error?.problem.hasPrefix("another run is writing this folder (process \(getpid()) on ") == true,
        "\(error?.problem ?? "")")
      #expect(try names(folder) == [".intrigue.lock"])
      first = nil
      #expect(try names(folder) == [])
      _ = try FolderLock(folder)
    }
  }

  @Test("A lock file of a process that was killed locks nothing; one that says nothing is another run's")
  func killed() throws {
    try withTemporaryFolder { folder in
      try Data("process 1 on elsewhere\n".utf8).write(to: folder.appending(path: ".intrigue.lock"))
      let lock = try FolderLock(folder)
      try Data("\u{1B}]52;c;process\u{7}".utf8).write(to: folder.appending(path: ".intrigue.lock"))
      let error = #expect(throws: FileError.self) { try FolderLock(folder) }
      #expect(
        error?.problem
          == "another run is writing this folder; wait until it has ended, or choose another --output")
      withExtendedLifetime(lock) {}
    }
  }

  @Test("Of many that ask at once one holds the folder at a time, whoever removes the lock's file meanwhile")
  func many() throws {
    try withTemporaryFolder { folder in
      let inside = Mutex((now: 0, most: 0, total: 0))
      _ = Workers.map(count: 4, workerCount: 4) { _ in
        for _ in 0..<300 {
          guard let lock = try? FolderLock(folder) else { continue }
          inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.total + 1) }
          sched_yield()
          inside.withLock { $0.now -= 1 }
          withExtendedLifetime(lock) {}
        }
        return 0
      }
      #expect(inside.withLock { $0.most } == 1 && inside.withLock { $0.total } > 10)
    }
  }

  @Test("An empty folder goes with its lock where that was asked for, one that holds anything stays")
  func emptyFolder() throws {
    try withTemporaryFolder { above in
      let folder = above.appending(path: "run")
      for (isAsked, holdsFile) in [(true, false), (true, true), (false, false)] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lock: FolderLock? = try FolderLock(folder, removesEmptyFolder: isAsked)
        if holdsFile { try AtomicFile.write("x", to: folder.appending(path: "a")) }
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try names(above).isEmpty == (isAsked && !holdsFile))
        try? FileManager.default.removeItem(at: folder)
      }
    }
  }

  @Test(
    "Where the file system has no locks that is said, the folder can be written, and nothing is cleared away")
  func noLocks() throws {
    try withTemporaryFolder { folder in
      let leftover = ".a.json.0123456789abcdef.partial"
      try Data().write(to: folder.appending(path: leftover))
      let lock = try FolderLock(folder, locking: { _ in EOPNOTSUPP })
      #expect(lock.problem?.contains("has no locks (Operation not supported)") == true)
      #expect(lock.removeLeftovers() == [])
      #expect(try names(folder) == [leftover])
    }
  }

  @Test("Leftovers of dead processes are removed; what a living one writes stays, and so do other files")
  func leftovers() throws {
    try withTemporaryFolder { folder in
      let dead = ".a.json.0123456789abcdef.partial"
      let others = [
        "train.gz.partial", ".hidden", ".x.partial", ".a.json.0123456789abcdeg.partial",
        ".0123456789abcdef.partial",
        ".a.json.0123456789abcde.partial", ".a.json.12-3.partial",
      ]
      for name in [dead] + others { try Data().write(to: folder.appending(path: name)) }
      let deadFolder = ".chart.fedcba9876543210.partial"
      try FileManager.default.createDirectory(
        at: folder.appending(path: deadFolder), withIntermediateDirectories: false)
      try Data().write(to: folder.appending(path: "\(deadFolder)/script"))
      let writer = try AtomicFileWriter(folder.appending(path: "b.json"))
      let workshop = try TemporaryFolder(beside: folder.appending(path: "picture"))
      let lock = try FolderLock(folder)
      #expect(lock.removeLeftovers() == [dead, deadFolder])
      let left = try names(folder)
      #expect(
        left.isSuperset(of: others + [workshop.url.lastPathComponent]) && left.count == others.count + 3)
      try writer.commit()
      #expect(try names(folder).contains("b.json"))
      #expect(lock.removeLeftovers(in: folder.appending(path: "absent")) == [])
    }
  }

  @Test("A temporary folder is gone with its value")
  func temporaryFolder() throws {
    try withTemporaryFolder { folder in
      var workshop: TemporaryFolder? = try TemporaryFolder(beside: folder.appending(path: "picture"))
      try Data([1]).write(to: try #require(workshop?.url).appending(path: "script"))
      #expect(try names(folder).count == 1)
      workshop = nil
      #expect(try names(folder) == [])
      #expect(throws: FileError.self) {
        try TemporaryFolder(beside: folder.appending(path: "absent/picture"))
      }
    }
  }
}
