import Adversarial
import Tensors
import Testing

@testable import Attacks
@testable import Lab
@testable import PoolRoom

@Suite struct PoolEntryTests {
  private func plan(_ methods: [AttackCard], norm: Norm = .linf, epsilon: Float? = 0.1) -> PoolPlan {
    PoolPlan(
      PoolExperiment.Configuration(
        model: .model(path: "m"), data: DataSource(name: "d"), methods: methods, norm: norm, epsilon: epsilon,
        surrogate: epsilon == nil ? nil : .model(path: "s")))
  }

  @Test(
    "Without a budget a pool is what was asked for; within one ladders of steps and budgets stand beside it")
  func entries() {
    #expect(
      plan([.deepFool, .carliniWagner], norm: .l2, epsilon: nil).all.map(\.name) == ["deepfool", "cw"])
    let ladder = ["pgd-10-steps", "pgd-100-steps", "pgd-half-epsilon", "pgd-double-epsilon"]
    let own = plan([.fastGradientSign, .projectedGradientDescent])
    #expect(own.all.map(\.name) == ["fgsm", "pgd", "transferred"] + ladder)
    #expect(own.steps.map(\.name) == ["pgd-10-steps", "pgd", "pgd-100-steps"])
    #expect(own.budgets.map(\.name) == ["pgd-half-epsilon", "pgd", "pgd-double-epsilon"])
    let other = plan([.noise])
    #expect(other.all.map(\.name).contains("pgd-40-steps") && other.steps[1].name == "pgd-40-steps")
    #expect(Set(other.all.map(\.name)).count == other.all.count)
  }

  @Test("No budget in L∞ is beyond black and white, and the whole range has no double")
  func largest() {
    #expect(plan([.noise], epsilon: 0.7).larger?.epsilon == 1)
    #expect(plan([.noise], epsilon: 1).larger == nil && plan([.noise], epsilon: 1).budgets.count == 2)
    #expect(plan([.noise], norm: .l2, epsilon: 3).larger?.epsilon == 6)
    #expect(!plan([.noise], epsilon: 0.1).entries.contains { ($0.epsilon ?? 1) > 0.1 })
  }

  @Test("By default a pool holds every attack for its norm, in the order of their list")
  func methods() {
    typealias Configuration = PoolExperiment.Configuration
    #expect(
      Configuration.methods(norm: .l2, hasBudget: false).map(\.name)
        == ["lbfgs", "deepfool", "cw", "ddn", "fmn", "boundary", "hop-skip-jump"])
    #expect(
      Configuration.methods(norm: .linf, hasBudget: false).map(\.name)
        == ["deepfool", "fmn", "minimal-fgsm", "hop-skip-jump"])
    let budget = [
      "fgsm", "bim", "pgd", "mi-fgsm", "apgd", "rotation", "noise", "finite-differences", "nes", "spsa",
      "square",
    ]
    let names = Configuration.methods(norm: .linf, hasBudget: true).map(\.name)
    // Others may come.
    #expect(names.filter(budget.contains) == budget)
    #expect(Configuration.methods(norm: .l0, hasBudget: true).isEmpty)
  }

  @Test("Beside black-box attacks alone stands one that knows the gradient")
  func reference() {
    let alone = plan([.square, .naturalEvolution], epsilon: 0.1).entries
    #expect(alone.filter { $0.role == .reference }.map(\.name) == ["apgd"])
    #expect(!plan([.square, .fastGradientSign], epsilon: 0.1).entries.contains { $0.role == .reference })
    #expect(plan([.boundary], norm: .l2, epsilon: nil).entries.last?.name == "ddn")
    #expect(plan([.hopSkipJump], norm: .linf, epsilon: nil).entries.last?.name == "fmn")
    #expect(!plan([.noise], epsilon: 0.1).entries.contains { $0.role == .reference })
  }
}
