import Lab
import Networks
import TrainRoom

/// The networks of a comparison: one recipe under several seeds, or models that exist.
public enum ComparedNetworks: Codable, Equatable, Sendable {
  /// Seeds are those of the recipe's `training` and the numbers after it.
  case trained(TrainExperiment.Configuration, count: Int)
  case given([ModelSource])

  /// Those that exist.
  var sources: [ModelSource] {
    switch self {
    case .trained: []
    case .given(let sources): sources
    }
  }

  /// The same, trained on data that are read like this.
  func reading(_ data: DataSource) -> ComparedNetworks {
    guard case .trained(var recipe, let count) = self else { return self }
    recipe.data = data
    return .trained(recipe, count: count)
  }

  public var count: Int {
    switch self {
    case .trained(_, let count): count
    case .given(let sources): sources.count
    }
  }
}
