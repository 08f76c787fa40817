import Foundation
import Storage
import Testing

@Suite struct ChildProcessTests {
  private func shell(_ script: String, in folder: URL? = nil) throws -> ChildProcess.Outcome {
    try ChildProcess.run(
      URL(filePath: "/bin/sh"), ["-c", script],
      environment: ["PATH": "/usr/bin:/bin", "WORD": "naïve 'word'"],
      in: folder)
  }

  @Test("The exit code, the signal that ended it and what it said on standard error are known")
  func outcome() throws {
    let outcome = try shell("echo lost; echo \"$WORD\" >&2; exit 3")
    #expect(outcome.exitCode == 3 && outcome.errors == "naïve 'word'\n")
    #expect(try shell("kill -TERM $$").exitCode == 128 + SIGTERM)
    #expect(try shell("read line").exitCode == 1)
  }

  @Test("More errors than a pipe holds do not stop it")
  func manyErrors() throws {
    #expect(try shell("yes | head -c 1000000 >&2").errors.utf8.count == 1_000_000)
  }

  @Test("It runs in the folder it is given, whatever its name")
  func folder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "a 'b' \"$c\" \(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try shell("touch here", in: folder).exitCode == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["here"])
  }

  @Test("It has none of this process's descriptors")
  func descriptors() throws {
    // As C opens one that does not think of children.
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    #expect(try shell("test -e /proc/$$/fd/2 && test ! -e /proc/$$/fd/\(descriptor)").exitCode == 0)
  }

  @Test("A program that is not there is an error with its name")
  func missing() {
    #expect(
      throws: FileError(
        file: URL(filePath: "/no/program"), problem: "cannot be started: No such file or directory")
    ) {
      try ChildProcess.run(URL(filePath: "/no/program"), [], environment: [:])
    }
  }

  @Test("Several at once each get their own outcome")
  func concurrent() async throws {
    try await withThrowingTaskGroup(of: (Int32, ChildProcess.Outcome).self) { group in
      for code in 0..<16 { group.addTask { (Int32(code), try shell("echo \(code) >&2; exit \(code)")) } }
      for try await (code, outcome) in group {
        #expect(outcome.exitCode == code && outcome.errors == "\(code)\n")
      }
    }
  }
}
