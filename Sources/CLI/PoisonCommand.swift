import Adversarial
import ArgumentParser
import PoisonRoom

struct PoisonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "poison",
    abstract: "Attack the training: change some training images and see what comes of it.",
    discussion: """
      Networks are trained on images of which some carry a wrong label, a trigger or the features of another image, and \
      judged by held-out images as they are. Each attack has its defence beside it, and the defence its price on clean \
      images. After Ctrl-C the same command goes on.
      """,
    subcommands: [
      LabelPoisonCommand.self, BackdoorCommand.self, CollisionCommand.self, LinearPoisonCommand.self,
    ])
}
