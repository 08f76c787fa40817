import Foundation
import Testing

/// `attack pool` as a user runs it.
@Suite struct PoolCommandTests {
  private func record(_ laboratory: Laboratory, _ folder: String) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: laboratory.read("\(folder)/run.json")) as? [String: Any])
  }

  @Test("Every attack runs with the settings of its own command")
  func defaults() async throws {
    let laboratory = try await Laboratory()
    let runs: [(options: [String], methods: [String])] = [
      (["--epsilon", "0.1"], ["fgsm", "bim", "pgd", "mi-fgsm", "apgd", "rotation", "noise"]),
      ([], ["lbfgs", "deepfool", "cw", "ddn", "fmn"]), (["--norm", "linf"], ["minimal-fgsm"]),
    ]
    for (number, run) in runs.enumerated() {
      let common = ["run/model.safetensors", "--data", "images", "--count", "2", "--quiet"]
      let program = Program(laboratory: laboratory)
      expectSuccess(
        try await program.run(["attack", "pool"] + common + run.options + ["--output", "pool \(number)"]))
      let results = try record(laboratory, "pool \(number)")["results"] as? [String: Any]
      let entries = try #require(results?["attacks"] as? [[String: Any]]).compactMap {
        $0["entry"] as? [String: Any]
      }
      for method in run.methods {
        // minimal-fgsm has one norm and no option for it.
        let options = method == "minimal-fgsm" ? [] : run.options
        expectSuccess(
          try await program.run(
            ["attack", method] + common + options + ["--grid", "0", "--output", "alone"]))
        let alone = try record(laboratory, "alone")["configuration"] as? [String: Any]
        let entry = try #require(entries.first { $0["name"] as? String == method }, "\(method)")
        #expect(entry["method"] as? NSDictionary == alone?["method"] as? NSDictionary, "\(method)")
      }
    }
  }

  @Test("Killed and started again it leaves the bytes of a run that was never killed, and says what it found")
  func killed() async throws {
    let laboratory = try await Laboratory()
    let program = Program(laboratory: laboratory)
    func arguments(_ folder: String) -> [String] {
      [
        "attack", "pool", "run/model.safetensors", "--data", "images", "--epsilon", "0.2", "--methods",
        "fgsm,pgd",
        "--transferred-from", "run/model.safetensors", "--output", folder,
      ]
    }
    let whole = try await program.run(arguments("whole"))
    #expect(whole.exitCode == 0, "\(whole.errors)")
    for part in [
      "ℓ∞ ≤ 0.2", "fgsm", "pgd, 100 steps", "transferred from another network", "best of all",
      "figures/pool.png",
    ] {
      #expect(whole.output.contains(part), "\(part)")
    }
    var wasKilled = false
    for _ in 0..<100 where !wasKilled {
      if FileManager.default.fileExists(atPath: laboratory.file("killed").path) {
        try laboratory.remove("killed")
      }
      let run = try program.start(arguments("killed"))
      try await run.waitForErrors(containing: "pgd, 10 steps")
      run.kill()
      wasKilled = try await run.outcome().exitCode == nil
    }
    try #require(wasKilled, "every run ended before it was killed")
    let again = try await program.run(arguments("killed"))
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(again.errors.contains("fgsm, 1 of 7: kept from an earlier run"))
    let names = [
      "pool.csv", "images.csv", "pool.tex", "adversarial.npy", "image_ids.npy", "figures/pool.png",
      "figures/pool.csv", "figures/pool.txt", "figures/pool.gp", "parts/pgd.npy",
    ]
    for name in names {
      #expect(try laboratory.read("killed/\(name)") == laboratory.read("whole/\(name)"), "\(name)")
    }
  }

  @Test("What is wrong only beside the data is one sentence, and an earlier run stays")
  func refused() async throws {
    let laboratory = try await Laboratory()
    let program = Program(laboratory: laboratory)
    let common = [
      "attack", "pool", "run/model.safetensors", "--data", "images", "--methods", "deepfool", "--output",
      "pool",
    ]
    expectSuccess(try await program.run(common + ["--quiet"]))
    let before = try laboratory.content(of: "pool")
    let unknown = try await program.run(common + ["--targeted", "circle"])
    #expect(unknown.exitCode == 64 && unknown.errors.contains("no class is called \"circle\""))
    let missing = try await program.run(
      [
        "attack", "pool", "run/model.safetensors", "--data", "images", "--epsilon", "0.1",
        "--transferred-from",
        "nowhere.safetensors", "--output", "pool",
      ])
    #expect(missing.exitCode == 1 && missing.errors.contains("nowhere.safetensors"))
    #expect(missing.errors.split(separator: "\n").count { $0.hasPrefix("Error: ") } == 1)
    #expect(try laboratory.content(of: "pool") == before)
  }
}
