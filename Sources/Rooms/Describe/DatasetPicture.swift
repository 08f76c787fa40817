import Datasets
import Figures
import Images
import Lab
import Tensors

extension ImageGrid {
  /// More rows than this are not drawn.
  static let largestClassCount = 100
  /// Images with a longer side than this are reduced to it.
  static let largestTile = 160

  /// What a data set looks like: a row for each class with some of its images, drawn at random.
  ///
  /// Of a class that has fewer images all are shown, and the rest of its row is hatched. The draw of a class
  /// depends on the seed, the class's position and its number of images only.
  ///
  /// - Parameter perClass: How many images a row has at most.
  public init(sampling dataset: Dataset, split: ImageSplit, perClass: Int, seed: UInt64) {
    precondition(perClass > 0, "a row must have at least one image, got \(perClass)")
    let images = split.images(of: dataset)
    let shape = images.shape
    let classCount = images.classNames.count
    let reduction = min(1, Double(Self.largestTile) / Double(max(shape.height, shape.width)))
    func extent(_ length: Int) -> Int { max(1, Int((Double(length) * reduction).rounded())) }

    var members = [[Int]](repeating: [], count: classCount)
    for (index, label) in images.labels.enumerated() { members[label].append(index) }
    let rows = members.prefix(Self.largestClassCount).enumerated().map { label, members in
      var generator = SeededGenerator(seed: seed, purpose: "data set picture", index: label)
      let shown = generator.sample(min(perClass, members.count), of: members.count).map { members[$0] }
      return Row(
        name: images.classNames[label], note: members.count == 1 ? "1 image" : "\(members.count) images",
        images: shown.map { index in
          let bitmap = images.bitmap(of: index)
          return reduction < 1
            ? bitmap.resized(width: extent(shape.width), height: extent(shape.height)) : bitmap
        })
    }

    var subtitle = "\(split.words), a random sample of up to \(perClass) from each class (seed \(seed))"
    if classCount > Self.largestClassCount {
      subtitle += "; the first \(Self.largestClassCount) of \(classCount) classes"
    }
    if reduction < 1 { subtitle += "; reduced to \(extent(shape.width))×\(extent(shape.height)) pixels" }
    self.init(
      caption: FigureCaption(
        title: dataset.name, subtitle: subtitle.prefix(1).uppercased() + subtitle.dropFirst(),
        footer: [
          "\(images.count) \(split.words) of \(shape) (channels×height×width) in \(classCount) classes",
          "data \(dataset.checksum)", "Intrigue \(RunEnvironment.toolVersion)",
        ] + DataRecord(dataset).remarkLines),
      rows: rows)
  }
}

extension LabelledImages {
  /// One image as it is drawn. Bytes are taken as they are stored: by way of Float a photograph takes seconds.
  fileprivate func bitmap(of index: Int) -> Bitmap {
    let range = index * shape.pixelCount..<(index + 1) * shape.pixelCount
    switch pixels {
    case .bytes(let samples):
      return Bitmap(
        planarSamples: samples[range], channels: shape.channels, height: shape.height, width: shape.width)
    case .floats(let values):
      return Bitmap(planar: values[range], channels: shape.channels, height: shape.height, width: shape.width)
    }
  }
}
