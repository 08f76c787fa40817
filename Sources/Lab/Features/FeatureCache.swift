import Foundation
import Networks
import Storage

/// Features on disk, so that a second look at the same layer needs no pass through the network.
///
///     <folder>/<digest of the key>/     a ``FeatureStore``
///
/// One folder serves every experiment (``defaultFolder``) and may be deleted at any time, as a whole or in part;
/// nothing else ever is.
public struct FeatureCache: Sendable {
  /// Everything that decides the values.
  public struct Key: Codable, Equatable, Sendable {
    /// See `Model.checksum`: architecture, preprocessing and every parameter.
    public var modelChecksum: String
    /// See `Dataset.checksum`.
    public var dataChecksum: String
    public var split: ImageSplit
    /// A node of the network; its place before or after the activation follows from the architecture.
    public var layer: String
    /// Of maps; `none` for a layer without, so that all who read it share a file.
    public var pooling: MapPooling
    /// The images of the split that are meant; nil: all.
    public var shard: Shard?
    /// Another one adds up in another order.
    public var engine: EngineFingerprint
    /// Of this format; a change of it makes every older file another key.
    public var format: String

    public init(
      modelChecksum: String, dataChecksum: String, split: ImageSplit, layer: String, pooling: MapPooling,
      shard: Shard? = nil
    ) {
      self.modelChecksum = modelChecksum
      self.dataChecksum = dataChecksum
      self.split = split
      self.layer = layer
      self.pooling = pooling
      self.shard = shard
      engine = .current
      format = "intrigue-features-2 <f4"
    }

    /// SHA-256 over the fields, each followed by a zero byte; an absent shard is empty.
    public var digest: String {
      var checksum = Checksum()
      let shard = shard?.description ?? ""
      for field in [
        format, engine.words, modelChecksum, dataChecksum, split.rawValue, layer, pooling.rawValue, shard,
      ] {
        checksum.update(Data(field.utf8) + [0])
      }
      return checksum.hexadecimal()
    }
  }

  /// Where the command line keeps features, seen from the working folder.
  public static let defaultFolder = URL(filePath: "output/.cache/features")

  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// The folder of one layer's features.
  public func folder(for key: Key) -> URL { folder.appending(path: key.digest) }

  package func store(for key: Key, imageCount: Int, unitCount: Int) -> FeatureStore {
    FeatureStore(folder: folder(for: key), key: key, imageCount: imageCount, unitCount: unitCount)
  }
}
