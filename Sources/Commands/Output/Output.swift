import ArgumentParser
import Escapes
import Foundation
import Synchronization

/// All that the program prints passes through here, and nothing else writes to a standard stream.
///
/// - Results go to standard output. One that cannot be written is an error: whoever asked for it must know.
/// - Progress, warnings and errors go to standard error. Where it is full or closed they are lost, and the run goes on.
/// - Names in a line can move no cursor and write to no clipboard: every line is escaped here (``TerminalText``), and
///   the control sequences of the progress line are added afterwards.
package enum Output {
  /// So that lines of several threads do not mix.
  private static let turn = Mutex(())

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
      try turn.withLock { _ in try StandardStream.output.write(text) }
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

  /// Whether a line can be drawn over and over.
  static let canRedraw = StandardStream.errors.isTerminal

  /// Draws `line` over the line that the cursor is in.
  static func redraw(_ line: String) { tell(clearance + TerminalText.escaped(line)) }

  static func clearLine() { tell(clearance) }

  /// The last line of a process that ends at once: written only if nobody has to be waited for.
  static func lastWords(_ line: String) {
    StandardStream.errors.writeIfReady((canRedraw ? clearance : "") + TerminalText.escaped(line) + "\n")
  }

  /// To the beginning of the line, and erase it.
  private static let clearance = "\r\u{1B}[K"

  private static func tell(_ text: String) {
    turn.withLock { _ in try? StandardStream.errors.write(text) }
  }

  /// By scalar: a line feed after a carriage return is part of its Character.
  private static func lines(of text: String) -> [String] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
  }
}
