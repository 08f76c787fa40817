import ArgumentParser
import Foundation
import Storage

/// Starting the program anew, in the same process, for what a library reads from the environment when it is loaded.
enum Restart {
  /// Returns if the environment has these values already, and so does not come back a second time. Otherwise the program
  /// starts again with them: same arguments, same folder, same open files; nothing before this line is remembered.
  static func unlessSet(_ variables: [String: String]) throws {
    let environment = ProcessInfo.processInfo.environment
    guard variables.contains(where: { environment[$0] != $1 }) else { return }
    // A signal that came before would be forgotten.
    if Interruption.isRequested { Foundation.exit(Interruption.exitCode.rawValue) }
    for (name, value) in variables { setenv(name, value, 1) }
    // By its own path, so that the process keeps its name; where that is gone, by the kernel's link to it.
    let link = "/proc/self/exe"
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
    execv(path, CommandLine.unsafeArgv)
    execv(link, CommandLine.unsafeArgv)
    let problem = String(cString: strerror(errno))
    let words = variables.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ")
    throw FileError(
      file: URL(filePath: path),
      problem: "cannot be started anew: \(problem); start it with \(words) in its environment")
  }
}
