import Adversarial
import Datasets
import Directions
import Foundation
import Inference
import Networks
import Privacy
import Tensors
import TestSupport
import Testing

@testable import AttackRoom
@testable import CompareRoom
@testable import EvaluateRoom
@testable import GalleryRoom
@testable import Lab
@testable import PoisonRoom
@testable import PoolRoom
@testable import PrivacyRoom
@testable import RankRoom
@testable import ReproduceRoom
@testable import RubbishRoom
@testable import SmoothRoom
@testable import SubstituteRoom
@testable import TrainRoom
@testable import TransferRoom

/// What each type says of a file that cannot be. Those of `Study` are in `StudyTests`.
@Suite struct CheckedTests {
  @Test("A value that cannot be is refused with its place, by every type that is asked", arguments: cases)
  func refused(_ type: CheckedCase) throws {
    let faults = try type.faults()
    #expect(faults == [])
  }

  @Test("No type that is asked is left out")
  func complete() throws {
    #expect(try CheckedCase.names(in: "Sources", except: "Study") == Self.cases.map(\.name).sorted())
  }

  static let cases: [CheckedCase] = numbers + pictures + attacks + experiments + comparisons

  private static let interval = "an interval is two numbers, the lower first, found [1.0, 0.0]"
  private static let ends = "[1, 0]"
  private static let proportionOfNone = #"{"count": 0, "total": 0}"#
  private static let share = "expected a number from 0 to 1, found 2.0"
  private static let negative = "expected a number that is not negative, found -1.0"
  private static let none = "expected one or more, found 0"
  private static let round = """
    {"queryCount": 1, "agreement": {"count": 1, "total": 1}, "accuracy": {"count": 1, "total": 1},
     "success": {"count": 1, "total": 1}}
    """
  private static let summaries = PrivacyArm.all(epsilons: [0.5]).map { arm in
    let encoded = try? JSONEncoder().encode(arm)
    return #"{"arm": \#(encoded.map { String(decoding: $0, as: UTF8.self) } ?? "")}"#
  }.joined(separator: ", ")
  private static let ladder = Rung.Control.allCases.map {
    #"{"control": "\#($0.rawValue)", "directionCount": 1, "means": [0.5]}"#
  }.joined(separator: ", ")

  /// Of one size of the top set and one second opinion.
  private static func values(at place: String) -> [String: String] {
    [
      "\(place)neurons": "[0.5, 0.5]", "\(place)null": "[[0.5, 0.5]]", "\(place)unitValues": "[[0.5], [0.5]]",
    ]
  }

  private static let numbers: [CheckedCase] = [
    CheckedCase(
      ImageShape.self, [:], .init("height", "0", "1×0×1 are no extents of an image")),
    CheckedCase(Proportion.self, [:], .init("count", "2", "count: expected 0 to 1, found 2")),
    CheckedCase(
      MonteCarloTest.self, ["drawCount": "2"],
      .init("drawCount", "1", "aboveCount: expected 0 to 1, found 2"),
      .init("nullStandardDeviation", "-1", "nullStandardDeviation: \(negative)")),
    CheckedCase(
      StudentInterval.self, ["count": "2"],
      .init("count", "1", "count: a spread needs two values, found 1"),
      .init("standardDeviation", "-1", "standardDeviation: \(negative)")),
    CheckedCase(
      CoherenceVerdict.self, [:],
      .init("networkCount", "0", "networkCount: \(none)"),
      .init("margin", "0", "margin: expected \(CoherenceVerdict.leastMargin) or more, found 0.0"),
      .init("significance", "2", "significance: \(share)"),
      .init("p", "2", "p: \(share)"),
      .init("equivalenceP", "2", "equivalenceP: \(share)"),
      .init("standardDeviation", "-1", "standardDeviation: \(negative)")),
    CheckedCase(
      ConfidenceInterval.self, [:],
      .init("upper", "0", "upper: expected 0.5, the lower end, or above, found 0.0"),
      .init("level", "0", "level: expected a number between 0 and 1, found 0.0"),
      .init("level", "1", "level: expected a number between 0 and 1, found 1.0")),
    CheckedCase(
      PairPermutationTest.self, [:],
      .init("p", "2", "p: \(share)"),
      .init("correlation", "-2", "correlation: expected a number from −1 to 1, found -2.0")),
    CheckedCase(
      HalfSampleEstimate.self, ["imageCount": "2", "replicates": "[0, 1]"],
      .init("imageCount", "1", "imageCount: half of 1 images is none"),
      .init("replicates", "[0]", "replicates: a spread needs two values, found 1")),
    CheckedCase(
      CliffsDelta.self, [:], .init("value", "2", "value: expected a number from −1 to 1, found 2.0")),
    CheckedCase(
      SampledGaussian.self, [:],
      .init("samplingRate", "2", "samplingRate: \(share)"),
      .init("noiseMultiplier", "-1", "noiseMultiplier: \(negative)")),
    CheckedCase(
      MembershipAttack.self, [:],
      .init("truePositives", proportionOfNone, "truePositives: \(none)"),
      .init("falsePositives", proportionOfNone, "falsePositives: \(none)")),
    CheckedCase(
      Histogram.self, [:],
      .init("counts", "[]", "counts: \(none)"),
      .init("counts", "[1, -1]", "counts: a count is not negative"),
      .init("upperBound", "0", "upperBound: expected 0.5 or above, found 0.0")),
  ]

  private static let pictures: [CheckedCase] = [
    CheckedCase(
      Corruption.self, [:],
      .init("severity", "-1", "severity: expected a number from 0 to 5, found -1.0"),
      .init("severity", "6", "severity: expected a number from 0 to 5, found 6.0")),
    CheckedCase(
      DatasetOptions.self, [:],
      .init("heldOutFraction", "0", "heldOutFraction: expected a number between 0 and 1, found 0.0"),
      .init("heldOutFraction", "1", "heldOutFraction: expected a number between 0 and 1, found 1.0")),
    CheckedCase(
      DatasetOptions.Size.self, [:],
      .init("height", "0", "height: expected 1 to 4096 pixels, found 0"),
      .init("height", "4097", "height: expected 1 to 4096 pixels, found 4097"),
      .init("width", "0", "width: expected 1 to 4096 pixels, found 0")),
    CheckedCase(
      ClassSelectivity.self, [:], .init("topClass", "-1", "topClass: a class is counted from 0")),
    CheckedCase(
      RankedImage.self, [:],
      .init("imageIndex", "-1", "imageIndex: an image is counted from 0, found -1")),
    CheckedCase(
      Strata.Group.self, [:], .init("highest", "0", "highest: expected 0.5 or above, found 0.0")),
    CheckedCase(
      ActivationStatistics.self, [:],
      .init("tiesAtLastRank", "2", "tiesAtLastRank: expected 0 to 1, found 2"),
      .init("tiesAtLastRank", "-1", "tiesAtLastRank: expected 0 to 1, found -1"),
      .init("standardDeviation", "-1", "standardDeviation: \(negative)")),
    CheckedCase(
      LabelAgreement.self, [:],
      .init("topClassCount", "2", "topClassCount: expected 0 to 1, found 2"),
      .init("topClass", "-1", "topClass: a class is counted from 0")),
    CheckedCase(
      EpochRecord.self, [:],
      .init("trainingAccuracy", "2", "trainingAccuracy: \(share)"),
      .init("validationAccuracy", "2", "validationAccuracy: \(share)"),
      .init("seconds", "-1", "seconds: \(negative)")),
    CheckedCase(
      Prediction.self, [:],
      .init("label", "-1", "label: a class is counted from 0, found -1"),
      .init("confidence", "2", "confidence: \(share)")),
    CheckedCase(
      Model.Provenance.self, [:],
      .init(
        "dataName", "\"\(String(repeating: "a", count: 256))\"", "dataName: a name of 256 bytes"),
      .init(
        "toolVersion", "\"\(String(repeating: "a", count: 256))\"", "toolVersion: a name of 256 bytes"),
      .init("heldOutAccuracy", "2", "heldOutAccuracy: \(share)")),
    CheckedCase(
      TrainingConfiguration.self, [:],
      .init("batchSize", "0", "batchSize: \(none)"),
      .init("microBatch", "2", "microBatch: expected 0 to 1, found 2"),
      .init("microBatch", "0", "microBatch: \(none)")),
    CheckedCase(
      LearningRate.self, ["schedule": #"{"constant": {}}"#],
      .init("warmupEpochs", "-1", "warmupEpochs: expected a number that is not negative"),
      .init("schedule", #"{"step": {"epochs": 0, "factor": 1}}"#, "schedule: \(none)")),
  ]

  private static let attacks: [CheckedCase] = [
    CheckedCase(
      QueryTrace.self, [:],
      .init("queryCount", "0", "improvements: expected 0 to 0, found 1"),
      .init("improvements", #"[{"query": 1, "distance": -1}]"#, "improvements: \(negative)")),
    CheckedCase(QueryCurve.Point.self, [:], .init("queries", "0", "queries: \(none)")),
    CheckedCase(
      Distortion.self, [:],
      .init("l0", "-1", "l0: a count is not negative, found -1"),
      .init("l1", "-1", "l1: \(negative)"), .init("l2", "-1", "l2: \(negative)"),
      .init("linf", "-1", "linf: \(negative)"),
      .init("rootMeanSquare", "-1", "rootMeanSquare: \(negative)")),
    CheckedCase(
      DistortionSummary.self, [:],
      .init("successCount", "0", "successCount: \(none)"),
      .init("least", "0.75", "median: the quartiles are out of order: [0.75, 0.5, 0.5, 0.5, 0.5]"),
      .init("greatest", "0.25", "median: the quartiles are out of order: [0.5, 0.5, 0.5, 0.5, 0.25]")),
    CheckedCase(
      FoolingImages.Outcome.self, [:], .init("meanConfidence", "2", "meanConfidence: \(share)")),
    CheckedCase(
      RobustAccuracyCurve.self,
      [
        "points": """
        [{"epsilon": 0, "accuracy": {"count": 2, "total": 2}},
         {"epsilon": 1, "accuracy": {"count": 1, "total": 2}}]
        """
      ],
      .init("points", "[]", "points: a curve begins at 0 and goes on to larger sizes"),
      .init(
        "points", #"[{"epsilon": 1, "accuracy": {"count": 2, "total": 2}}]"#,
        "points: a curve begins at 0 and goes on to larger sizes"),
      .init(
        "points",
        """
        [{"epsilon": 0, "accuracy": {"count": 2, "total": 2}},
         {"epsilon": 0, "accuracy": {"count": 1, "total": 2}}]
        """, "points: a curve begins at 0 and goes on to larger sizes"),
      .init(
        "points",
        """
        [{"epsilon": 0, "accuracy": {"count": 2, "total": 2}},
         {"epsilon": 1, "accuracy": {"count": 1, "total": 3}}]
        """, "points: a curve is of the same images everywhere")),
    CheckedCase(
      RubbishClass.self, [:],
      .init("meanConfidence", "2", "meanConfidence: \(share)"),
      .init("meanOverAll", "2", "meanOverAll: \(share)"),
      .init("acceptedByClass", "[1, -1]", "acceptedByClass: a count is not negative")),
    CheckedCase(
      AttackedImage.self, [:],
      .init("imageID", "-1", "imageID: expected a number from 0, found -1"),
      .init("label", "-1", "label: expected a number from 0, found -1"),
      .init("target", "-1", "target: expected a number from 0, found -1")),
    CheckedCase(
      SmoothedEvaluation.Image.self, [:],
      .init("distance", "-1", "distance: \(negative)"),
      .init("label", "-1", "label: a class is counted from 0, found -1")),
    CheckedCase(
      SmoothedCertificate.self, ["leading": "0", "counts": "[1, 0]"],
      .init("leading", "2", "leading: there is no 2 among 2, counted from 0"),
      .init("leading", "-1", "leading: there is no -1 among 2, counted from 0"),
      .init("counts", "[1, -1]", "counts: a count is not negative"),
      .init("lowerBound", "2", "lowerBound: \(share)"),
      .init("radius", "-1", "radius: \(negative)")),
    CheckedCase(
      SmoothedPrediction.self, [:],
      .init("p", "2", "p: \(share)"),
      .init("leading", "-1", "leading: a class is counted from 0, found -1")),
    CheckedCase(
      TransferMatrix.self, [:],
      .init("targets", #"["a", "b"]"#, "rows: expected 2 values, found 1")),
    CheckedCase(
      ClassifierCost.self, [:],
      .init("forwards", "-1", "forwards: a count is not negative, found -1"),
      .init("backwards", "-1", "backwards: a count is not negative, found -1")),
  ]

  private static let experiments: [CheckedCase] = [
    CheckedCase(
      GalleryExperiment.Results.self, [:],
      .init("files", #"["a", "a"]"#, "files: expected 2 values, found 1")),
    CheckedCase(
      FeatureSpace.self, [:],
      .init("shape", "[]", "shape: [] is no shape of a layer"),
      .init("shape", "[3, 0]", "shape: [3, 0] is no shape of a layer"),
      .init(
        "shape", "[10000000, 10000000]",
        "shape: [10000000, 10000000] is beyond the shape of any layer")),
    CheckedCase(
      MeanWithInterval.self, [:],
      .init("count", "0", "count: \(none)"),
      .init("interval95", ends, "interval95: \(interval)"),
      .init("interval95", "[1]", "interval95: an interval is two numbers, the lower first, found [1.0]")),
    CheckedCase(
      RankingSubject.self, [:],
      .init("topCount", "0", "topCount: \(none)"), .init("imageCount", "0", "imageCount: \(none)")),
    CheckedCase(
      EveryTargetExperiment.Results.self, [:],
      .init("reachedInterval95", ends, "reachedInterval95: \(interval)")),
    CheckedCase(
      AttackExperiment.Results.self, [:],
      .init("successInterval95", ends, "successInterval95: \(interval)")),
    CheckedCase(
      PoolResults.Attack.self, [:],
      .init("successInterval95", ends, "successInterval95: \(interval)")),
    CheckedCase(
      PoolResults.Best.self, [:],
      .init("successInterval95", ends, "successInterval95: \(interval)"),
      .init("robustInterval95", ends, "robustInterval95: \(interval)")),
    CheckedCase(
      SmoothedImage.self, ["certificate.leading": "0", "certificate.counts": "[1, 0]"],
      .init("label", "2", "label: there is no 2 among 2, counted from 0"),
      .init("label", "-1", "label: there is no -1 among 2, counted from 0"),
      .init("basePrediction", "2", "basePrediction: there is no 2 among 2, counted from 0")),
    CheckedCase(
      SmoothingResults.Level.self,
      ["certified.points": #"[{"epsilon": 0, "accuracy": {"count": 2, "total": 2}}]"#],
      .init("oneDraw", "2", "oneDraw: \(share)"),
      .init("deviation", "0", "deviation: expected a positive number, found 0.0")),
    CheckedCase(SmoothingResults.Attack.self, [:], .init("epsilon", "-1", "epsilon: \(negative)")),
    CheckedCase(
      PrivacyMeasurement.self, [:], .init("accuracy", proportionOfNone, "accuracy: \(none)")),
    CheckedCase(
      PrivacyAccount.self, [:],
      .init("delta", "0", "delta: expected a number between 0 and 1, found 0.0"),
      .init("delta", "1", "delta: expected a number between 0 and 1, found 1.0"),
      .init("epsilon", "-1", "epsilon: \(negative)"),
      .init("samplingRate", "2", "samplingRate: \(share)")),
    CheckedCase(
      PrivacyResults.self, ["summaries": "[\(summaries)]"],
      .init("networkCount", "0", "networkCount: \(none)"),
      .init("epsilons", "[7]", "summaries: has no summary of the networks ")),
    CheckedCase(
      EvaluateExperiment.Results.self, [:],
      .init("correctCount", "2", "correctCount: expected 0 to 1, found 2"),
      .init("accuracy", "2", "accuracy: \(share)"),
      .init("accuracyInterval95", ends, "accuracyInterval95: \(interval)"),
      .init("classes", "[]", "confusion: expected 1 values, found 0"),
      .init("confusion", "[[1, 1]]", "confusion: expected 1 values, found 2")),
    CheckedCase(
      TransferResults.self, [:], .init("networks", "[]", "rows: expected 0 values, found 1")),
    CheckedCase(
      SubstituteResults.self, [:],
      .init("substitutes", "[[], [\(round)]]", "substitutes: expected 0 values, found 1")),
    CheckedCase(
      MeanShare.self, [:],
      .init("networkCount", "0", "networkCount: \(none)")),
    CheckedCase(
      LabelPoisonExperiment.Results.self, [:],
      .init("pair", #"["a"]"#, "pair: expected 2 values, found 1")),
    CheckedCase(
      LinearPoisonExperiment.Results.self, ["pairs": #"[["a", "b"]]"#],
      .init("pairs", #"[["a"]]"#, "pairs: expected 2 values, found 1")),
    CheckedCase(
      RubbishExperiment.Results.self, ["noiseInterval95": "[0, 1]", "cleanInterval95": "[0, 1]"],
      .init("noiseInterval95", ends, "noiseInterval95: \(interval)"),
      .init("cleanInterval95", ends, "cleanInterval95: \(interval)"),
      .init("noise.acceptedByClass", "[]", "classNames: expected 1 values, found 0"),
      .init("clean.acceptedByClass", "[]", "classNames: expected 1 values, found 0"),
      .init("fooling.outcomes", "[]", "classNames: expected 1 values, found 0")),
    CheckedCase(Reproduction.Value.self, [:], .init("interval", ends, "interval: \(interval)")),
    CheckedCase(
      Reproduction.Section.self, ["shown": "[0]"],
      .init("columns", "[]", "rows: expected 0 values, found 1"),
      .init("shown", "[1]", "shown: there is no 1 among 1, counted from 0")),
  ]

  private static let comparisons: [CheckedCase] = [
    CheckedCase(
      LayerComparison.self, values(at: ""),
      .init("topCounts", "[]", "topCounts: \(none)"),
      .init("null", "[]", "null: \(none)"),
      .init("liveUnits", "[]", "liveUnits: \(none)"),
      .init("neurons", "[]", "neurons: expected 2 values, found 0")),
    CheckedCase(
      BasisScore.self, [:], .init("means", "[]", "means: \(none)"),
      .init("neurons", "[]", "neurons: \(none)")),
    CheckedCase(
      NetworkComparison.self, values(at: "comparison.").merging(["ladder": "[\(ladder)]"]) { $1 },
      .init("randomAgreement", "[[]]", "randomAgreement: \(none)"),
      .init("ladder", "[]", "ladder: lacks ")),
    CheckedCase(
      ComparisonProtocol.self, [:],
      .init("topCount", "0", "topCount: \(none)"),
      .init("margin", "0", "margin: expected \(CoherenceVerdict.leastMargin) or more, found 0.0"),
      .init("level", "2", "level: \(share)")),
    CheckedCase(Comparison.self, [:], .init("networks", "[]", "networks: \(none)")),
    CheckedCase(Rung.self, [:], .init("means", "[]", "means: \(none)")),
    CheckedCase(DoseResponse.self, [:], .init("kappas", "[]", "kappas: \(none)")),
    CheckedCase(NetworkMean.self, [:], .init("values", "[]", "values: \(none)")),
  ]
}
