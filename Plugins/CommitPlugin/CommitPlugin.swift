import Foundation
import PackagePlugin

/// Writes the commit into a C file before each build, and only where it differs, so that nothing is compiled in vain.
@main
struct CommitPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "commit")
    return [
      .prebuildCommand(
        displayName: "Looking up the commit",
        executable: URL(filePath: "/bin/sh"),
        arguments: [
          context.package.directoryURL.appending(path: "scripts/write-commit.sh").path(percentEncoded: false),
          context.package.directoryURL.path(percentEncoded: false),
          output.path(percentEncoded: false),
        ],
        outputFilesDirectory: output)
    ]
  }
}
