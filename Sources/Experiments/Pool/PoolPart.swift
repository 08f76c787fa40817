import Adversarial
import Foundation
import Storage
import Tensors

/// What one attack of a pool left: `NAME.json`, beside the images it returned, `NAME.npy`. Written as soon as the
/// attack has run, so that a run which is stopped goes on behind it.
struct PoolPart: Codable, Sendable {
  /// Everything that decides the result.
  struct Identity: Codable, Equatable, Sendable {
    var toolVersion: String
    var dataChecksum: String
    var modelChecksum: String
    /// Only of images made for the surrogate: the others do not depend on it.
    var surrogateChecksum: String?
    var entry: PoolEntry
    var norm: Norm
    var goal: AttackGoal
    /// Images attacked, and the seed that they were drawn with.
    var imageCount: Int
    var seed: UInt64
  }

  var identity: Identity
  var images: [AttackedImage]
  /// Of the network attacked.
  var cost: ClassifierCost
  /// That the attack took, judging included. Other times, other seconds: nothing else is made of them.
  var seconds: Double
  /// Of `NAME.npy`: a run that was killed between the two files leaves no pair that belongs together.
  var imagesChecksum: String

  static let folderName = "parts"

  static func imagesName(_ entry: PoolEntry) -> String { "\(entry.name).npy" }
  private static func name(_ entry: PoolEntry) -> String { "\(entry.name).json" }

  func write(in place: RunFolder) throws { try place.write(self, to: Self.name(identity.entry)) }

  /// The part with this identity, if an earlier run has left it whole.
  static func known(in place: RunFolder, _ identity: Identity) -> PoolPart? {
    let file = place.file(imagesName(identity.entry))
    // One that cannot be read is of another version, or broken: it is measured again.
    guard place.exists(name(identity.entry)), place.exists(imagesName(identity.entry)),
      let part = try? JSONFile.read(PoolPart.self, from: place.file(name(identity.entry))),
      part.identity == identity, (try? Checksum.hexadecimal(ofFile: file)) == part.imagesChecksum
    else { return nil }
    return part
  }
}
