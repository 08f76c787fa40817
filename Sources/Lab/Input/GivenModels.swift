import Datasets
import Networks

/// Networks that somebody already has, and the images that they are shown, read together: how a network's training read its
/// images is how these are read, as far as nobody said otherwise.
package struct GivenModels {
  /// In the order of their sources; each fits the images.
  package let models: [Model]
  package let dataset: Dataset
  /// With everything filled in that nobody gave.
  package let data: DataSource

  /// - Parameters:
  ///   - sources: The first says how images are read; none: nobody does.
  ///   - split: The images that the networks are shown.
  /// - Throws: ``TrainedImagesShown`` where held-out images are among those that a network was trained on, unless `data`
  ///   allows it; ``FileError`` naming a model that is not one for these images; what reading throws.
  package init(
    _ sources: [ModelSource], shown data: DataSource, split: ImageSplit = .heldOut,
    _ progress: @escaping ProgressHandler
  ) throws {
    let sources = try sources.map { try $0.resolved() }
    var models = try sources.map { try $0.load() }
    var data = data
    var adopted: Set<DatasetOptions.Setting> = []
    if let first = models.first {
      adopted = data.adopt(readingOf: first, recorded: sources[0].recordedData)
    }
    let classNames = data.labels == nil ? nil : models.first?.classNames
    var dataset: Dataset
    do {
      dataset = try data.load(classNames: classNames, progress)
    } catch ClassSelectionError.unknown where adopted.contains(.classes) {
      // Other data, with classes of their own.
      data.options.classes = nil
      adopted.remove(.classes)
      dataset = try data.load(classNames: classNames, progress)
    }
    for (number, source) in sources.enumerated() {
      models[number].nameClasses(like: dataset.heldOut)
      try source.naming { try models[number].check(fits: dataset.heldOut) }
    }
    if !adopted.isEmpty {
      let words =
        "with the settings of \(models[0].network.graph.architecture.name)'s training: "
        + data.options.words(for: adopted)
      try progress(.stage(words))
      dataset = dataset.remarking([DatasetRemark(text: words, count: adopted.count)])
    }
    let shown = split == .heldOut ? try data.remarks(onTrainedImagesOf: models, among: dataset) : []
    for remark in shown { try progress(.warning(remark.sentence)) }
    dataset = dataset.remarking(shown)
    (self.models, self.dataset, self.data) = (models, dataset, data)
  }
}

extension DataSource {
  /// Takes what nobody gave from how the network's training read its images, and from the images that it takes.
  ///
  /// - Parameter recorded: What stands in the record of the model's run, if it lies in the folder of one.
  /// - Returns: What was taken from the training that would have been otherwise.
  mutating func adopt(readingOf model: Model, recorded: DataSource?) -> Set<DatasetOptions.Setting> {
    let known = model.provenance
    var reading = known.reading ?? recorded?.options ?? DatasetOptions()
    var settings = open.intersection(DatasetOptions.settings(for: name))
    if known.isSplitHere == false { settings.subtract([.heldOutFraction, .seed]) }
    let isKnown = known.reading != nil || recorded != nil
    let asTrained = isKnown ? options.adopt(settings, from: reading) : []
    // Whether or not a size and a colour were asked for in the training, the network takes no others. That changes
    // nothing where the images have them; where it does, the images' own remarks say so.
    let shape = model.network.inputShape
    reading.size = DatasetOptions.Size(height: shape.height, width: shape.width)
    reading.colour = shape.channels == 1 ? .grey : .rgb
    _ = options.adopt(settings.intersection([.size, .colour]), from: reading)
    open = []
    return asTrained
  }

  /// On held-out images that networks were trained on.
  ///
  /// - Throws: ``TrainedImagesShown`` unless they are allowed.
  package func remarks(onTrainedImagesOf models: [Model], among dataset: Dataset) throws -> [DatasetRemark] {
    var remarks: [DatasetRemark] = []
    for model in models {
      guard let found = model.trainedImages(among: dataset) else { continue }
      guard trainedImagesToo == true else {
        throw TrainedImagesShown(
          found: found, model: model.network.graph.architecture.name, dataName: dataset.name,
          heldOutCount: dataset.heldOut.count, sketch: model.provenance.trainedImages,
          split: model.provenance.isSplitHere == true && dataset.isSplitHere ? model.provenance.reading : nil,
          asked: options)
      }
      let remark = DatasetRemark(
        text: "\(found) of the \(dataset.heldOut.count) held-out images are among those that "
          + "\(model.network.graph.architecture.name) was trained on", count: found)
      // Of several networks that were trained alike it is said once.
      if !remarks.contains(remark) { remarks.append(remark) }
    }
    return remarks
  }
}

extension Model {
  /// How many held-out images are known to be among those that the network was trained on; nil: none, as far as is known.
  package func trainedImages(among dataset: Dataset) -> Int? {
    guard let sketch = provenance.trainedImages, provenance.dataChecksum != dataset.checksum else {
      return nil
    }
    let found = sketch.known(among: dataset.heldOut).count
    return found == 0 ? nil : found
  }

  /// Networks of other programs carry no names of classes: they are given those of the images, if their number fits.
  fileprivate mutating func nameClasses(like images: LabelledImages) {
    if classNames == Model.unnamedClasses(images.classNames.count) { classNames = images.classNames }
  }
}

/// A network would be asked about images that it was trained on, as if it had never seen them.
public struct TrainedImagesShown: Error, Equatable, CustomStringConvertible {
  package let found: Int
  package let model: String
  package let dataName: String
  package let heldOutCount: Int
  let sketch: ImageSketch?
  /// Where the training chose its held-out images, and those here were chosen too: how.
  package let split: DatasetOptions?
  /// How they were chosen here.
  package let asked: DatasetOptions

  public var description: String {
    let known = sketch.map { " (of \($0.imageCount), its file remembers \($0.knownCount))" } ?? ""
    let advice =
      switch split {
      case nil: "show it others"
      case let split? where split.heldOutFraction == asked.heldOutFraction && split.seed == asked.seed:
        "images were added or taken away since, so that the same seed holds out others: show it the images of its training, "
          + "or others"
      case let split?:
        "its training held out others, with \(split.words(for: [.heldOutFraction, .seed])): give no other values"
      }
    return
      "\(dataName): \(found) of the \(heldOutCount) held-out images are among those that \(model) was trained on"
      + "\(known); \(advice), or go on all the same with --trained-images-too"
  }
}
