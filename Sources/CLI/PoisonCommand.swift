import ArgumentParser
import Commands
import PoisonRoom

struct PoisonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poison",
    abstract: "Poison training data, and measure attacks and defences.",
    discussion: """
      Example: intrigue poison backdoor --data mnist

      Trains networks on partly poisoned images: wrong labels, a trigger, or the features of another image. They are \
      evaluated on clean held-out images. Every attack is measured together with a control and a defence, and every \
      defence together with its cost on clean images.
      """,
    subcommands: [
      RunCommand<LabelPoisonOptions>.self, RunCommand<BackdoorOptions>.self,
      RunCommand<CollisionOptions>.self, RunCommand<LinearPoisonOptions>.self,
    ])
}
