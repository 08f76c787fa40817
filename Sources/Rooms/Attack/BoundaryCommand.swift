import ArgumentParser
import Commands

package struct BoundaryCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "boundary",
    abstract: "Boundary attack: a random walk along the boundary, towards the image, by labels alone.",
    discussion:
      "Brendel, Rauber, Bethge (2018). L2. It begins at noise, or else at a training image of another class.")

  @OptionGroup var attack: AttackOptions
  @OptionGroup var queries: QueryOptions

  package init() {}

  package func run() throws {
    try attack.run(.boundary(queryLimit: queries.queries), norm: .l2, epsilon: nil)
  }
}
