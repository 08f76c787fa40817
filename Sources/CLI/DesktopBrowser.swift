import Foundation

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
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [address.absoluteString]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try? process.run()
  }
}
