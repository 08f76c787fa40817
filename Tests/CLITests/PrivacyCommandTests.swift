import Foundation
import Testing

@Suite struct PrivacyCommandTests {
  private static let train = [
    "train", "--data", "images", "--architecture", "network.json", "--epochs", "2", "--quiet", "--private",
  ]

  @Test("Private training says what it promises, and its record says how that was reckoned")
  func training() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let program = Program(laboratory: laboratory)
    let outcome = try await program.run(
      Self.train.filter { $0 != "--quiet" } + [
        "--target-epsilon", "3", "--delta", "1e-3", "--lot", "8", "--output", "private",
      ])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("private: ε = ") && outcome.output.contains("at δ = 0.001"))
    let record = try JSONSerialization.jsonObject(with: laboratory.read("private/run.json")) as? [String: Any]
    let privacy = try #require((record?["results"] as? [String: Any])?["privacy"] as? [String: Any])
    #expect(try #require(privacy["epsilon"] as? Double) <= 3 && privacy["lotSize"] as? Int == 8)
    for name in ["order", "samplingRate", "stepCount", "noiseMultiplier", "clip", "classicEpsilon"] {
      #expect((privacy[name] as? Double ?? 0) > 0, "\(name)")
    }
    // A larger number of images could be promised 10⁻³ only if there were more of them.
    let loose = try await Program(laboratory: laboratory).run(
      Self.train.filter { $0 != "--quiet" } + [
        "--noise-multiplier", "1", "--delta", "0.5", "--output", "loose",
      ])
    #expect(loose.exitCode == 0 && loose.errors.contains("publishing one whole image"))
  }

  @Test("A network with batch normalization, and options that fit no private training, are refused")
  func refusals() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let normalised = try await laboratory.run(
      "train", "--data", "images", "--architecture", "resnet8", "--epochs", "1", "--private",
      "--noise-multiplier", "1",
      "--output", "none", "--quiet")
    #expect(normalised.exitCode == 64 && normalised.output == "")
    #expect(normalised.errors.contains("\"bn0\"") && normalised.errors.contains("batch normalization"))
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("none").path))
    for more in [
      [], ["--noise-multiplier", "1", "--target-epsilon", "2"], ["--noise-multiplier", "-1"],
      ["--noise-multiplier", "1e200"],
      ["--target-epsilon", "0"], ["--noise-multiplier", "1", "--delta", "1"],
      ["--noise-multiplier", "1", "--clip", "0"], ["--noise-multiplier", "1", "--lot", "4", "--batch", "4"],
    ] {
      let outcome = try await Program(laboratory: laboratory).run(Self.train + more)
      #expect(outcome.exitCode == 64, "\(more): \(outcome.errors)")
    }
    for alone in ["--target-epsilon", "--noise-multiplier", "--delta", "--clip", "--lot"] {
      let outcome = try await Program(laboratory: laboratory).run(
        Self.train.filter { $0 != "--private" } + [alone, "1"])
      #expect(outcome.exitCode == 64 && outcome.errors.contains("\(alone) needs --private"), "\(alone)")
    }
    for wrong in [
      ["--epsilons", "1,1"], ["--epsilons", "8,"], ["--epsilons", "0"], ["--delta", "2"],
      ["--networks", "0"],
      ["--count", "0"], ["--radius", "0"], ["--lot", "0"], ["--architecture", "lennet"],
      ["--learning-rate", "0"], ["--architecture", "ae400-10"],
    ] {
      let outcome = try await Program(laboratory: laboratory).run(["privacy", "--data", "images"] + wrong)
      #expect(outcome.exitCode == 64, "\(wrong): \(outcome.errors)")
    }
  }

  @Test("An experiment on privacy leaves its files, and the same command goes on with them")
  func experiment() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let arguments = [
      "privacy", "--data", "images", "--architecture", "network.json", "--epsilons", "5", "--networks", "2",
      "--epochs",
      "2", "--lot", "8", "--count", "4", "--delta", "1e-3", "--output", "privacy",
    ]
    let first = try await Program(laboratory: laboratory).run(arguments)
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(first.output.contains("ε = 5") && first.output.contains("privacy/summary.csv"))
    let files = try laboratory.content(of: "privacy")
    for name in ["privacy.txt", "privacy.csv", "summary.csv", "figures/distance.png", "run.json"] {
      #expect(files["privacy/\(name)"] != nil, "\(name)")
    }
    let again = try await Program(laboratory: laboratory).run(arguments)
    #expect(again.output == first.output && again.errors.contains("kept from an earlier run"))
  }
}
