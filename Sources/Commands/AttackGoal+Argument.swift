import Lab

extension AttackGoal {
  /// The argument of --targeted, if it was given.
  package init(argument: String?) {
    switch argument {
    case nil: self = .untargeted
    case "next": self = .next
    case "random": self = .random
    case .some(let name): self = .fixed(name)
    }
  }
}
