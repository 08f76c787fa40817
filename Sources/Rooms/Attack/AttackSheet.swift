import Adversarial
import Attacks
import Figures
import Foundation
import Images
import Lab
import Networks
import Tensors

/// The pictures of attacked images: the sheet, each of its images enlarged, and the adversarial ones as plain files.
struct AttackSheet {
  let configuration: AttackExperiment.Configuration
  let provenance: AttackProvenance
  let subtitle: String
  let classNames: [String]
  let imageShape: ImageShape
  let sample: AttackSample

  private static let imageFolderName = "adversarial"
  private static let enlargedFolderName = "triptychs"

  /// `00042.png`, by the image's number in the data set.
  static func fileName(ofImage number: Int) -> String { String(format: "%05d.png", number) }

  func add(to exhibits: inout Exhibits) {
    let items = sample.items
    let sheet = AdversarialGrid(
      caption: sheetCaption, classNames: classNames, entries: items.map(entry),
      amplification: Self.amplification(of: items))
    exhibits.figure(
      "adversarial.png",
      "Clean image, perturbation and perturbed image: a random sample of those attacked. Enlarged in triptychs/; those that "
        + "fool the network as 8-bit files in adversarial/."
    ) { sheet }
    for (index, item) in items.enumerated() {
      let name = Self.fileName(ofImage: item.image.imageID)
      var single = sheet.single(index)
      single.caption = enlargedCaption
      exhibits.record("\(Self.enlargedFolderName)/\(name)") { try single.write(to: $0) }
      // A folder of this name holds nothing that fools nobody.
      guard let saved = item.saved else { continue }
      exhibits.record("\(Self.imageFolderName)/\(name)") {
        try PNGFile.write(bitmap(saved), text: text(about: item), to: $0)
      }
    }
  }

  /// Removes the pictures that an earlier run left, and no others.
  static func removeEarlier(in folder: RunFolder) throws {
    for place in [imageFolderName, enlargedFolderName] {
      let place = try folder.folder(place)
      for name in try FileManager.default.contentsOfDirectory(atPath: place.url.path)
      where name.wholeMatch(of: /[0-9]{5,}\.png/) != nil {
        try FileManager.default.removeItem(at: place.file(name))
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

  // MARK: Words

  private var footer: [String] {
    [configuration.equation(isTargeted: configuration.goal != .untargeted), provenance.sentence]
      + provenance.data.remarkLines
  }

  private var sheetCaption: FigureCaption {
    FigureCaption(
      title: "\(configuration.attackTitle): \(provenance.modelName) on \(provenance.data.name)",
      subtitle: subtitle,
      footer: [
        "Shown: \(sample.items.count) of the \(sample.attackedCount) attacked images, a random sample, not cherry-picked."
      ] + footer, text: provenance.pairs)
  }

  private var enlargedCaption: FigureCaption {
    FigureCaption(
      title: configuration.attackTitle, subtitle: "\(provenance.modelName) on \(provenance.data.name)",
      footer: footer, text: provenance.pairs)
  }

  /// What a picture on its own should be able to say.
  private func text(about item: AttackSample.Item) -> [PNGFile.Text] {
    let image = item.image
    func words(_ prediction: Prediction) -> String {
      "\(classNames[prediction.label]) \(Numbers.percent(prediction.confidence))"
    }
    return [
      (
        key: "Title", value: "Adversarial example made from image \(image.imageID) of \(provenance.data.name)"
      ),
      (key: "True class", value: classNames[image.label]), (key: "Before", value: words(image.before)),
      (key: "After", value: "\(words(image.after)), before rounding to 8 bits"),
      (
        key: "Survives PNG",
        value: image.survives8Bit == true ? "yes" : "only after repair by single 8-bit steps"
      ),
    ] + provenance.pairs.map { (key: $0.key, value: $0.value) }
  }
}
