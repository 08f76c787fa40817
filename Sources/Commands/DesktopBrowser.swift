import Foundation
import Storage

/// The browser of the user's desktop, where there is one.
package enum DesktopBrowser {
  /// Asks the desktop to open an address; without a desktop nothing happens, and the user has the address.
  package static func open(_ address: URL) {
    let environment = ProcessInfo.processInfo.environment
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    guard hasDisplay,
      let program = folders.map({ "\($0)/xdg-open" }).first(where: FileManager.default.isExecutableFile)
    else { return }
    // A shell starts it in the background, deaf to Ctrl-C, and ends: nobody waits for a browser, and it is no child of ours.
    _ = try? ChildProcess.run(
      URL(filePath: "/bin/sh"), ["-c", #""$0" "$1" >/dev/null 2>&1 &"#, program, address.absoluteString],
      environment: environment)
  }
}
