import Lab
import Tensors

/// What a reader must know of an attack, and what a program must know to offer it. Recorded by its name.
public struct AttackCard: Sendable {
  /// What an attack looks for.
  public enum Goal: Sendable {
    /// The highest loss within a budget.
    case maximalLoss
    /// The smallest perturbation that succeeds.
    case smallestPerturbation
  }

  /// What an attack sees of the network.
  public enum Access: String, CaseIterable, Sendable {
    /// Everything: gradients too.
    case whiteBox = "gradients"
    /// A score for each class, in answer to its queries.
    case scoreBased = "scores"
    /// The predicted class alone, in answer to its queries.
    case decisionBased = "labels"
    /// Nothing: noise.
    case none = "nothing"

    /// Only answers to queries, which are counted.
    public var isBlackBox: Bool { self == .scoreBased || self == .decisionBased }
  }

  /// As users type it and as folders, columns and records have it: `mi-fgsm`.
  public let name: String
  /// Names the method's settings in `run.json`: `momentumIterative`.
  let recordedName: String
  /// In the middle of a sentence: `momentum iterative method`.
  public let title: String
  /// The command in one sentence, and what its help says besides.
  package let abstract: String
  package let discussion: String
  package let paper: Paper
  /// Works that its implementation follows besides.
  let otherWorks: [Citation]
  public let goal: Goal
  public let access: Access
  /// That it is defined for, the default first.
  public let norms: [Norm]
  /// Whether its images are shown to other networks: by `transfer`, and within a budget by `substitute`.
  package let isForTransfer: Bool

  init(
    name: String, recordedName: String, title: String, abstract: String, discussion: String = "",
    paper: Paper, otherWorks: [Citation] = [], goal: Goal, access: Access, norms: [Norm],
    isForTransfer: Bool = false
  ) {
    self.name = name
    self.recordedName = recordedName
    self.title = title
    self.abstract = abstract
    self.discussion = discussion
    self.paper = paper
    self.otherWorks = otherWorks
    self.goal = goal
    self.access = access
    self.norms = norms
    self.isForTransfer = isForTransfer
  }

  /// The title at the beginning of a sentence.
  public var heading: String { title.prefix(1).uppercased() + title.dropFirst() }

  public var hasBudget: Bool { goal == .maximalLoss }

  /// What an article about the attack cites beside the two papers that everything is about.
  package var citations: [Citation] {
    (Paper.ofEverything.contains(paper) ? [] : [paper.citation]) + otherWorks
  }
}

extension AttackCard {
  package var goalWords: String {
    switch goal {
    case .maximalLoss where access == .none: "noise of size ε"
    case .maximalLoss where norms == [.l0]: "maximise loss within k pixels"
    case .maximalLoss: "maximise loss within ε"
    case .smallestPerturbation: "smallest perturbation"
    }
  }
}

extension AttackCard.Access {
  package var words: String {
    switch self {
    case .whiteBox: "white-box"
    case .scoreBased: "score-based"
    case .decisionBased: "decision-based"
    case .none: "none"
    }
  }
}

extension AttackCard: Hashable {
  public static func == (first: AttackCard, second: AttackCard) -> Bool { first.name == second.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension AttackCard: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let card = AttackCard(named: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no attack is called \(name.debugDescription)")
    }
    self = card
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
