import Tensors

extension Distortion {
  /// The distortion in one norm.
  public func length(in norm: Norm) -> Double {
    switch norm {
    case .l0: Double(l0)
    case .l1: l1
    case .l2: l2
    case .linf: linf
    }
  }
}

extension AttackedImage {
  /// The perturbation size at which the image is misclassified: 0 if it already is when clean, ∞ if the attack did not
  /// reach its goal.
  public func adversarialDistance(in norm: Norm) -> Double {
    switch verdict {
    case .alreadyWrong: 0
    case .succeeded: distortion.length(in: norm)
    case .failed, .alreadyTarget: .infinity
    }
  }
}
