import Foundation
import Networks
import Storage
import Tensors

/// Features on disk, so that a second look at the same layer needs no pass through the network.
///
///     <folder>/<digest of the key>.npy     [images, units], float32
///     <folder>/<digest of the key>.json    the manifest, written last
///
/// One folder serves every experiment (``defaultFolder``) and may be deleted at any time. What is found there is
/// never trusted: the key, the shape, the checksum of the file and every value are checked first, and whatever
/// fails is computed again.
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
    /// Other versions add up in another order.
    public var engine: String
    /// Of this format; a change of it makes every older file another key.
    public var format: String

    public init(
      modelChecksum: String, dataChecksum: String, split: ImageSplit, layer: String, pooling: MapPooling
    ) {
      self.modelChecksum = modelChecksum
      self.dataChecksum = dataChecksum
      self.split = split
      self.layer = layer
      self.pooling = pooling
      engine = "oneDNN \(Engine.oneDNNVersion)"
      format = "intrigue-features-1 <f4"
    }

    /// SHA-256 over the fields, each followed by a zero byte.
    public var digest: String {
      var checksum = Checksum()
      for field in [format, engine, modelChecksum, dataChecksum, split.rawValue, layer, pooling.rawValue] {
        checksum.update(Data(field.utf8) + [0])
      }
      return checksum.hexadecimal()
    }
  }

  struct Manifest: Codable, Equatable {
    var key: Key
    var rows: Int
    var columns: Int
    /// SHA-256 of the .npy file.
    var fileChecksum: String
  }

  public enum Lookup: Equatable, Sendable {
    case found(Tensor)
    case absent
    /// There is something, and it is stale, partial or damaged.
    case unusable(reason: String)
  }

  /// Where the command line keeps features, seen from the working folder.
  public static let defaultFolder = URL(filePath: "output/.cache/features")

  public let folder: URL

  public init(folder: URL) { self.folder = folder }

  public func file(for key: Key) -> URL { folder.appending(path: "\(key.digest).npy") }

  func manifest(for key: Key) -> URL { folder.appending(path: "\(key.digest).json") }

  /// - Parameters:
  ///   - rows: How many images there must be.
  ///   - columns: How many units.
  public func lookup(_ key: Key, rows: Int, columns: Int) -> Lookup {
    let file = file(for: key)
    guard FileManager.default.fileExists(atPath: manifest(for: key).path) else { return .absent }
    do {
      let manifest = try JSONFile.read(Manifest.self, from: manifest(for: key))
      guard manifest.key == key else {
        return .unusable(reason: "\(file.path): was made from something else")
      }
      let data = try FileContents.read(file)
      guard Checksum.hexadecimal(of: data) == manifest.fileChecksum else {
        return .unusable(reason: "\(file.path): is not the file that was written, by its checksum")
      }
      let array = try NPYFile(data: data, file: file)
      guard array.shape == [rows, columns], manifest.rows == rows, manifest.columns == columns,
        case .floats(let elements) = array.elements
      else {
        return .unusable(
          reason: "\(file.path): has shape \(array.shape), expected float32 of [\(rows), \(columns)]")
      }
      let tensor = Tensor(shape: array.shape, elements: elements)
      if let index = tensor.firstNonFiniteIndex {
        return .unusable(reason: "\(file.path): has the value \(elements[index]) at element \(index)")
      }
      return .found(tensor)
    } catch {
      return .unusable(reason: "\(error)")
    }
  }

  /// - Throws: ``FileError`` when the folder cannot be made or written.
  public func store(_ features: Tensor, under key: Key) throws {
    let folder = RunFolder(folder)
    try folder.create()
    let data = NPYFile(features).encoded()
    try AtomicFile.write(data, to: file(for: key))
    let manifest = Manifest(
      key: key, rows: features.count, columns: features.rowLength,
      fileChecksum: Checksum.hexadecimal(of: data))
    try folder.write(manifest, to: self.manifest(for: key).lastPathComponent)
  }
}
