import Networks

/// The networks of a comparison: one recipe under several seeds, or models that exist.
public enum ComparedNetworks: Codable, Equatable, Sendable {
  /// Seeds are those of the recipe's `training` and the numbers after it.
  case trained(TrainExperiment.Configuration, count: Int)
  case given([ModelSource])

  public var count: Int {
    switch self {
    case .trained(_, let count): count
    case .given(let sources): sources.count
    }
  }
}
