import Adversarial
import Commands
import Datasets
import Figures
import Foundation
import Images
import Lab
import Networks
import Storage
import Tensors

/// The pictures of an attack: the sheet, each of its images enlarged, and the adversarial ones as plain files.
struct AttackFigures {
  let configuration: AttackExperiment.Configuration
  let results: AttackExperiment.Results
  let data: DataRecord
  let classNames: [String]
  let imageShape: ImageShape
  let sample: AttackSample

  static let sheetName = "adversarial.png"
  static let imageFolderName = "adversarial"
  static let enlargedFolderName = "triptychs"

  /// `00042.png`, by the image's number in the data set.
  static func fileName(ofImage number: Int) -> String { String(format: "%05d.png", number) }

  func write(in folder: RunFolder) throws {
    let items = sample.items
    let sheet = AdversarialGrid(
      caption: sheetCaption, classNames: classNames, entries: items.map(entry),
      amplification: Self.amplification(of: items))
    try sheet.write(to: folder.file(Self.sheetName))

    let enlarged = try Self.emptied(folder.folder(Self.enlargedFolderName))
    let plain = try Self.emptied(folder.folder(Self.imageFolderName))
    for (index, item) in items.enumerated() {
      let name = Self.fileName(ofImage: item.image.imageID)
      var single = sheet.single(index)
      single.caption = enlargedCaption
      try single.write(to: enlarged.file(name))
      // A folder of this name holds nothing that fools nobody.
      if let saved = item.saved {
        try PNGFile.write(bitmap(saved), text: text(about: item), to: plain.file(name))
      }
    }
  }

  /// No more than a thousandth of the sample's values leave the range of grey. The smallest perturbations have a few
  /// large values; if these had to fit, nothing else would be seen. The figure says where values were cut.
  static func amplification(of items: [AttackSample.Item]) -> Double {
    var sizes: [Float] = []
    sizes.reserveCapacity(items.reduce(0) { $0 + $1.clean.count })
    for item in items {
      for (before, after) in zip(item.clean, item.perturbed) { sizes.append(abs(after - before)) }
    }
    let rank = sizes.count - 1 - sizes.count / 1000
    return Amplification.factor(
      forLargest: sizes.isEmpty ? 0 : Double(Statistics.element(ofRank: rank, in: sizes)))
  }

  // MARK: Images

  private func bitmap(_ pixels: [Float]) -> Bitmap {
    Bitmap(
      planar: pixels, channels: imageShape.channels, height: imageShape.height, width: imageShape.width)
  }

  private func entry(_ item: AttackSample.Item) -> AdversarialGrid.Entry {
    let size = Distortion(from: item.clean, to: item.perturbed)
    func prediction(_ prediction: Prediction) -> AdversarialGrid.Prediction {
      .init(classIndex: prediction.label, confidence: prediction.confidence)
    }
    return AdversarialGrid.Entry(
      id: "#\(item.image.imageID)", trueClass: item.image.label, targetClass: item.image.target,
      clean: bitmap(item.clean), adversarial: bitmap(item.perturbed),
      perturbation: zip(item.perturbed, item.clean).map { $0 - $1 },
      cleanPrediction: prediction(item.image.before), adversarialPrediction: prediction(item.image.attempt),
      l2: size.l2, linf: size.linf, outcome: item.isAdversarial ? .success : .failed,
      rounding: item.repair.map { outcome in
        switch outcome {
        case .survived: .survived
        case .repaired: .repaired
        case .lost: .lost
        }
      })
  }

  /// Removes the pictures that an earlier run left here.
  private static func emptied(_ folder: RunFolder) throws -> RunFolder {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    where name.wholeMatch(of: /[0-9]{5,}\.png/) != nil {
      try FileManager.default.removeItem(at: folder.file(name))
    }
    return folder
  }

  // MARK: Words

  private var sheetCaption: FigureCaption {
    FigureCaption(
      title: "\(title): \(results.modelName) on \(data.name)", subtitle: results.sentence,
      footer: [
        "Shown: \(sample.items.count) of the \(sample.attackedCount) attacked images, drawn at random, not selected.",
        equation, provenance,
      ] + data.remarkLines, text: pairs)
  }

  private var enlargedCaption: FigureCaption {
    FigureCaption(
      title: title, subtitle: "\(results.modelName) on \(data.name)",
      footer: [equation, provenance] + data.remarkLines,
      text: pairs)
  }

  private var title: String {
    configuration.method.title(configuration.norm)
      + (configuration.epsilon.map { epsilon in
        let text = Numbers.epsilon(epsilon)
        return configuration.norm == .l0 ? ", \(text) \(epsilon == 1 ? "pixel" : "pixels")" : ", ε = \(text)"
      } ?? "")
  }

  private var equation: String {
    configuration.method.equation(configuration.norm, isTargeted: configuration.goal != .untargeted)
  }

  private var provenance: String {
    let images =
      results.imageCount == data.heldOutCount
      ? "all \(data.heldOutCount) held-out images"
      : "\(results.imageCount) of \(data.heldOutCount) held-out images, drawn at random"
    return "\(data.name), \(images), checksum \(data.checksum.prefix(8)) · "
      + "model \(results.modelName), checksum \(results.modelChecksum.prefix(8)) · "
      + "seed \(configuration.seed) · Intrigue \(RunEnvironment.toolVersion)"
  }

  private var pairs: [FigureCaption.Pair] {
    [
      ("Data", data.name), ("Data checksum", data.checksum), ("Model", results.modelName),
      ("Model checksum", results.modelChecksum), ("Attack", results.attack),
      ("Norm", configuration.norm.rawValue),
      ("Epsilon", configuration.epsilon?.description ?? "none, the smallest perturbation"),
      ("Seed", configuration.seed.description), ("Software", "Intrigue \(RunEnvironment.toolVersion)"),
    ].map { FigureCaption.Pair(key: $0.0, value: $0.1) }
  }

  /// What a picture on its own should be able to say.
  private func text(about item: AttackSample.Item) -> [PNGFile.Text] {
    let image = item.image
    func words(_ prediction: Prediction) -> String {
      "\(classNames[prediction.label]) \(Numbers.percent(prediction.confidence))"
    }
    return [
      (key: "Title", value: "Adversarial image made from image \(image.imageID) of \(data.name)"),
      (key: "True class", value: classNames[image.label]), (key: "Before", value: words(image.before)),
      (key: "After", value: "\(words(image.after)), before rounding to 8 bits"),
      (
        key: "Survives PNG",
        value: image.survives8Bit == true ? "yes" : "only after a push back over the boundary"
      ),
    ] + pairs.map { (key: $0.key, value: $0.value) }
  }
}
