import ArgumentParser
import AttackRoom
import PoolRoom

struct AttackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attack", abstract: "Change held-out images a little so that a network mistakes them.",
    discussion: """
      Every held-out image that the network gets right is attacked; the others are reported apart. A success is \
      judged on the very pixels that are saved, and once more after rounding to 8 bits. Where the attack fails the \
      original image is kept.

      Attacks with a budget do their worst within --epsilon; the others look for the smallest perturbation. \
      intrigue attack list tells which is which. Black-box attacks see only answers to their queries, at most --queries \
      for each image; beside each other and a white-box attack: intrigue attack pool --knowledge black-box.
      """,
    subcommands: [
      AttackListCommand.self, PoolCommand.self, FGSMCommand.self, BIMCommand.self, PGDCommand.self,
      MomentumCommand.self,
      AutoPGDCommand.self, RotationCommand.self, NoiseCommand.self, LBFGSCommand.self, DeepFoolCommand.self,
      CarliniWagnerCommand.self, DDNCommand.self, FMNCommand.self, MinimalFGSMCommand.self,
      FiniteDifferencesCommand.self, NESCommand.self, SPSACommand.self, SquareCommand.self,
      FewPixelCommand.self, BoundaryCommand.self, HopSkipJumpCommand.self,
    ])
}
