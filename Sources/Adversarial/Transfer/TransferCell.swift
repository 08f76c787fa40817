import Networks
import Tensors

/// A target's predictions for images that were perturbed for a source.
public struct TransferCell: Equatable, Codable, Sendable {
  /// Misclassified perturbed images, of the images that source and target both classify correctly when clean. On the
  /// diagonal, for an untargeted attack, the attack's success rate.
  public let errorOnBothCorrect: Proportion
  /// Misclassified perturbed images, of all images.
  public let errorOnAll: Proportion
  /// Misclassified clean images, of all images.
  public let cleanError: Proportion
  /// Perturbed images predicted as the target class, of the images that both classify correctly and that are not of
  /// that class; empty for an untargeted attack. On the diagonal, the attack's success rate.
  public let targetedHit: Proportion
  /// Images with the same wrong prediction from both, of those that both classified correctly and now misclassify.
  public let agreement: Proportion
  /// The agreement expected by chance (``AnswerAgreement``); `nil` without such images.
  public let agreementByChance: Double?

  /// The error in excess of the target's clean error, on all images; `nil` for no images.
  public var excessError: Double? {
    guard let error = errorOnAll.value, let clean = cleanError.value else { return nil }
    return error - clean
  }

  /// - Parameters:
  ///   - labels: True classes.
  ///   - aims: Target classes; `nil` for an untargeted attack.
  ///   - source: The source's predictions for the clean and the perturbed images.
  ///   - target: The same for the target.
  init(
    labels: [Int], aims: [Int?], source: (clean: [Int], perturbed: [Int]),
    target: (clean: [Int], perturbed: [Int])
  ) {
    let rows = labels.indices
    let bothCorrect = rows.filter { source.clean[$0] == labels[$0] && target.clean[$0] == labels[$0] }
    func isWrong(_ row: Int) -> Bool { target.perturbed[row] != labels[row] }
    errorOnBothCorrect = Proportion(bothCorrect.count(where: isWrong), of: bothCorrect.count)
    errorOnAll = Proportion(rows.count(where: isWrong), of: rows.count)
    cleanError = Proportion(rows.count { target.clean[$0] != labels[$0] }, of: rows.count)
    let aimed = bothCorrect.filter { row in aims[row].map { $0 != labels[row] } == true }
    targetedHit = Proportion(aimed.count { target.perturbed[$0] == aims[$0] }, of: aimed.count)

    let bothWrong = bothCorrect.filter { isWrong($0) && source.perturbed[$0] != labels[$0] }
    agreement = Proportion(
      bothWrong.count { source.perturbed[$0] == target.perturbed[$0] }, of: bothWrong.count)
    agreementByChance = AnswerAgreement.byChance(
      bothWrong.map { (labels[$0], source.perturbed[$0], target.perturbed[$0]) })
  }

  static func labels(of images: Tensor, by classifier: any Classifier) throws -> [Int] {
    images.count > 0 ? Prediction.rows(of: try classifier.logits(of: images)).map(\.label) : []
  }
}
