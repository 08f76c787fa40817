import Datasets
import Directions
import Lab
import Networks
import Tensors

/// What all networks of a comparison are shown, and who looks on.
struct ComparisonMaterial {
  let dataset: Dataset
  let split: ImageSplit
  /// All images of the split, as they are numbered.
  let allImages: LabelledImages
  /// Groups of images that are copies of one another.
  let duplicates: DuplicateImages
  /// Numbers of the images that are looked at: all but the copies.
  let kept: [Int]
  /// These images.
  let images: LabelledImages
  let labels: ClassLabels
  let pixels: FeatureMatrix
  let pixelSpace: SimilaritySpace
  /// nil: there is no second opinion.
  let reference: SimilaritySpace?
  let referenceChecksum: String?
  /// Other images for the same networks.
  let secondData: Dataset?

  /// - Throws: ``NonFiniteFeature``, and what reading the reference's features throws.
  init(
    _ dataset: Dataset, _ declared: ComparisonProtocol, reference: Model?, secondData: Dataset?,
    workerCount: Int, progress: @escaping ProgressHandler
  ) throws {
    self.dataset = dataset
    self.secondData = secondData
    split = declared.split
    allImages = split.images(of: dataset)
    let all = allImages.tensor(of: 0..<allImages.count).reshaped([
      allImages.count, allImages.shape.pixelCount,
    ])
    if let tolerance = declared.duplicateTolerance {
      try progress(.stage("looking for copies among \(allImages.count) images"))
      duplicates = DuplicateImages(in: all, tolerance: tolerance, workerCount: workerCount)
    } else {
      duplicates = DuplicateImages(in: Tensor(shape: [0, 1]))
    }
    let redundant = Set(duplicates.redundant)
    kept = (0..<allImages.count).filter { !redundant.contains($0) }
    images = redundant.isEmpty ? allImages : allImages.selecting(kept)
    labels = images.classLabels
    pixels = try FeatureMatrix(
      values: redundant.isEmpty ? all : all.rows(kept), layer: Architecture.inputName)
    pixelSpace = SimilaritySpace(of: pixels, labels: labels, name: "pixels", workerCount: workerCount)
    if let reference {
      try progress(.stage("reading what the reference network sees"))
      let graph = reference.network.graph
      let engine = try Engine(running: reference.network, workerCount: workerCount)
      let position = try graph.featurePosition(nil)
      let values = try engine.features(
        of: images, layer: position, pooling: FeatureSpace(of: graph, at: position, pooling: .mean).pooling)
      self.reference = SimilaritySpace(
        of: try FeatureMatrix(values: values, layer: "reference"), labels: labels, name: "reference",
        workerCount: workerCount)
      referenceChecksum = try reference.checksum
    } else {
      self.reference = nil
      referenceChecksum = nil
    }
  }
}
