import Foundation
import TestSupport
import Testing

/// A laboratory with a run folder of every kind of experiment, of data so small that each takes a second.
enum EveryRun {
  /// In the order in which they are made: some need earlier ones.
  static let commands: [(folder: String, command: [String])] = [
    ("train", "train --data arrays --architecture mlp --epochs 2 --validation 0.2"),
    ("other", "train --data arrays --architecture network.json --epochs 1 --seed 2"),
    ("third", "train --data arrays --architecture network.json --epochs 1 --seed 3"),
    ("evaluate", "evaluate train/model.safetensors --data arrays"),
    (
      "gallery",
      "gallery train/model.safetensors --data arrays --neurons 2 --directions 2 --top 4 --strata --no-cache"
    ),
    (
      "compare",
      "compare --data arrays --models other/model.safetensors third/model.safetensors --rotations 19 --top 4 "
        + "--reference none"
    ),
    ("fgsm", "attack fgsm train/model.safetensors --data arrays --epsilon 0.2 --grid 2 --bounds --count 20"),
    ("square", "attack square train/model.safetensors --data arrays --epsilon 0.2 --queries 50 --count 9"),
    ("targets", "attack ddn other/model.safetensors --data arrays --targeted all --count 6"),
    ("pool", "attack pool other/model.safetensors --data arrays --count 8 --methods ddn,deepfool"),
    (
      "budget", "attack pool other/model.safetensors --data arrays --count 8 --epsilon 0.2 --methods fgsm,pgd"
    ),
    (
      "transfer",
      "transfer --data arrays --models train/model.safetensors other/model.safetensors --count 20"
    ),
    ("linearity", "linearity other/model.safetensors --data arrays --count 8 --sizes 4,8 --pair 0,1"),
    ("pattern", "pattern other/model.safetensors --data arrays --count 12 --universal-count 12"),
    ("rubbish", "rubbish other/model.safetensors --data arrays --count 50 --fooling-count 9"),
    (
      "substitute",
      "substitute other/model.safetensors --data arrays --repetitions 2 --seed-images 6 --rounds 2 "
        + "--substitute softmax --step 0.2 --epsilon 0.3"
    ),
    (
      "privacy",
      "privacy --data arrays --architecture softmax --epsilons 8,3 --networks 2 --epochs 1 --lot 20 --count 9 "
        + "--radius 0.75 --clip 0.5"
    ),
    (
      "smooth",
      "smooth other/model.safetensors --data arrays --samples 100 --selection 20 --count 6 --epsilon 0.5 --steps 2 "
        + "--attack-samples 3 --alpha 0.01"
    ),
    (
      "shift",
      "shift --data arrays --architecture softmax --networks 2 --epochs 1 --images 9 --attacked 6 --steps 4 "
        + "--recipes noise --epsilon 0.75 --noise 0.2"
    ),
    (
      "labels",
      "poison labels --data arrays --architecture network.json --epochs 1 --networks 2 --shares 0,0.2 --from 0 --to 1"
    ),
    (
      "backdoor",
      "poison backdoor --data arrays --architecture network.json --epochs 1 --networks 2 --shares 0,0.2 --patch 2 "
        + "--components 3"
    ),
    (
      "collision",
      "poison collision --data arrays --architecture network.json --epochs 1 --pairs 2 --targets 2 --steps 5 "
        + "--images-per-class 8 --neighbours 3"
    ),
    (
      "linear",
      "poison linear --data arrays --pairs 0,1 --training-count 40 --validation-count 40 --points 3 --steps 4 --draws 2"
    ),
    ("demo", "demo --data arrays --architecture mlp --epochs 1"),
    ("reproduce", "reproduce szegedy-spectral --data arrays --quick"),
    ("rank-1", "rank train/model.safetensors --data arrays --shard 1/2 --top 4 --no-cache"),
    ("rank-2", "rank train/model.safetensors --data arrays --shard 2/2 --top 4 --no-cache"),
    ("merge", "merge rank-1 rank-2"),
  ].map { ($0, $1.split(separator: " ").map(String.init)) }

  /// Those that `report` shows.
  static var reported: [String] {
    commands.map(\.folder).filter { !["other", "third", "rank-1", "rank-2", "merge"].contains($0) }
  }

  /// Those that keep parts and go on after an interruption.
  static let resumed = [
    "train", "compare", "pool", "budget", "transfer", "substitute", "privacy", "smooth", "shift", "labels",
    "backdoor", "collision", "linear", "demo", "reproduce",
  ]

  static func command(of folder: String) throws -> [String] {
    try #require(commands.first { $0.folder == folder }).command + ["--output", folder, "--quiet"]
  }

  static func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    for (name, data) in try await made.value.content { try laboratory.write(data, to: name) }
    return laboratory
  }

  /// Of each folder, what its run left and printed.
  static func inventories() async throws -> [String: Pin] { try await made.value.inventories }

  private static let made = Task {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 300)
    var content = try laboratory.content(of: "arrays")
    var inventories: [String: Pin] = [:]
    for (folder, _) in commands {
      // Not quiet: what is printed is looked at as well.
      let outcome = try await Program(laboratory: laboratory).run(command(of: folder).dropLast())
      #expect(outcome.exitCode == 0, "\(folder): \(outcome.errors)")
      inventories[folder] = try RunInventory.pin(of: laboratory.file(folder), output: outcome.output)
      // Pictures are left out of a page where they are missing, and reading them takes most of the time.
      content.merge(
        try laboratory.content(of: folder).filter { name, _ in
          name.contains("/sprites/") || ![".png", ".pdf", ".gp"].contains(where: name.hasSuffix)
        }
      ) { $1 }
    }
    return (content: content, inventories: inventories)
  }
}
