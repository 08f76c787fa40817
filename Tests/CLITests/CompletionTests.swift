import Foundation
import Testing

/// What bash offers when somebody presses the tabulator.
@Suite struct CompletionTests {
  /// - Returns: Completions of the last word, sorted.
  private func completions(of words: [String], in laboratory: Laboratory) async throws -> [String] {
    let script = try await laboratory.run("--generate-completion-script", "bash")
    expectSuccess(script)
    try laboratory.write(script.output, to: "completion.bash")
    // As readline calls it.
    let bash = """
      source completion.bash
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
      _intrigue "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try await Program(laboratory: laboratory).start(
      ["--norc", "-c", bash, "bash", Program.executable.path] + words, executable: URL(filePath: "/bin/bash")
    ).outcome()
    #expect(outcome.exitCode == 0 && outcome.errors == "", "\(words): \(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test("Commands, options, values, files and folders are completed")
  func bash() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("{}", to: "notes.json")
    try laboratory.write("", to: "network.txt")
    for (words, expected) in [
      (["ga"], ["gallery"]), (["attack", "fg"], ["fgsm"]),
      (["train", "--micro"], ["--micro-batch"]), (["evaluate", "--colo"], ["--color", "--colour"]),
      (["evaluate", "--colour", "g"], ["grey"]), (["evaluate", "--color", "au"], ["automatic"]),
      (["gallery", "--pooling", "c"], ["centre"]),
      (["train", "--instruction-set", "avx"], ["avx2", "avx512"]),
      (["datasets", "verify", "k"], ["kmnist"]),
      // Folders are offered beside files, because those are in them.
      (["inspect", "ru"], ["run"]), (["inspect", "run/m"], ["run/model.safetensors"]),
      (["inspect", "--architecture", "n"], ["network.json", "notes.json"]),
      (["inspect", "--weights", "run/"], ["run/figures", "run/model.safetensors"]),
      (["train", "--data", "fa"], ["fashion-mnist"]), (["train", "--data", "im"], ["images/"]),
      (["train", "--architecture", "ne"], ["network.json"]), (["shift", "--architecture", "le"], ["lenet"]),
      (["train", "--data", "images/l"], ["images/línea/"]), (["train", "--output", "ev"], ["evaluation"]),
      (["train", "-o", "ga"], ["gallery"]), (["report", "evaluation", "at"], ["attack"]),
      (["explore", "run", "--cache", "ga"], ["gallery"]),
    ] as [([String], [String])] {
      #expect(try await completions(of: words, in: laboratory) == expected, "\(words)")
    }
  }

  @Test("Every path is completed: whatever is a file or a folder says so")
  func paths() async throws {
    for (path, command) in try await CommandTree.commands(in: Laboratory(hasResults: false)) {
      for argument in command.arguments ?? [] where argument.shouldDisplay && argument.kind != "flag" {
        let takesPath = ["FILE", "FOLDER"].contains { argument.valueName?.contains($0) == true }
        guard takesPath else { continue }
        #expect(
          argument.completionKind != nil,
          "\(path.joined(separator: " ")) \(argument.preferredName?.name ?? argument.valueName ?? "")")
      }
    }
  }

  @Test("Other shells have scripts, too", arguments: ["zsh", "fish"])
  func scripts(shell: String) async throws {
    let outcome = try await Laboratory(hasResults: false).run("--generate-completion-script", shell)
    expectSuccess(outcome)
    #expect(outcome.output.contains("gallery"))
  }
}
