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
  /// How far the image had to be moved to be lost: 0 when the classifier was wrong without help, ∞ when the attack
  /// did not reach its goal.
  public func adversarialDistance(in norm: Norm) -> Double {
    switch verdict {
    case .alreadyWrong: 0
    case .succeeded: distortion.length(in: norm)
    case .failed, .alreadyTarget: .infinity
    }
  }
}
