import Foundation
import Storage
import Tensors
import Testing

@testable import AttackRoom
@testable import Attacks
@testable import Lab

@Suite struct EveryTargetExperimentTests {
  @Test("Every pair of an image and another class is tried, and the saved images are of the class aimed at")
  func pairs() throws {
    let scene = try AttackScene(heldOutCount: 30)
    try withTemporaryFolder { url in
      let folder = RunFolder(url.appending(path: "targets"))
      let configuration = scene.configuration {
        ($0.method, $0.norm, $0.epsilon) = (AttackMethod(DDNSettings { $0.stepCount = 40 }), .l2, nil)
      }
      let results = try EveryTargetExperiment(configuration, workerCount: 2).run(
        on: scene.given, in: folder
      ) { _ in }
      let attacked = 30 - results.alreadyWrongCount
      #expect(results.reached.total == 2 * attacked && results.reached.count == 2 * attacked)
      #expect(results.everyClassReached.count == attacked && results.alreadyWrongCount > 0)
      #expect(try #require(results.nearestMedianL2) < (try #require(results.medianL2)))

      let file = try NPYFile(contentsOf: folder.file("adversarial.npy"))
      #expect(file.shape == [30, 3, 1, 8, 6])
      guard case .floats(let elements) = file.elements else { throw Outcome.WrongElements() }
      let predictions = try scene.predictions(of: Tensor(shape: [90, 1, 8, 6], elements: elements))
      let clean = try scene.predictions(of: scene.dataset.heldOut.tensor(of: 0..<30))
      for image in 0..<30 {
        let label = scene.dataset.heldOut.labels[image]
        for target in 0..<3 {
          let expected = clean[image] != label || target == label ? clean[image] : target
          #expect(predictions[3 * image + target] == expected)
        }
      }
      let classes = try String(contentsOf: folder.file("classes.csv"), encoding: .utf8)
      #expect(classes.split(separator: "\n").count == 1 + 6)
      #expect(FileManager.default.fileExists(atPath: folder.file("targets.png").path))
    }
  }
}
