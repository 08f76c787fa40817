import Adversarial
import Lab
import Tensors

/// The results of one attack of a pool, `NAME.json`, beside the images it returned, `NAME.npy`; kept as soon as the attack
/// has run.
struct PoolPart: Codable, Sendable {
  /// Everything besides data and models that determines the results.
  struct Settings: Codable, Equatable, Sendable {
    var entry: PoolEntry
    var norm: Norm
    var goal: AttackGoal
    /// The number of images, and the seed that they were drawn with.
    var imageCount: Int
    var seed: UInt64
  }

  var entry: PoolEntry
  var images: [AttackedImage]
  /// Passes through the network attacked.
  var cost: ClassifierCost
  /// Wall-clock time of attack and evaluation; it differs from run to run, and nothing is computed from it.
  var seconds: Double

  static let folderName = "parts"

  static func imagesName(_ entry: PoolEntry) -> String { "\(entry.name).npy" }
  static func name(_ entry: PoolEntry) -> String { "\(entry.name).json" }
}
