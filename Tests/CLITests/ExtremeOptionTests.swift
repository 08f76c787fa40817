import Foundation
import Tensors
import Testing

/// No number that an option is given ends a command by a signal.
///
/// Commands and options are those that the program itself lists. `INTRIGUE_DAMAGE_COUNT` says how many cases are drawn;
/// `all` of them take half an hour.
@Suite struct ExtremeOptionTests {
  static let values = [
    "1e-45", "1e-40", "1e-20", "1e-9", "1e20", "1e38", "1e40", "1e308", "1e-320", "-1", "0", "-0.0", "nan",
    "inf",
    "1/0", "0/0", "1", "2", "3", "1000", "1000000", "2147483648", "9223372036854775807",
    "18446744073709551615", "-9223372036854775808", "",
  ]

  /// What each command is given besides; those that are not here take no numbers, or serve.
  static let commands: [String: String] = [
    "train": "--data arrays --architecture network.json --epochs 1",
    "evaluate": "MODEL --data arrays",
    "gallery": "MODEL --data arrays --neurons 2 --directions 2 --top 4 --no-cache",
    "compare": "--data arrays --models MODEL --rotations 19 --top 4 --reference none --bases none",
    "transfer": "--data arrays --models MODEL other/model.safetensors --count 9",
    "rank": "MODEL --data arrays --top 4 --no-cache",
    "attack pool": "MODEL --data arrays --count 6 --epsilon 0.2 --methods fgsm,pgd",
    "linearity": "MODEL --data arrays --count 4 --sizes 4,8 --pair 0,1",
    "pattern": "MODEL --data arrays --count 8 --universal-count 8",
    "rubbish": "MODEL --data arrays --count 20 --fooling-count 6",
    "substitute": "MODEL --data arrays --seed-images 6 --rounds 1 --substitute softmax",
    "privacy": "--data arrays --architecture softmax --epsilons 8 --networks 1 --epochs 1 --lot 20 --count 6",
    "smooth": "MODEL --data arrays --samples 50 --selection 10 --count 4 --steps 2 --attack-samples 2",
    "shift":
      "--data arrays --architecture softmax --networks 1 --epochs 1 --images 6 --attacked 4 --steps 3 --recipes noise",
    "poison labels":
      "--data arrays --architecture network.json --epochs 1 --networks 1 --shares 0,0.2 --from 0 --to 1",
    "poison backdoor":
      "--data arrays --architecture network.json --epochs 1 --networks 1 --shares 0,0.2 --patch 2 --components 3",
    "poison collision":
      "--data arrays --architecture network.json --epochs 1 --pairs 1 --targets 1 --steps 3 --images-per-class 8 "
      + "--neighbours 3",
    "poison linear":
      "--data arrays --pairs 0,1 --training-count 40 --validation-count 40 --points 2 --steps 2 --draws 1",
    "reproduce": "szegedy-spectral --data arrays --quick",
    "study prepare": "train --directions 1 --sheets 1 --questions 2 --references 2 --no-cache",
    "demo": "--data arrays --architecture mlp --epochs 1",
    "datasets show": "arrays",
    "inspect": "MODEL",
  ]

  /// Commands that need no numbers, or wait for people.
  static let others: Set = [
    "datasets", "datasets list", "datasets fetch", "datasets verify", "attack", "attack list", "poison",
    "merge", "study",
    "study serve", "study results", "report", "explore", "help",
  ]

  /// Options that name files or folders.
  static let named: Set = [
    "output", "data", "cache", "folder", "architecture", "weights", "images", "labels", "reference",
    "second-data",
    "models", "basis", "title", "classes", "layer", "transferred-from",
  ]

  struct Help: Decodable {
    struct Name: Decodable { let name: String }
    struct Argument: Decodable {
      let kind: String
      let names: [Name]?
      let allValues: [String]?
      let allValueStrings: [String]?
    }
    struct Command: Decodable {
      let commandName: String
      let arguments: [Argument]?
      let subcommands: [Command]?
    }
    let command: Command
  }

  struct Case: CustomStringConvertible {
    let command: String
    let option: String
    let value: String
    let fixed: [String]

    var arguments: [String] {
      var fixed = fixed
      // The value takes the place of the one that would be given.
      if let place = fixed.firstIndex(of: "--\(option)") { fixed.removeSubrange(place...place + 1) }
      return command.split(separator: " ").map(String.init) + fixed
        + ["--\(option)=\(value)", "--output", "extreme"] + (command == "datasets show" ? [] : ["--quiet"])
    }

    var description: String { "\(command) --\(option)=\(value)" }
  }

  private func cases(_ help: Help) throws -> [Case] {
    func cases(_ command: Help.Command, _ path: [String]) throws -> [Case] {
      let name = path.joined(separator: " ")
      let options = (command.arguments ?? []).filter { $0.kind == "option" }.compactMap { argument in
        let isWord = argument.allValues != nil || argument.allValueStrings != nil
        return isWord ? nil : argument.names?.map(\.name).first { $0.count > 1 && !Self.named.contains($0) }
      }
      var text = Self.commands[name]
      if text == nil, path.first == "attack", path.count == 2, !Self.others.contains(name) {
        text = "MODEL --data arrays --count 6 --grid 2"
        if options.contains("epsilon") { text? += " --epsilon 0.2" }
        if options.contains("queries") { text? += " --queries 120" }
      }
      if text == nil, path != [], !Self.others.contains(name) {
        Issue.record("\(name) is tried with no number: say in this test what it is given besides")
      }
      let fixed = (text ?? "").replacing("MODEL", with: "other/model.safetensors").split(separator: " ").map(
        String.init)
      let own =
        text == nil
        ? []
        : options.flatMap { option in
          Self.values.map { Case(command: name, option: option, value: $0, fixed: fixed) }
        }
      return try own + (command.subcommands ?? []).flatMap { try cases($0, path + [$0.commandName]) }
    }
    return try cases(help.command, [])
  }

  @Test("Extreme numbers end with a result, a refusal, or work that does not end soon")
  func extremes() async throws {
    let laboratory = try await EveryRun.laboratory()
    let help = try JSONDecoder().decode(
      Help.self, from: Data(try await laboratory.run("--experimental-dump-help").output.utf8))
    let all = try cases(help)
    #expect(all.count > 5000)
    var generator = SeededGenerator(seed: 9)
    let known = all.filter { ($0.option, $0.value) == ("epsilon", "1e-40") && $0.command == "attack pgd" }
    #expect(known.count == 1)
    let wanted = ProcessInfo.processInfo.environment["INTRIGUE_DAMAGE_COUNT"]
    let count = wanted == "all" ? all.count : wanted.flatMap { Int($0) } ?? 60
    let chosen = generator.permutation(all.count).prefix(count).map { all[$0] }
    for chosen in known + chosen {
      let outcome = try await Program(laboratory: laboratory).run(chosen.arguments, atMost: .seconds(4))
      let isSentence =
        outcome.exitCode == 0 || outcome.errors.hasPrefix("Error: ") && [1, 64].contains(outcome.exitCode)
      #expect(
        isSentence || outcome.signal == SIGKILL,
        "\(chosen): \(outcome.exitCode.map { "exit \($0)" } ?? "a signal"): \(outcome.errors.suffix(300))")
    }
  }
}
