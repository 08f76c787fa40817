import ArgumentParser
import Escapes
import Foundation
import Synchronization

/// All that the program prints passes through here, and nothing else writes to a standard stream.
///
/// - Results go to standard output. One that cannot be written is an error: whoever asked for it must know.
/// - Progress, warnings and errors go to standard error. Where it is full or closed they are lost, and the run goes on.
/// - Names in a line can move no cursor and write to no clipboard: every line is escaped here (``TerminalText``), and
///   the control sequences of progress are added afterwards.
/// - Nothing is coloured, so NO_COLOR and CLICOLOR change nothing.
package enum Output {
  /// So that lines of several threads do not mix. The value is the number of lines of a sketch that is on the terminal,
  /// with the cursor at the end of the last.
  private static let turn = Mutex(0)

  /// A result that could not be printed.
  struct Lost: Error, CustomStringConvertible {
    let code: Int32

    var description: String {
      "standard output cannot be written: \(String(cString: strerror(code))); what was to be printed is lost"
    }
  }

  // MARK: Results

  /// Prints each of `lines` on a line of its own.
  ///
  /// - Throws: ``Lost``; `ExitCode` 141 without a word when the reader has left and SIGPIPE is ignored.
  package static func result(_ lines: [String]) throws {
    try print(lines.map { TerminalText.escaped($0) + "\n" }.joined())
  }

  /// Prints a text of several lines, such as help.
  package static func result(text: String) throws { try result(lines(of: text)) }

  /// Prints a JSON document. What a terminal would act on is written as `\u001B`, which JSON allows for every scalar
  /// of a string and which reads back as the same.
  package static func result(json: Data) throws {
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if scalar == "\n" || !TerminalText.isActive(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        text += String(format: "\\u%04X", scalar.value)  // none is beyond U+FFFF
      }
    }
    try print(text)
  }

  private static func print(_ text: String) throws {
    do {
      try turn.withLock { sketched in
        erase(&sketched)
        try StandardStream.output.write(text)
      }
    } catch let failure as StandardStream.Failure {
      guard failure.code != EPIPE else { throw ExitCode(128 + SIGPIPE) }
      throw Lost(code: failure.code)
    }
  }

  // MARK: Remarks

  /// A line for whoever watches.
  package static func remark(_ line: String) {
    tell(TerminalText.escaped(line) + "\n")
  }

  /// A text of several lines, such as what the parser says of wrong arguments.
  package static func remark(text: String) { for line in lines(of: text) { remark(line) } }

  // MARK: Progress

  /// The columns that a sketch can have at this moment; nil where none can be drawn: no terminal, or one that knows no
  /// control sequences. The last column stays free, because some terminals begin a new line behind it.
  static var sketchColumns: Int? { canSketch ? max(1, (StandardStream.errors.columns ?? 80) - 1) : nil }

  private static let canSketch: Bool = {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return StandardStream.errors.isTerminal && !kind.isEmpty && kind != "dumb"
  }()

  /// Draws lines where the last sketch was; whatever is printed next takes their place.
  static func sketch(_ lines: [String], columns: Int) {
    turn.withLock { sketched in
      let text = lines.map { TerminalText.cut(TerminalText.escaped($0), to: columns) }.joined(separator: "\n")
      try? StandardStream.errors.write(erasure(sketched) + text)
      sketched = lines.count
    }
  }

  static func eraseSketch() { turn.withLock { erase(&$0) } }

  /// The last line of a process that ends at once: written only if nobody has to be waited for.
  static func lastWords(_ line: String) {
    let before = turn.withLockIfAvailable { erasure($0) } ?? ""
    StandardStream.errors.writeIfReady(before + TerminalText.escaped(line) + "\n")
  }

  private static func erase(_ sketched: inout Int) {
    if sketched > 0 { try? StandardStream.errors.write(erasure(sketched)) }
    sketched = 0
  }

  /// To the beginning of a sketch of so many lines, and erase all that follows.
  private static func erasure(_ lineCount: Int) -> String {
    switch lineCount {
    case 0: ""
    case 1: "\r\u{1B}[J"
    default: "\r\u{1B}[\(lineCount - 1)A\u{1B}[J"
    }
  }

  private static func tell(_ text: String) {
    turn.withLock { sketched in
      try? StandardStream.errors.write(erasure(sketched) + text)
      sketched = 0
    }
  }

  /// The columns of a page of help: as the user set them, else those of the terminal, else 80. Longer lines than 100
  /// are hard to read.
  package static var pageColumns: Int {
    let wanted = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    return min(100, wanted.flatMap { $0 > 0 ? $0 : nil } ?? StandardStream.output.columns ?? 80)
  }

  /// By scalar: a line feed after a carriage return is part of its Character.
  private static func lines(of text: String) -> [String] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}
