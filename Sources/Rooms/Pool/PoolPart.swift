import Adversarial
import Lab
import Tensors

/// What one attack of a pool left: `NAME.json`, beside the images it returned, `NAME.npy`. Kept as soon as the attack has
/// run.
struct PoolPart: Codable, Sendable {
  /// Everything but data and models that decides the result.
  struct Settings: Codable, Equatable, Sendable {
    var entry: PoolEntry
    var norm: Norm
    var goal: AttackGoal
    /// Images attacked, and the seed that they were drawn with.
    var imageCount: Int
    var seed: UInt64
  }

  var entry: PoolEntry
  var images: [AttackedImage]
  /// Of the network attacked.
  var cost: ClassifierCost
  /// That the attack took, judging included. Other times, other seconds: nothing else is made of them.
  var seconds: Double

  static let folderName = "parts"

  static func imagesName(_ entry: PoolEntry) -> String { "\(entry.name).npy" }
  static func name(_ entry: PoolEntry) -> String { "\(entry.name).json" }
}
