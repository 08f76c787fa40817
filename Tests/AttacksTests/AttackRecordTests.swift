import Foundation
import Storage
import Testing

@testable import Attacks
@testable import Lab

/// What records and documents say of attacks, and what the registry says.
@Suite struct AttackRecordTests {
  /// Of each attack with its defaults, as every version since the first has written them.
  private static let defaults = [
    #"{"fastGradientSign":{}}"#,
    #"{"basicIterative":{"stepCount":10}}"#,
    #"{"projectedGradientDescent":{"loss":"crossEntropy","restartCount":1,"stepCount":40}}"#,
    #"{"momentumIterative":{"decay":1,"stepCount":10}}"#,
    #"{"autoPGD":{"objective":"ce","restartCount":1,"stepCount":100}}"#,
    #"{"gradientRotation":{}}"#,
    #"{"noise":{"kind":"gaussian"}}"#,
    #"{"boxLBFGS":{"bisectionCount":10,"initialConstant":0.01,"iterationLimit":10,"memory":10}}"#,
    #"{"deepFool":{"overshoot":0.02,"stepLimit":50}}"#,
    #"{"carliniWagner":{"confidence":0,"iterationCount":1000,"learningRate":0.01,"searchStepCount":9}}"#,
    #"{"decoupledDirectionNorm":{"rounding":"none","stepCount":100}}"#,
    #"{"fastMinimumNorm":{"stepCount":100}}"#,
    #"{"minimalFastGradientSign":{"stepSize":0.003921569}}"#,
    #"{"finiteDifferences":{"offset":0.01,"queryLimit":5000,"stepCount":1}}"#,
    #"{"naturalEvolution":{"queryLimit":5000,"radius":0.05,"relativeStepSize":0.1,"sampleCount":100}}"#,
    #"{"simultaneousPerturbation":{"queryLimit":5000,"radius":0.05,"relativeStepSize":0.1,"sampleCount":100}}"#,
    #"{"square":{"queryLimit":5000}}"#,
    #"{"fewPixel":{"populationSize":100,"queryLimit":5000}}"#,
    #"{"boundary":{"queryLimit":5000}}"#,
    #"{"hopSkipJump":{"queryLimit":5000,"sampleCount":100}}"#,
  ]

  /// With other settings, as the first version wrote them.
  private static let others = [
    #"{"basicIterative":{"stepCount":5}}"#,
    #"{"projectedGradientDescent":{"loss":"margin","restartCount":2,"stepCount":8}}"#,
    #"{"momentumIterative":{"decay":1,"stepCount":5}}"#,
    #"{"autoPGD":{"objective":"ce","restartCount":1,"stepCount":10}}"#,
    #"{"noise":{"kind":"randomSign"}}"#,
    #"{"boxLBFGS":{"bisectionCount":6,"initialConstant":0.01,"iterationLimit":10,"memory":5}}"#,
    #"{"deepFool":{"overshoot":0.02,"stepLimit":20}}"#,
    #"{"carliniWagner":{"confidence":0,"iterationCount":60,"learningRate":0.05,"searchStepCount":8}}"#,
    #"{"decoupledDirectionNorm":{"rounding":"none","stepCount":80}}"#,
    #"{"fastMinimumNorm":{"stepCount":40}}"#,
    #"{"finiteDifferences":{"offset":0.01,"queryLimit":200,"stepCount":1}}"#,
    #"{"naturalEvolution":{"queryLimit":200,"radius":0.05,"relativeStepSize":0.2,"sampleCount":20}}"#,
    #"{"simultaneousPerturbation":{"queryLimit":200,"radius":0.05,"relativeStepSize":0.2,"sampleCount":20}}"#,
    #"{"square":{"queryLimit":200}}"#,
    #"{"fewPixel":{"populationSize":20,"queryLimit":200}}"#,
    #"{"boundary":{"queryLimit":400}}"#,
    #"{"hopSkipJump":{"queryLimit":400,"sampleCount":20}}"#,
    #"{"projectedGradientDescent":{"loss":"differenceOfLogitsRatio","relativeStepSize":0.25,"restartCount":3,"stepCount":7}}"#,
    #"{"autoPGD":{"objective":"targets","restartCount":2,"stepCount":9}}"#,
    #"{"decoupledDirectionNorm":{"rounding":"eightBits","stepCount":9}}"#,
  ]

  private func written(_ method: AttackMethod) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(method), as: UTF8.self)
  }

  @Test("The defaults of an attack are recorded as they always were")
  func defaultRecords() throws {
    let written = try AttackCard.all.map { try written(AttackMethod(defaultsOf: $0)) }
    // A new attack has no past.
    #expect(Self.defaults.filter { !written.contains($0) } == [])
  }

  @Test(
    "A record of an earlier version is read, and written again byte for byte", arguments: defaults + others)
  func earlier(record: String) throws {
    let method = try JSONFile.decode(
      AttackMethod.self, from: Data(record.utf8), file: URL(filePath: "/record.json"))
    #expect(try written(method) == record)
    #expect(method == method.limited(toQueries: method.queryLimit ?? 0))
  }

  @Test(
    "A record that names no attack, or two, is refused",
    arguments: ["{}", #"{"newton": {}}"#, #"{"square": {"queryLimit": 1}, "boundary": {"queryLimit": 1}}"#])
  func refused(record: String) {
    #expect(throws: FileError.self) {
      try JSONFile.decode(AttackMethod.self, from: Data(record.utf8), file: URL(filePath: "/record.json"))
    }
  }

  @Test("Settings are told apart by their values, and defaults with a change are the defaults but for it")
  func equality() {
    #expect(AttackMethod(PGDSettings()) == AttackMethod(PGDSettings { $0.stepCount = 40 }))
    #expect(AttackMethod(PGDSettings()) != AttackMethod(PGDSettings { $0.restartCount = 2 }))
    #expect(AttackMethod(NESSettings()) != AttackMethod(SPSASettings()))
    #expect(Set(AttackCard.all.map(AttackMethod.init(defaultsOf:))).count == AttackCard.all.count)
  }

  @Test("A limit of queries changes no other setting, and nothing of attacks that ask none")
  func limited() throws {
    for method in AttackCard.all.map(AttackMethod.init(defaultsOf:)) {
      let limited = method.limited(toQueries: 77)
      #expect((limited.queryLimit == 77) == method.card.access.isBlackBox)
      #expect(limited.limited(toQueries: method.queryLimit ?? 0) == method)
    }
  }

  // MARK: Cards

  @Test("Names are unique, and every attack has a norm, a title that begins a sentence, and a paper")
  func cards() {
    let cards = AttackCard.all
    #expect(Set(cards.map(\.name)).count == cards.count)
    #expect(Set(cards.map(\.recordedName)).count == cards.count)
    for card in cards {
      #expect(!card.norms.isEmpty && Set(card.norms).count == card.norms.count, "\(card.name)")
      #expect(card.heading.first?.isUppercase == true && card.abstract.hasSuffix("."), "\(card.name)")
      #expect(AttackRegistry.bibTeX.contains("{\(card.paper.citation.rawValue),"), "\(card.name)")
    }
    // Attacks with a budget are limited by a radius or by a number of pixels, the others by nothing.
    for type in AttackRegistry.all { #expect(hasBudget(type) == type.card.hasBudget, "\(type.card.name)") }
  }

  private func hasBudget<Settings: AttackSettings>(_: Settings.Type) -> Bool {
    let budget = Settings.Options.Budget.self
    return budget is EpsilonOptions<Settings>.Type || budget is PixelOptions.Type
  }

  @Test("A paper is cited as its bibliography entry says")
  func papers() {
    #expect(APGDSettings.card.paper.text == "Croce, Hein (2020), arXiv:2003.01690")
    #expect(PGDSettings.card.paper.text == "Madry et al. (2018), arXiv:1706.06083")
    #expect(
      BIMSettings.card.paper.bibTeX == """
        @inproceedings{kurakin2017adversarial,
          author = {Kurakin, Alexey and Goodfellow, Ian and Bengio, Samy},
          title = {Adversarial examples in the physical world},
          booktitle = {International Conference on Learning Representations, Workshop},
          year = {2017},
          note = {arXiv:1607.02533}
        }

        """)
    #expect(FGSMSettings.card.citations == [])
    #expect(LBFGSSettings.card.citations == [.byrd1995limited])
    #expect(PGDSettings.card.citations.map(\.rawValue) == ["madry2018towards"])
  }

  @Test("Experiments that offer some of the attacks offer those that they always did")
  func offers() {
    for name in ["fgsm", "pgd", "mi-fgsm", "lbfgs", "deepfool", "ddn"] {
      #expect(TransferAttack(rawValue: name)?.rawValue == name)
    }
    #expect(TransferAttack(LBFGSSettings.self).words == "box-constrained L-BFGS")
    #expect(TransferAttack(rawValue: "cw") == nil)
  }

  @Test("The table of docs/attack.md lists the registry's attacks with their goals, access, norms and papers")
  func documentation() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../docs/attack.md").standardizedFileURL
    let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
      $0.hasPrefix("| `")
    }.map { row in
      row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }.filter { $0.count == 5 && AttackCard(named: $0[0].replacing("`", with: "")) != nil }
    #expect(rows.map { $0[0] } == AttackCard.all.map { "`\($0.name)`" })
    for (row, card) in zip(rows, AttackCard.all) {
      #expect(row[1] == card.goalWords, "\(card.name)")
      #expect(row[2] == card.access.words, "\(card.name)")
      #expect(row[3] == card.norms.map(\.symbol).joined(separator: " "), "\(card.name)")
      // Two rows say what the attack is and name no paper.
      let author = card.paper.text.prefix { $0 != "," && $0 != " " }
      #expect(row[4].contains(author) || !row[4].contains("("), "\(card.name)")
    }
  }
}
