import Adversarial
import ArgumentParser
import Tensors

/// The budget of an attack that has one.
package struct BudgetOptions: ParsableArguments {
  @Option(help: "How far a pixel may move (with --norm, how long the perturbation may be); 0.1 or 8/255.")
  package var epsilon: Epsilon

  @Option(help: "What measures the perturbation: linf, l2 or l1.")
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
