import Adversarial
import Datasets
import Foundation
import Images
import Networks
import Storage
import Tensors
import Testing

@testable import AttackRoom
@testable import Lab

@Suite struct AttackExperimentTests {
  @Test(
    "Read back and classified, adversarial.npy gives the verdicts of results.csv",
    arguments: [Norm.linf, .l2, .l1])
  func returnedBytes(_ norm: Norm) throws {
    let scene = try AttackScene()
    let epsilons: [Norm: Float] = [.linf: 0.08, .l2: 0.5, .l1: 4]
    let epsilon = try #require(epsilons[norm])
    try scene.attack({ ($0.norm, $0.epsilon) = (norm, epsilon) }) { outcome in
      let (table, returned) = (try outcome.table, try outcome.returnedImages)
      let clean = scene.dataset.heldOut.tensor(of: try outcome.imageNumbers)
      #expect(returned.shape == clean.shape && table.count == 90)
      let predictions = try scene.predictions(of: returned)
      for (row, line) in table.enumerated() {
        #expect(line["image"] == String(row) && line["prediction_after"] == String(predictions[row]))
        let difference = zip(returned[row: row], clean[row: row]).map { $0 - $1 }
        let size = Distortion(from: clean[row: row], to: returned[row: row])
        #expect(size.length(in: norm) <= Double(epsilon))
        if line["verdict"] == "succeeded" {
          #expect(line["label"] != line["prediction_after"])
          #expect(line["l2"].flatMap(Double.init).map { abs($0 - Norm.l2(difference)) < 1e-6 } == true)
        } else {
          #expect(Array(returned[row: row]) == Array(clean[row: row]) && line["l2"] == "0.0")
        }
        // What the sheet shows, it says of a failure too: how far it went and what for.
        let attempt = ["attempt_prediction", "attempt_confidence", "attempt_l2", "attempt_linf"].map {
          line[$0] ?? ""
        }
        switch line["verdict"] {
        case "skipped": #expect(attempt == ["", "", "", ""])
        case "succeeded":
          #expect(
            attempt == ["prediction_after", "confidence_after", "l2", "linf"].map { line[$0] ?? "" })
        default:
          #expect(attempt[0] == line["label"] && attempt[1] != line["confidence_after"])
          #expect(Double(attempt[3]).map { $0 > 0 } == true, "\(attempt)")
        }
      }
      // A scene in which any of these does not happen would prove little.
      #expect(Set(table.map { $0["verdict"] }) == ["succeeded", "failed", "skipped"])
    }
  }

  @Test(
    "The pictures are the returned images at their own size, rounded to 8 bits, and fool the network as saved",
    arguments: [1, 3])
  func pictures(channels: Int) throws {
    let scene = try AttackScene(channels: channels)
    try scene.attack({ ($0.epsilon, $0.figureCount) = (0.0801, 24) }) { outcome in
      let (table, returned) = (try outcome.table, try outcome.returnedImages)
      let shown = outcome.results.shownImages
      let fooling = shown.filter { table[$0]["verdict"] == "succeeded" }
      #expect(shown.count == 24 && fooling.count > 3 && fooling.count < 24)
      let saved = fooling.filter { table[$0]["saved_png"] != "lost" }
      #expect(outcome.results.savedImages == saved)
      let pictures = try outcome.pictures("adversarial")
      #expect(pictures.keys.sorted() == saved.map(AttackSheet.fileName(ofImage:)))
      for number in saved {
        let picture = try #require(pictures[AttackSheet.fileName(ofImage: number)])
        #expect(picture.width == 6 && picture.height == 8 && picture.channels == channels)
        let rounded = returned[row: number].map { ($0 * 255).rounded() / 255 }
        #expect((picture.planarValues == rounded) == (table[number]["saved_png"] == "survived"))
        let image = Tensor(shape: [1, channels, 8, 6], elements: picture.planarValues)
        #expect(try scene.predictions(of: image) != [Int(table[number]["label"] ?? "")])
      }
      #expect(try outcome.pictures("triptychs").keys.sorted() == shown.map(AttackSheet.fileName(ofImage:)))
    }
  }

  @Test("What results.csv says of survival is what the rounded pixels are taken for")
  func survival() throws {
    // Steps of 1.48 levels, of which rounding takes a third back, and many images near the border.
    let scene = try AttackScene(heldOutCount: 1300, spread: 0.1)
    try scene.attack({ ($0.epsilon, $0.figureCount) = (0.0058, 1) }) { outcome in
      var rounded = try outcome.returnedImages
      for index in rounded.elements.indices {
        rounded.elements[index] = (rounded.elements[index] * 255).rounded() / 255
      }
      let predictions = try scene.predictions(of: rounded)
      var seen: Set<String> = []
      for (line, prediction) in zip(try outcome.table, predictions) {
        let isFooled = line["label"] != String(prediction)
        #expect(line["survives_png"] == (line["verdict"] == "succeeded" ? String(isFooled) : ""))
        seen.insert(line["survives_png"] ?? "no such column")
      }
      #expect(seen == ["true", "false", ""])
    }
  }

  @Test("One worker or two: the same files, but for what differs between equal runs")
  func determinism() throws {
    let scene = try AttackScene()
    func files(_ workerCount: Int) throws -> [String: Data] {
      try scene.attack(
        workerCount: workerCount, { ($0.imageCount, $0.goal) = (70, .random) }, { try $0.files })
    }
    let (one, two) = (try files(1), try files(2))
    #expect(one.count > 15 && one["run.json"] != two["run.json"])
    #expect(try comparable(one) == comparable(two))
    #expect(try comparable(files(1)) == comparable(one))
  }

  @Test("With epsilon 0 nothing changes and nothing succeeds")
  func zeroEpsilon() throws {
    let scene = try AttackScene()
    try scene.attack({ $0.epsilon = 0 }) { outcome in
      let (table, returned) = (try outcome.table, try outcome.returnedImages)
      let pictures = try outcome.pictures("adversarial")
      #expect(outcome.results.summary.success.count == 0 && outcome.results.summary.success.total > 0)
      #expect(returned == scene.dataset.heldOut.tensor(of: 0..<90))
      #expect(table.allSatisfy { $0["prediction_before"] == $0["prediction_after"] })
      #expect(pictures.isEmpty)
      let accuracy = outcome.results.summary.cleanAccuracy.share()
      #expect(outcome.results.sentence.contains("attack success rate 0 % (0 of "))
      #expect(
        outcome.results.sentence.hasSuffix(
          "Clean accuracy \(accuracy), robust accuracy \(accuracy)."))
    }
  }

  @Test("Images misclassified before are skipped and outside the success rate, but inside robust accuracy")
  func skipped() throws {
    let scene = try AttackScene()
    let before = try scene.predictions(of: scene.dataset.heldOut.tensor(of: 0..<90))
    let wrong = before.indices.filter { before[$0] != scene.dataset.heldOut.labels[$0] }
    try #require(wrong.count > 2)
    try scene.attack { outcome in
      let table = try outcome.table
      let skipped = table.filter { $0["verdict"] == "skipped" }
      #expect(skipped.map { $0["image"] } == wrong.map(String.init))
      #expect(skipped.allSatisfy { $0["reason"] == "already misclassified" })
      let summary = outcome.results.summary
      #expect(summary.alreadyWrongCount == wrong.count && summary.success.total == 90 - wrong.count)
      #expect(
        summary.robustAccuracy == Proportion(90 - wrong.count - summary.success.count, of: 90))
      #expect(outcome.results.shownImages.allSatisfy { !wrong.contains($0) })
      let findings = try #require(try ExhibitList(of: outcome.folder)).findings
      #expect(findings.first == outcome.results.sentence)
      #expect(findings.contains("Skipped, of 90 images: \(wrong.count) already misclassified."))
    }
  }

  @Test(
    "A targeted success is of its target, and images of the target are skipped",
    arguments: [AttackGoal.next, .random, .fixed("square"), .fixed("1"), .fixed("0")])
  func targeted(_ goal: AttackGoal) throws {
    let scene = try AttackScene()
    try scene.attack({ ($0.goal, $0.epsilon) = (goal, 0.12) }) { outcome in
      let table = try outcome.table
      for line in table {
        let (label, target) = (Int(line["label"]!)!, Int(line["target"]!)!)
        switch goal {
        case .next: #expect(target == (label + 1) % 3)
        case .random: #expect(target != label)
        case .fixed(let name): #expect(target == (name == "0" ? 2 : 1))  // a name goes before a number
        case .untargeted: Issue.record("not a target")
        }
        if line["verdict"] == "succeeded" { #expect(line["prediction_after"] == line["target"]) }
        if label == target { #expect(line["verdict"] == "skipped") }
      }
      let steps = Set(table.map { (Int($0["target"]!)! - Int($0["label"]!)! + 3) % 3 })
      #expect(goal != .random || steps == [1, 2])
      #expect(outcome.results.summary.success.count > 10 && outcome.results.summary.isTargeted)
    }
  }

  @Test("A class that does not exist is refused before anything is written")
  func unknownClass() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let scene = try AttackScene()
    #expect(throws: UnknownClass(name: "3", known: ["circle", "square", "0"])) {
      try scene.attack(in: url) { $0.goal = .fixed("3") }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("A model of other images or classes is refused before anything is written")
  func unfit() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let scene = AttackScene(
      dataset: try AttackScene(channels: 3).dataset, model: try AttackScene(channels: 1).model)
    #expect(throws: NetworkError.self) { try scene.attack(in: url) }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  @Test("Table, array and numbers keep one order, also beyond the images that are attacked together")
  func portions() throws {
    let scene = try AttackScene(heldOutCount: 1300)
    try scene.attack({ ($0.imageCount, $0.figureCount) = (1200, 3) }) { outcome in
      let (table, numbers, returned) = (
        try outcome.table, try outcome.imageNumbers, try outcome.returnedImages
      )
      #expect(numbers.count == 1200 && Set(numbers).count == 1200 && numbers == numbers.sorted())
      #expect(table.map { $0["image"] } == numbers.map(String.init))
      let images = scene.dataset.heldOut
      for (row, line) in table.enumerated() {
        #expect(line["label"] == String(images.labels[numbers[row]]))
        let difference = zip(returned[row: row], images.tensor(of: [numbers[row]]).elements).map { $0 - $1 }
        #expect((line["verdict"] == "succeeded") == (Norm.linf(difference) > 0))
      }
      #expect(
        Set(outcome.results.shownImages).isSubset(of: numbers) && outcome.results.shownImages.count == 3)
    }
    try scene.attack({ $0.imageCount = 2000 }) { outcome in
      let numbers = try outcome.imageNumbers
      #expect(numbers == Array(0..<1300))
      #expect(outcome.warnings == ["2000 images were asked for, there are 1300 held-out ones"])
    }
  }

  @Test("A second attack in the same folder leaves no pictures of the first, and keeps what others put there")
  func secondRun() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let scene = try AttackScene()
    let first = try scene.attack(in: url) { $0.seed = 1 }
    try Data("mine".utf8).write(to: first.folder.file("adversarial/notes.txt"))
    let second = try scene.attack(in: url) { $0.seed = 2 }
    #expect(first.results.shownImages != second.results.shownImages)
    #expect(
      try second.pictures("triptychs").keys.sorted()
        == second.results.shownImages.map(AttackSheet.fileName(ofImage:)))
    #expect(second.folder.exists("adversarial/notes.txt"))
  }

  @Test("Outputs that look like probabilities are warned of, and gradients of zero counted")
  func probabilities() throws {
    let dataset = try AttackScene().dataset
    let shape = dataset.heldOut.shape
    let model = try AttackScene.linearModel(
      shape, weights: Array(repeating: 0, count: 3 * shape.pixelCount), biases: [0.5, 0.25, 0.25],
      dataset.heldOut.classNames)
    try AttackScene(dataset: dataset, model: model).attack { outcome in
      #expect(outcome.warnings.count == 1 && outcome.warnings[0].contains("look like probabilities"))
      #expect(outcome.results.summary.zeroGradientCount == 30)
      let table = try outcome.table
      #expect(table.count { $0["reason"] == "gradient of zero" } == 30)
    }
    #expect(try AttackScene().attack({ _ in }, \.warnings) == [])
  }

  @Test("run.json holds the configuration and says that the run is complete")
  func record() throws {
    let scene = try AttackScene()
    try scene.attack({ $0.goal = .fixed("square") }) { outcome in
      let record = try JSONFile.read(
        RunRecord<AttackExperiment.Configuration, AttackExperiment.Results>.self,
        from: outcome.folder.file("run.json"))
      #expect(record.complete && record.experiment == "attack")
      #expect(record.configuration == scene.configuration { $0.goal = .fixed("square") })
      #expect(record.results?.summary == outcome.results.summary)
      #expect(record.data?.checksum == scene.dataset.checksum)
    }
  }
}
