import Adversarial
import ArgumentParser

/// A random walk along the boundary, towards the image, by labels alone.
package struct BoundarySettings: QuerySettings {
  package var queryLimit = 5000

  package static let card = AttackCard(
    name: "boundary", recordedName: "boundary", title: "boundary attack",
    abstract:
      "Boundary attack: a random walk along the decision boundary towards the image, by labels alone.",
    discussion: "Starts from noise, or else from a training image of another class.",
    paper: Paper(
      "brendel2018decision", authors: "Brendel, Wieland and Rauber, Jonas and Bethge, Matthias",
      title: "Decision-based adversarial attacks: reliable attacks against black-box machine learning models",
      venue: "International Conference on Learning Representations", year: 2018, arXiv: "1712.04248"),
    goal: .smallestPerturbation, access: .decisionBased, norms: BoundaryAttack.supportedNorms)

  package init() {}

  package func attack(_ supplies: AttackSupplies) -> any Attack {
    BoundaryAttack(
      queryLimit: queryLimit, seed: supplies.seed, startingImages: supplies.startingImages)
  }

  package func equation(_ notation: AttackNotation) -> String {
    "a random walk along the boundary, towards the image, by labels alone; at most \(queryLimit) queries."
  }

  package struct Options: AttackSettingOptions {
    @OptionGroup package var budget: OneNorm<BoundarySettings>
    @OptionGroup var queries: QueryOptions<BoundarySettings>

    package init() {}
    package var settings: BoundarySettings { BoundarySettings { $0.queryLimit = queries.queries } }
  }
}
