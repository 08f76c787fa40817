import Adversarial
import Figures
import Tensors

extension AttackMethod {
  /// What a figure calls it. Without the sign there is no sign in the name.
  package func title(_ norm: Norm) -> String {
    switch (self, norm) {
    case (.fastGradientSign, .l0), (.fastGradientSign, .l1), (.fastGradientSign, .l2):
      "Fast gradient method in \(norm)"
    case (.noise(let kind), _): "\(kind.words), the control, in \(norm)"
    case (_, _) where kind.norms.count > 1: "\(kind.title) in \(norm)"
    default: kind.title
    }
  }

  /// The equation, with its letters explained.
  package func equation(_ norm: Norm, isTargeted: Bool) -> String {
    let (sign, label) = isTargeted ? ("−", "t") : ("+", "y")
    let letters = "L: cross-entropy, \(isTargeted ? "t: target class" : "y: true class"). "
    let margin = isTargeted ? "z_t − max_{k≠t} z_k" : "max_{k≠y} z_k − z_y"
    switch self {
    case .fastGradientSign:
      let clipped = "Where a pixel was black or white already, clip may leave it as it was."
      return switch norm {
      case .linf: "x′ = clip(x \(sign) ε · sign ∇ₓL(x, \(label)), 0, 1); \(letters)\(clipped)"
      case .l0, .l1, .l2:
        "x′ = clip(x \(sign) ε · g / ‖g‖ in \(norm), 0, 1), g = ∇ₓL(x, \(label)); \(letters)\(clipped)"
      }
    case .basicIterative(let steps):
      return "\(steps) steps of ε / \(steps), each projected onto the ball and clipped; \(letters)"
    case .projectedGradientDescent(let steps, let size, let restarts, let loss):
      let length = size ?? 2.5 / Double(steps)
      return
        "\(steps) steps of \(Self.text(length)) ε from \(restarts) random \(restarts == 1 ? "start" : "starts"), each "
        + "projected onto the ball and clipped, raising \(loss.words); the best iterate is kept."
    case .momentumIterative(let steps, let decay):
      return
        "\(steps) steps along a running sum of gradients (decay \(Self.text(decay))), each projected and clipped; "
        + letters
    case .autoPGD(let objective, let steps, let restarts):
      let climbed =
        switch objective {
        case .crossEntropy: "the cross-entropy"
        case .differenceOfLogitsRatio: "the difference-of-logits ratio"
        case .targets: "that ratio towards each of the nine most likely classes"
        }
      return
        "\(steps) projected steps with momentum and a step size that halves by itself, \(restarts) "
        + "\(restarts == 1 ? "start" : "starts"), raising \(climbed)."
    case .gradientRotation:
      return
        "x′ = clip(cos θ · x + sin θ · ‖x‖ g⊥ / ‖g⊥‖), θ as large as ε allows; g⊥: the gradient across x."
    case .noise:
      return "x′ = clip(x + s n), n random, s such that x′ lies at the distance ε; no network is asked."
    case .boxLBFGS(let bisections, let iterations, _, _):
      return
        "minimise ‖r‖₂² + c · L(x + r, l) over the box by L-BFGS-B, at most \(iterations) iterations; c grows tenfold, "
        + "then \(bisections) bisections. "
        + (isTargeted ? "l: target class." : "l: the nearest of all other classes.")
    case .deepFool(_, let overshoot):
      return
        "steps to the nearest face of the linearised network, then (1 + \(Self.text(overshoot))) r; z: logits."
    case .carliniWagner(let confidence, _, let iterations, _):
      return
        "minimise ‖x′ − x‖₂² + c · max(m + \(Self.text(confidence)), 0) by Adam, \(iterations) steps for each c; "
        + "−m = \(margin)."
    case .decoupledDirectionNorm(let steps, let rounding):
      return
        "\(steps) gradient steps on a sphere that shrinks after a success and grows after a failure"
        + (rounding == .none ? "; \(letters)" : ", rounded to 256 levels; \(letters)")
    case .fastMinimumNorm(let steps):
      return "\(steps) gradient steps in a ball whose radius follows the boundary; margin \(margin)."
    case .minimalFastGradientSign(let size):
      return
        "the smallest k · \(Numbers.epsilon(size)) along the sign of the gradient that is enough; "
        + letters
    case .finiteDifferences(let steps, let offset, let limit):
      return
        "\(steps) \(steps == 1 ? "step" : "steps") along the slopes of the margin, each found by moving its pixel by "
        + "\(Self.text(offset)); at most \(limit) queries; margin \(margin)."
    case .naturalEvolution(let samples, let radius, _, let limit):
      return
        "steps along a gradient estimated from \(samples) queries at normal distances of \(Self.text(radius)); at most "
        + "\(limit) queries; margin \(margin)."
    case .simultaneousPerturbation(let samples, let radius, _, let limit):
      return
        "Adam along a gradient estimated from \(samples) queries, all pixels moved by ±\(Self.text(radius)); at most "
        + "\(limit) queries; margin \(margin)."
    case .square(let limit):
      return "random search with squares that shrink; at most \(limit) queries; margin \(margin)."
    case .fewPixel(let population, let limit):
      return
        "differential evolution of \(population) candidates, each a few pixels and their values; at most \(limit) "
        + "queries; margin \(margin)."
    case .boundary(let limit):
      return "a random walk along the boundary, towards the image, by labels alone; at most \(limit) queries."
    case .hopSkipJump(let samples, let limit):
      return
        "jumps along the boundary's direction, estimated from \(samples) labels and more, each bisected back; at most "
        + "\(limit) queries."
    }
  }

  private static func text(_ value: Double) -> String {
    value.description.hasSuffix(".0") ? String(value.description.dropLast(2)) : value.description
  }
}

extension AttackLoss {
  fileprivate var words: String {
    switch self {
    case .crossEntropy: "the cross-entropy"
    case .margin: "the margin"
    case .differenceOfLogitsRatio: "the difference-of-logits ratio"
    }
  }
}

extension NoisePerturbation.Kind {
  fileprivate var words: String {
    switch self {
    case .gaussian: "Gaussian noise"
    case .uniform: "Uniform noise"
    case .randomSign: "Random signs"
    }
  }
}
