import Foundation
import Networks
import Testing

extension InstructionSet {
  /// The two widest of this processor, the widest first.
  fileprivate static let widest = Array(
    [avx512, avx2, portable].filter { (try? $0.checkSupport()) != nil }.prefix(2))
}

/// `--instruction-set` as a user gives it, on a processor that has two.
///
/// Two machines are played by one: what they differ in stands in the environment, which a limit overrules.
@Suite(.enabled(if: InstructionSet.widest.count == 2, "this processor has one instruction set only"))
struct InstructionSetTests {
  private static var wide: String { InstructionSet.widest[0].rawValue }
  private static var narrow: String { InstructionSet.widest[1].rawValue }

  private static let resultNames = ["directions.csv", "images.npy", "ranking.json", "scores.npy"]

  /// 3,000 images, and a network whose sums are long enough to feel their order.
  private static func laboratory() async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeArrays(to: "arrays", count: 3000)
    try laboratory.write(
      Laboratory.network(
        nodes: """
          {"name": "conv", "layer": "conv2d", "outputChannels": 16, "kernel": 3, "padding": 1},
          {"name": "act", "layer": "relu"}, {"name": "flat", "layer": "flatten"},
          {"name": "hidden", "layer": "linear", "outputs": 64}, {"name": "relu", "layer": "relu"},
          {"name": "logits", "layer": "linear", "outputs": 3}
          """), to: "network.json")
    try await train("run", narrow, laboratory)
    return laboratory
  }

  private static func train(
    _ folder: String, _ set: String, _ laboratory: Laboratory, environment: [String: String] = [:]
  ) async throws {
    expectSuccess(
      try await Program(laboratory: laboratory, environment: environment).run([
        "train", "--data", "arrays", "--architecture", "network.json", "--epochs", "1", "--output", folder,
        "--instruction-set", set, "--quiet",
      ]))
  }

  private static func rank(
    _ folder: String, _ set: String, _ laboratory: Laboratory, _ more: [String] = ["--no-cache"],
    environment: [String: String] = [:]
  ) async throws -> Program.Outcome {
    let outcome = try await Program(laboratory: laboratory, environment: environment).run(
      [
        "rank", "run/model.safetensors", "--data", "arrays", "--split", "training", "--basis", "pca",
        "--top", "20", "--output", folder, "--instruction-set", set,
      ] + more)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return outcome
  }

  private func results(_ laboratory: Laboratory, in folder: String) throws -> [Data] {
    try Self.resultNames.map { try laboratory.read("\(folder)/\($0)") }
  }

  /// `environment` of a record.
  private func environment(_ laboratory: Laboratory, in folder: String) throws -> [String: Any] {
    let record = try JSONSerialization.jsonObject(with: laboratory.read("\(folder)/run.json"))
    return try #require((record as? [String: Any])?["environment"] as? [String: Any])
  }

  @Test("merge refuses parts of two instruction sets; under one limit they are those of a single run")
  func parts() async throws {
    let laboratory = try await Self.laboratory()
    for number in 1...2 {
      let shard = ["--shard", "\(number)/2", "--no-cache", "--quiet"]
      _ = try await Self.rank("narrow \(number)", Self.narrow, laboratory, shard)
      _ = try await Self.rank("wide \(number)", Self.wide, laboratory, shard)
    }
    let refused = try await laboratory.run("merge", "wide 1", "narrow 2", "--output", "mixed", "--quiet")
    let (wide, narrow) = (InstructionSet.widest[0].words, InstructionSet.widest[1].words)
    expectRefusal(
      refused,
      saying: [
        "narrow 2", "another ranking than", "wide 1", "of our kernels \(narrow), expected \(wide)",
        "OpenBLAS for", "; give both --instruction-set \(Self.narrow)",
      ])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("mixed").path))

    for set in [Self.narrow, Self.wide] {
      let name = set == Self.narrow ? "narrow" : "wide"
      _ = try await Self.rank("whole \(name)", set, laboratory)
      expectSuccess(
        try await laboratory.run("merge", "\(name) 2", "\(name) 1", "--output", "\(name) merged", "--quiet"))
      #expect(try results(laboratory, in: "\(name) merged") == results(laboratory, in: "whole \(name)"))
    }
    // Otherwise there would be nothing to refuse.
    #expect(
      try laboratory.read("whole narrow/scores.npy") != laboratory.read("whole wide/scores.npy"))
  }

  /// What another machine may have: other kernels of OpenBLAS, less of oneDNN, another choice of the C library.
  private static let otherMachine = [
    "OPENBLAS_CORETYPE": "Prescott", "ONEDNN_MAX_CPU_ISA": "SSE41", "OMP_NUM_THREADS": "3",
  ]

  @Test("A limit overrules the environment: the same bytes, and the record says with what")
  func environmentIsOverruled() async throws {
    let laboratory = try await Self.laboratory()
    try await Self.train("elsewhere", Self.narrow, laboratory, environment: Self.otherMachine)
    #expect(
      try laboratory.read("elsewhere/model.safetensors") == laboratory.read("run/model.safetensors"))
    _ = try await Self.rank("here", Self.narrow, laboratory)
    _ = try await Self.rank("there", Self.narrow, laboratory, environment: Self.otherMachine)
    #expect(try results(laboratory, in: "there") == results(laboratory, in: "here"))

    let engine = try #require(try environment(laboratory, in: "there")["engine"] as? [String: Any])
    #expect(engine["kernelInstructionSet"] as? String == InstructionSet.widest[1].words)
    #expect(engine["openBLASCore"] as? String == (Self.narrow == "avx2" ? "Haswell" : "Nehalem"))
    #expect(engine["oneDNNInstructionSet"] as? String == (Self.narrow == "avx2" ? "AVX2" : "SSE4.1"))
    // Started anew, it is still called as it was, with what it was given.
    let command = try #require(try environment(laboratory, in: "there")["command"] as? [String])
    #expect(
      command.first == "intrigue" && command.suffix(3) == ["--instruction-set", Self.narrow, "--no-cache"])
  }

  @Test("Without a limit, what the environment says counts, and the record says so")
  func environmentIsHeard() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await Program(
      laboratory: laboratory, environment: ["OPENBLAS_CORETYPE": "Nehalem", "ONEDNN_MAX_CPU_ISA": "SSE41"]
    ).run(["evaluate", "run/model.safetensors", "--data", "images", "--output", "evaluated", "--quiet"])
    expectSuccess(outcome)
    let engine = try #require(try environment(laboratory, in: "evaluated")["engine"] as? [String: Any])
    #expect(engine["openBLASCore"] as? String == "Nehalem")
    #expect(engine["oneDNNInstructionSet"] as? String == "SSE4.1")
    #expect(engine["kernelInstructionSet"] as? String == InstructionSet.widest[0].words)
  }

  @Test("The cache of features keeps two instruction sets apart")
  func cache() async throws {
    let laboratory = try await Self.laboratory()
    let words = "layer relu of 2400 training images"
    for set in [Self.wide, Self.narrow] {
      let first = try await Self.rank("first \(set)", set, laboratory, ["--cache", "cache"])
      #expect(first.errors.contains("computing \(words)"), "\(first.errors)")
      let second = try await Self.rank("second \(set)", set, laboratory, ["--cache", "cache"])
      #expect(second.errors.contains("reading \(words) from the cache"), "\(second.errors)")
      _ = try await Self.rank("uncached \(set)", set, laboratory)
      for folder in ["first \(set)", "second \(set)"] {
        #expect(try results(laboratory, in: folder) == results(laboratory, in: "uncached \(set)"))
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: laboratory.file("cache").path).count == 2)
  }

  @Test("Started anew, the program is interrupted as ever")
  func interrupted() async throws {
    let laboratory = try await Self.laboratory()
    let outcome = try await Program(laboratory: laboratory).run(
      [
        "train", "--data", "arrays", "--architecture", "network.json", "--epochs", "100000", "--output",
        "long", "--instruction-set", Self.narrow,
      ], interruptedAfter: "epoch 2")
    #expect(outcome.exitCode == 130, "\(outcome.errors)")
  }
}
