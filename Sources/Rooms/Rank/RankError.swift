import Lab

/// Why images cannot be ranked as asked.
public enum RankError: ArgumentError, Equatable, CustomStringConvertible {
  case topBeyondImages(asked: Int, images: Int, split: ImageSplit)
  case tooManyDirections(asked: Int, units: Int, layer: String)
  case emptyShard(Shard, images: Int)
  case featuresTooLarge(images: Int, units: Int, layer: String)

  public var description: String {
    switch self {
    case .topBeyondImages(let asked, let images, let split):
      "the top \(asked) were asked for: there are \(images) \(split.words)"
    case .tooManyDirections(let asked, let units, let layer):
      "\(asked) directions were asked for: a basis of layer \(layer) has \(units)"
    case .emptyShard(let shard, let images):
      "shard \(shard) of \(images) images has none: there are at most \(images) shards"
    case .featuresTooLarge(let images, let units, let layer):
      "layer \(layer) has \(units) units: its values for \(images) images need "
        + "\((images * units) >> 28) GiB or more of memory, the limit is \(FeatureCache.memoryLimit >> 28); keep "
        + "them on disk, or use --shard"
    }
  }
}
