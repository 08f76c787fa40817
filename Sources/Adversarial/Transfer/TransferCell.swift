import Networks
import Tensors

/// What one classifier makes of images that were perturbed for another.
public struct TransferCell: Equatable, Codable, Sendable {
  /// Wrong about the perturbed image, of the images that source and target both classify correctly when clean. On the
  /// diagonal, for an untargeted attack, the attack's success.
  public let errorOnBothCorrect: Proportion
  /// Wrong about the perturbed image, of all images.
  public let errorOnAll: Proportion
  /// Wrong about the clean image, of all images.
  public let cleanError: Proportion
  /// Perturbed images taken for the class aimed at, of the images that both classify correctly and that are not of
  /// that class; of no images when the attack aimed at none. On the diagonal, the attack's success.
  public let targetedHit: Proportion
  /// Images about which both are wrong in the same way, of those that both classified correctly and are now wrong about.
  public let agreement: Proportion
  /// How often they would agree by chance (``AnswerAgreement``); `nil` when both are wrong about nothing.
  public let agreementByChance: Double?

  /// Error over what the target gets wrong without help, on all images; `nil` of no images.
  public var excessError: Double? {
    guard let error = errorOnAll.value, let clean = cleanError.value else { return nil }
    return error - clean
  }

  /// - Parameters:
  ///   - labels: True classes.
  ///   - aims: Classes aimed at; `nil` for an untargeted attack.
  ///   - source: What the source says of the clean and of the perturbed images.
  ///   - target: The same of the target.
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
