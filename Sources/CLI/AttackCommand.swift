import ArgumentParser
import AttackRoom
import Commands
import PoolRoom

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack", abstract: "Craft adversarial examples for held-out images.",
    discussion: """
      Example: intrigue attack pgd output/demo/model.safetensors --epsilon 8/255

      Every correctly classified held-out image is attacked; the others are reported separately. Success is judged on \
      the pixels that are saved, and once more after rounding to 8 bits. Where the attack fails, the original image is \
      kept.

      Attacks with a budget maximise the loss within --epsilon; the others look for the smallest perturbation. \
      intrigue attack list says which is which. Black-box attacks see only answers to their queries, at most --queries \
      per image; to compare them with a white-box attack: intrigue attack pool --knowledge black-box.
      """,
    subcommands: [AttackListCommand.self, RunCommand<PoolOptions>.self] + AttackCommands.all)
}
