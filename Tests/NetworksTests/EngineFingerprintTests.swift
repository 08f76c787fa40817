import Foundation
import Tensors
import Testing

@testable import Networks

@Suite struct EngineFingerprintTests {
  private static let here = EngineFingerprint(
    revision: 1, oneDNNVersion: "2.6.3", oneDNNInstructionSet: "AVX-512 BF16",
    kernelInstructionSet: "AVX-512",
    openBLASCore: "Cooperlake", mathLibrary: "glibc 2.36 12345678")

  /// Other engines, with what is said of them and what makes them agree.
  private static let others: [(change: @Sendable (inout EngineFingerprint) -> Void, words: [String])] = [
    ({ $0.revision = 2 }, ["engine revision 2, expected 1", "; use the same versions"]),
    ({ $0.oneDNNVersion = "3.7.1" }, ["oneDNN 3.7.1, expected 2.6.3", "; use the same versions"]),
    (
      { $0.oneDNNInstructionSet = "AMX" },
      ["instructions of oneDNN AMX, expected AVX-512 BF16", "; give both --instruction-set avx512"]
    ),
    (
      {
        $0.oneDNNInstructionSet = "AVX2"
        $0.kernelInstructionSet = "AVX2"
      }, ["of our kernels AVX2, expected AVX-512", "; give both --instruction-set avx2"]
    ),
    (
      {
        $0.kernelInstructionSet = "portable"
        $0.mathLibrary = "glibc 2.36 87654321"
      }, ["of our kernels portable, expected AVX-512", "; give both --instruction-set portable"]
    ),
    (
      { $0.openBLASCore = "Haswell" },
      ["OpenBLAS for Haswell, expected Cooperlake", "; give both --instruction-set avx512"]
    ),
    (
      { $0.mathLibrary = "glibc 2.41 12345678" },
      ["mathematics of glibc 2.41 12345678, expected glibc 2.36", "; use the same versions"]
    ),
  ]

  @Test("Whatever differs is told with both values and a cure", arguments: others.indices)
  func difference(index: Int) throws {
    var other = Self.here
    Self.others[index].change(&other)
    let said = try #require(other.difference(from: Self.here))
    for words in Self.others[index].words { #expect(said.contains(words), "\(said)") }
    #expect(other != Self.here && other.words != Self.here.words)
    #expect(Self.here.difference(from: Self.here) == nil)
  }

  @Test("A process has one fingerprint, which JSON gives back")
  func current() throws {
    let current = EngineFingerprint.current
    #expect(current == .current && current.mathLibrary.split(separator: " ").last?.count == 8)
    #expect(try JSONDecoder().decode(EngineFingerprint.self, from: JSONEncoder().encode(current)) == current)
  }

  @Test("A limit holds oneDNN and our kernels, and says so where OpenBLAS was loaded for another processor")
  func limit() async {
    // Alone, because the limit would hold for every other test.
    await #expect(processExitsWith: .success) {
      for set in InstructionSet.allCases where (try? set.checkSupport()) != nil && set != .automatic {
        do {
          try set.limitProcess()
        } catch InstructionSetError.openBLAS(set, let expected, let found) {
          precondition(expected != found && found == LinearAlgebra.core)
        }
        let now = EngineFingerprint.current
        precondition(now.kernelInstructionSet == set.words)
        precondition(now.oneDNNInstructionSet == (set == .portable ? "SSE4.1" : set.words))
        // oneDNN decides once.
        break
      }
    }
  }

  @Test(
    "The variables of a limit keep what else glibc is told, and are theirs again when given a second time")
  func variables() {
    let before = ["GLIBC_TUNABLES": "glibc.malloc.check=1:glibc.cpu.hwcaps=-ERMS:glibc.rtld.nns=2"]
    let given = InstructionSet.portable.variables(beside: before)
    #expect(
      given["GLIBC_TUNABLES"] == "glibc.malloc.check=1:glibc.rtld.nns=2:glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4")
    #expect(InstructionSet.portable.variables(beside: given) == given)
    #expect(InstructionSet.avx2.variables(beside: before) == ["OPENBLAS_CORETYPE": "Haswell"])
    #expect(InstructionSet.automatic.variables(beside: before).isEmpty)
  }
}
