import Adversarial
import Foundation
import Tensors
import Testing

@testable import Attacks
@testable import Lab

@Suite struct AttackMethodTests {
  /// Each attack with fewer steps or queries than it has by default, where that is enough on a linear network.
  static let all = AttackCard.all.map(AttackMethod.init(defaultsOf:)).map { method in
    switch method.settings {
    case is BIMSettings: AttackMethod(BIMSettings { $0.stepCount = 5 })
    case is PGDSettings:
      AttackMethod(PGDSettings { ($0.stepCount, $0.restartCount, $0.loss) = (8, 2, .margin) })
    case is APGDSettings: AttackMethod(APGDSettings { $0.stepCount = 10 })
    case is NoiseSettings: AttackMethod(NoiseSettings { $0.kind = .randomSign })
    case is LBFGSSettings: AttackMethod(LBFGSSettings { ($0.bisectionCount, $0.memory) = (6, 5) })
    case is DeepFoolSettings: AttackMethod(DeepFoolSettings { $0.stepLimit = 20 })
    case is CarliniWagnerSettings:
      AttackMethod(
        CarliniWagnerSettings {
          ($0.searchStepCount, $0.iterationCount, $0.learningRate) = (8, 60, 0.05)
        })
    case is DDNSettings: AttackMethod(DDNSettings { $0.stepCount = 80 })
    case is FMNSettings: AttackMethod(FMNSettings { $0.stepCount = 40 })
    case is NESSettings: AttackMethod(NESSettings(fewQueries))
    case is SPSASettings: AttackMethod(SPSASettings(fewQueries))
    case is FewPixelSettings:
      AttackMethod(FewPixelSettings { ($0.populationSize, $0.queryLimit) = (20, 200) })
    case is BoundarySettings: method.limited(toQueries: 400)
    case is HopSkipJumpSettings:
      AttackMethod(HopSkipJumpSettings { ($0.sampleCount, $0.queryLimit) = (20, 400) })
    default: method.limited(toQueries: 200)
    }
  }

  private static func fewQueries(_ settings: inout some EstimateSettings) {
    (settings.sampleCount, settings.relativeStepSize, settings.queryLimit) = (20, 0.2, 200)
  }

  @Test(
    "Every attack runs in every norm it names, within its budget, and leaves what it promises", arguments: all
  )
  func runs(method: AttackMethod) throws {
    let scene = try AttackScene()
    let budgets: [Norm: Float] = [.linf: 0.08, .l2: 0.5, .l1: 4, .l0: 6]
    for norm in method.card.norms {
      let epsilon = method.card.hasBudget ? budgets[norm] : nil
      try scene.attack({ ($0.method, $0.norm, $0.epsilon, $0.hasBounds) = (method, norm, epsilon, true) }) {
        outcome in
        let results = outcome.results
        #expect(results.summary.success.total > 50)
        if method.card.access.isBlackBox {
          let files = try outcome.files
          #expect(files["queries.csv"] != nil && files["figures/queries.png"] != nil)
        }
        if let epsilon {
          let radius = epsilon * (norm == .l0 ? Float(scene.dataset.heldOut.shape.channels) : 1)
          let clean = scene.dataset.heldOut.tensor(of: try outcome.imageNumbers)
          let returned = try outcome.returnedImages
          for row in 0..<clean.count {
            let difference = zip(returned[row: row], clean[row: row]).map { $0 - $1 }
            #expect(norm(difference) <= Double(radius) * (1 + 1e-6) + 48 * 0x1p-24)
          }
        } else {
          // A linear network: everything can be reached, and the exact distance is known.
          #expect(results.summary.success.value == 1)
          #expect(results.hasCharts)
          let files = try outcome.files
          for name in ["robust-accuracy", "distortions"] {
            for ending in ["png", "csv", "txt", "gp"] { #expect(files["figures/\(name).\(ending)"] != nil) }
          }
        }
        let bounds = try #require(results.bounds)
        #expect(bounds.kind == .exact && bounds.violationCount == 0)
        #expect(results.saved.total == results.summary.success.count)
        if method.settings is NoiseSettings { #expect((results.summary.success.value ?? 1) < 0.5) }
        let rows = try String(contentsOf: outcome.folder.file("distortions.csv"), encoding: .utf8)
        #expect(rows.split(separator: "\n").count == (results.summary.success.count > 0 ? 6 : 1))
      }
    }
  }

  @Test("Attacks for the smallest L2 distance come near the exact one on a linear network")
  func exact() throws {
    let scene = try AttackScene()
    for method in Self.all
    where !method.card.hasBudget && method.card.norms.contains(.l2)
      && !method.card.access.isBlackBox
    {
      try scene.attack({ ($0.method, $0.norm, $0.epsilon, $0.hasBounds) = (method, .l2, nil, true) }) {
        outcome in
        let ratio = try #require(outcome.results.bounds?.medianRatio)
        // DDN's steps begin at a length of 1, and these distances are a third of that.
        let limit = method.settings is DDNSettings ? 1.2 : 1.1
        #expect(ratio > 0.9999 && ratio < limit, "\(method.card.name): \(ratio)")
      }
    }
  }
}
