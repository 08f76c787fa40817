import Foundation
import PackagePlugin

/// Writes the commit into a Swift file of one small target.
///
/// A build command and no prebuild command: SwiftPM runs those only when it plans a build anew, which a commit is no
/// reason for. This one runs when a source or git's own state has changed, and leaves its file alone where it says the same.
@main
struct CommitPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let package = context.package.directoryURL
    let output = context.pluginWorkDirectoryURL.appending(path: "WrittenCommit.swift")
    let script = package.appending(path: "scripts/write-commit.sh")
    // Of a commit, a checkout and an added file; absent where there is no clone.
    let state = ["HEAD", "index", "logs/HEAD"].map { package.appending(path: ".git/\($0)") }.filter {
      FileManager.default.fileExists(atPath: $0.path)
    }
    // Of "-dirty".
    let sources = context.package.targets.compactMap(\.sourceModule).flatMap { $0.sourceFiles.map(\.url) }
    return [
      .buildCommand(
        displayName: "Looking up the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [script.path, package.path, output.path],
        inputFiles: [script] + state + sources.filter { $0 != output }, outputFiles: [output])
    ]
  }
}
