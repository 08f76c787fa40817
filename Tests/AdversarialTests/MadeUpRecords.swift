import Networks
import TestSupport
import Tensors

@testable import Adversarial

extension AttackedImage {
  /// A record of an image of four values that was moved by `moved` in one of them; `nil` for a failure.
  static func made(
    _ id: Int = 0, moved: Float?, alreadyWrong: Bool = false, zeroGradient: Bool = false,
    queries: QueryTrace? = nil
  ) -> AttackedImage {
    let right = Prediction(logits: [1, 0])
    let wrong = Prediction(logits: [0, 1])
    let verdict: Verdict = alreadyWrong ? .alreadyWrong : moved == nil ? .failed : .succeeded
    return AttackedImage(
      imageID: id, label: 0, target: nil, verdict: verdict, before: alreadyWrong ? wrong : right,
      attempt: verdict == .failed ? right : wrong, after: verdict == .failed ? right : wrong,
      distortion: Distortion(from: [0, 0, 0, 0] as [Float], to: [alreadyWrong ? 0 : moved ?? 0, 0, 0, 0]),
      attemptDistortion: nil, survives8Bit: verdict == .succeeded ? true : nil, wasProjected: false,
      hadZeroGradient: zeroGradient,
      queries: queries)
  }
}
