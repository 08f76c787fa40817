/// Arguments that begin with a minus sign and are numbers, not options.
///
/// The parser takes `-3` behind `--epochs` for an option of the name 3, and says that a value is missing. Written as
/// `--epochs=-3` it is a value, and what is wrong with it can be said.
package enum NegativeNumbers {
  /// - Parameter arguments: Those of the command line, without the program's name.
  /// - Returns: The same, each negative number behind a long option joined to it.
  package static func joined(to arguments: some Sequence<String>) -> [String] {
    var result: [String] = []
    for argument in arguments {
      if isNegativeNumber(argument), let last = result.last, isOptionWithoutValue(last) {
        result[result.count - 1] = "\(last)=\(argument)"
      } else {
        result.append(argument)
      }
    }
    return result
  }

  private static func isNegativeNumber(_ argument: String) -> Bool {
    argument.utf8.first == UInt8(ascii: "-") && Double(argument) != nil
  }

  /// Behind `--` alone everything is an argument.
  private static func isOptionWithoutValue(_ argument: String) -> Bool {
    let text = argument.utf8
    return text.count > 2 && text.starts(with: "--".utf8) && !text.contains(UInt8(ascii: "="))
  }
}
