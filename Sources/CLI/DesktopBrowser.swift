import Foundation
import Intrigue

/// The browser of the user's desktop, where there is one.
enum DesktopBrowser {
  /// Asks the desktop to open an address; without a desktop nothing happens, and the user has the address.
  static func open(_ address: URL) {
    let environment = ProcessInfo.processInfo.environment
    let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    guard hasDisplay,
      let program = folders.map({ "\($0)/xdg-open" }).first(where: FileManager.default.isExecutableFile)
    else { return }
    try? ChildProcess.start(
      URL(filePath: program), [address.absoluteString], environment: environment)
  }
}
