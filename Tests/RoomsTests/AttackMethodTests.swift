import Adversarial
import Foundation
import Tensors
import Testing

@testable import Lab

@Suite struct AttackMethodTests {
  static let all: [AttackMethod] = [
    .fastGradientSign, .basicIterative(stepCount: 5),
    .projectedGradientDescent(stepCount: 8, relativeStepSize: nil, restartCount: 2, loss: .margin),
    .momentumIterative(stepCount: 5, decay: 1),
    .autoPGD(objective: .crossEntropy, stepCount: 10, restartCount: 1),
    .gradientRotation, .noise(kind: .randomSign),
    .boxLBFGS(bisectionCount: 6, iterationLimit: 10, memory: 5, initialConstant: 0.01),
    .deepFool(stepLimit: 20, overshoot: 0.02),
    .carliniWagner(confidence: 0, searchStepCount: 8, iterationCount: 60, learningRate: 0.05),
    .decoupledDirectionNorm(stepCount: 80, rounding: .none), .fastMinimumNorm(stepCount: 40),
    .minimalFastGradientSign(stepSize: 1 / 255),
    .finiteDifferences(stepCount: 1, offset: 0.01, queryLimit: 200),
    .naturalEvolution(sampleCount: 20, radius: 0.05, relativeStepSize: 0.2, queryLimit: 200),
    .simultaneousPerturbation(sampleCount: 20, radius: 0.05, relativeStepSize: 0.2, queryLimit: 200),
    .square(queryLimit: 200), .fewPixel(populationSize: 20, queryLimit: 200), .boundary(queryLimit: 400),
    .hopSkipJump(sampleCount: 20, queryLimit: 400),
  ]

  @Test("A limit of queries is that of the method, and changes no other setting")
  func limited() {
    for method in Self.all {
      let limited = method.limited(toQueries: 77)
      #expect((limited.queryLimit == 77) == method.kind.knowledge.isBlackBox)
      #expect(limited.limited(toQueries: method.queryLimit ?? 0) == method)
    }
  }

  @Test("Every kind of attack has a method, and a method is what JSON says of it")
  func kinds() throws {
    #expect(Set(Self.all.map(\.kind)) == Set(AttackKind.allCases))
    for method in Self.all {
      let data = try JSONEncoder().encode(method)
      #expect(try JSONDecoder().decode(AttackMethod.self, from: data) == method)
    }
  }

  @Test(
    "Every attack runs in every norm it names, within its budget, and leaves what it promises", arguments: all
  )
  func runs(method: AttackMethod) throws {
    let scene = try AttackScene()
    let budgets: [Norm: Float] = [.linf: 0.08, .l2: 0.5, .l1: 4, .l0: 6]
    for norm in method.kind.norms {
      let epsilon = method.kind.search == .budget ? budgets[norm] : nil
      try scene.attack({ ($0.method, $0.norm, $0.epsilon, $0.hasBounds) = (method, norm, epsilon, true) }) {
        outcome in
        let results = outcome.results
        #expect(results.summary.success.total > 50)
        if method.kind.knowledge.isBlackBox {
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
        if method.kind == .noise { #expect((results.summary.success.value ?? 1) < 0.5) }
        let rows = try String(contentsOf: outcome.folder.file("distortions.csv"), encoding: .utf8)
        #expect(rows.split(separator: "\n").count == (results.summary.success.count > 0 ? 6 : 1))
      }
    }
  }

  @Test("Attacks for the smallest L2 distance come near the exact one on a linear network")
  func exact() throws {
    let scene = try AttackScene()
    for method in Self.all
    where method.kind.search == .smallest && method.kind.norms.contains(.l2)
      && !method.kind.knowledge.isBlackBox
    {
      try scene.attack({ ($0.method, $0.norm, $0.epsilon, $0.hasBounds) = (method, .l2, nil, true) }) {
        outcome in
        let ratio = try #require(outcome.results.bounds?.medianRatio)
        // DDN's steps begin at a length of 1, and these distances are a third of that.
        let limit = method.kind == .decoupledDirectionNorm ? 1.2 : 1.1
        #expect(ratio > 0.9999 && ratio < limit, "\(method.kind): \(ratio)")
      }
    }
  }
}
