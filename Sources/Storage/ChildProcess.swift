import Foundation
import Synchronization

/// Other programs, run to completion: gnuplot, tar.
///
/// By `posix_spawn` rather than Foundation's `Process`, which traps when no descriptor is left for a pipe. All running
/// children can be killed at once, so that none outlives this process when it is interrupted.
public enum ChildProcess {
  public struct Outcome: Sendable {
    /// As in a shell: 128 plus the signal if a signal ended it.
    public let exitCode: Int32
    /// Its output on standard error.
    public let errors: String
  }

  private struct Children {
    var running: Set<pid_t> = []
    var isEnding = false
  }

  private static let children = Mutex(Children())

  /// Runs `program` without input and discards its standard output.
  ///
  /// - Parameter folder: Working directory; nil: that of this process.
  /// - Throws: ``FileError`` when it cannot be started, with the reason.
  public static func run(
    _ program: URL, _ arguments: [String], environment: [String: String], in folder: URL? = nil
  ) throws -> Outcome {
    // One at a time, so that no child inherits another's pipe.
    let (child, reading) = try children.withLock { children in
      guard !children.isEnding else { throw failure(of: program, EINTR) }
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw failure(of: program, errno) }
      defer { close(ends[1]) }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      do {
        let child = try start(program, arguments, environment, folder, errors: ends[1])
        children.running.insert(child)
        return (child, ends[0])
      } catch {
        close(ends[0])
        throw error
      }
    }
    defer { close(reading) }
    // Read to the end before waiting: a full pipe would block the child.
    let errors = allBytes(from: reading)
    // The process ID stays reserved until it is waited for, so that `endAll` never kills an unrelated process.
    var information = siginfo_t()
    while waitid(P_PID, id_t(child), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    children.withLock { _ = $0.running.remove(child) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return Outcome(
      exitCode: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      errors: String(decoding: errors, as: UTF8.self))
  }

  private static func failure(of program: URL, _ code: Int32) -> FileError {
    FileError(file: program, problem: "cannot be started: \(String(cString: strerror(code)))")
  }

  /// Kills all running children, without letting them clean up, and prevents new ones from starting.
  public static func endAll() {
    children.withLock { children in
      children.isEnding = true
      for child in children.running { kill(child, SIGKILL) }
    }
  }

  private static func start(
    _ program: URL, _ arguments: [String], _ environment: [String: String], _ folder: URL?,
    errors: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    // A socket that a child inherits stays open, and its port occupied, as long as the child lives. The call that
    // closes all at once is not available in Swift.
    for descriptor in openDescriptors where descriptor > STDERR_FILENO {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    // Dispatch threads block all signals, and a server ignores SIGPIPE; a child must do neither.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // The `posix_spawn` action that changes the folder is not available in Swift; a shell does it, then execs the
    // program.
    let command =
      (folder.map { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, $0.path] } ?? []) + [program.path] + arguments
    let words = command.map { strdup($0) }
    let settings = environment.map { strdup("\($0.key)=\($0.value)") }
    defer { (words + settings).forEach { free($0) } }
    var child = pid_t()
    let code = posix_spawn(&child, command[0], &actions, &attributes, words + [nil], settings + [nil])
    guard code == 0 else { throw failure(of: program, code) }
    return child
  }

  /// Empty where the system does not list them.
  private static var openDescriptors: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []).compactMap { Int32($0) }
  }

  private static func allBytes(from descriptor: Int32) -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return data }
      data.append(contentsOf: buffer[..<count])
    }
  }
}
