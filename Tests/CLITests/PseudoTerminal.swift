import Foundation
import Testing

/// A terminal for a program: its standard error, or both of its output streams.
final class PseudoTerminal {
  private let master: Int32
  private let slave: FileHandle

  init(columns: Int, rows: Int = 24) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    var (lock, number): (Int32, UInt32) = (0, 0)
    // TIOCSPTLCK and TIOCGPTN, macros that Swift does not see.
    try #require(ioctl(master, 0x4004_5431, &lock) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    let descriptor = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(descriptor >= 0)
    slave = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    resize(to: columns, rows: rows)
  }

  deinit { close(master) }

  /// As the window's frame does.
  func resize(to columns: Int, rows: Int = 24) {
    var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - showsResults: Whether its standard output is the terminal, too.
  ///   - receive: Told of what it writes, as it comes.
  /// - Returns: Its exit code.
  func run(
    _ arguments: [String], in laboratory: Laboratory, environment: [String: String] = ["TERM": "xterm"],
    showsResults: Bool = false, receive: (String) throws -> Void
  ) throws -> Int32 {
    let process = Process()
    process.executableURL = try Program.executable
    process.arguments = arguments
    process.currentDirectoryURL = laboratory.folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = showsResults ? slave : FileHandle.nullDevice
    process.standardError = slave
    try process.run()
    try slave.close()
    var (bytes, rest) = ([UInt8](repeating: 0, count: 4096), [UInt8]())
    while true {
      let count = read(master, &bytes, bytes.count)
      guard count > 0 else { break }  // EIO: nobody has it open any more
      rest += bytes[..<count]
      // Not the beginning of a character whose end is to come.
      let whole = rest.count - (rest.suffix(3).lastIndex { $0 >= 0xC0 }.map { rest.count - $0 } ?? 0)
      try receive(String(decoding: rest[..<whole], as: UTF8.self))
      rest.removeFirst(whole)
    }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
