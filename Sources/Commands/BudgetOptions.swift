import Adversarial
import ArgumentParser
import Tensors

/// The budget of an attack that has one.
package struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Budget: the largest norm of a perturbation, such as 0.1 or 8/255; pixels lie in [0, 1].",
      valueName: "EPSILON"))
  package var epsilon: Epsilon

  @Option(help: ArgumentHelp("Norm of the perturbation: linf, l2 or l1.", valueName: "NORM"))
  package var norm: Norm = .linf

  package init() {}

  package func validate() throws {
    try checkRadius(epsilon)
    if norm == .linf, epsilon.value > 1 {
      throw ValidationError(
        "--epsilon is measured in pixels from 0 to 1, got \(epsilon.text); did you mean \(epsilon.text)/255?")
    }
  }
}

extension Norm: ExpressibleByArgument {}
