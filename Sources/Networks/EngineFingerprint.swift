import CKernels
import OneDNN
import Tensors

/// Everything besides data and settings that determines the last digits of a number: the engine and its instruction
/// sets.
///
/// Different instruction sets sum in a different order. Numbers of two fingerprints agree only to rounding, so a
/// ranking of one may differ from that of the other where scores nearly tie.
public struct EngineFingerprint: Codable, Equatable, Hashable, Sendable {
  /// See ``revision``.
  public var revision: Int
  public var oneDNNVersion: String
  /// The widest set that oneDNN uses.
  public var oneDNNInstructionSet: String
  /// The widest set that our own kernels use.
  public var kernelInstructionSet: String
  /// Processor for which OpenBLAS chose its kernels.
  public var openBLASCore: String
  /// See `MathLibrary.fingerprint`.
  public var mathLibrary: String

  /// Raised when the engine (plans, kernels, optimizers, reading of pixels) gives other numbers than before.
  public static let revision = 1

  /// The fingerprint of this process. The instruction sets are fixed once this was read or the first network ran.
  public static var current: EngineFingerprint {
    EngineFingerprint(
      revision: revision, oneDNNVersion: Device.version, oneDNNInstructionSet: Device.instructionSet,
      kernelInstructionSet: InstructionSet.ofKernels.words, openBLASCore: LinearAlgebra.core,
      mathLibrary: MathLibrary.fingerprint)
  }

  /// Each field with a readable name.
  private var fields: [(name: String, value: String)] {
    [
      ("engine revision", String(revision)),
      ("oneDNN", oneDNNVersion),
      ("instructions of oneDNN", oneDNNInstructionSet),
      ("of our kernels", kernelInstructionSet),
      ("OpenBLAS for", openBLASCore),
      ("mathematics of", mathLibrary),
    ]
  }

  /// The fields on one line: `engine revision 1, oneDNN 2.6.3, instructions of oneDNN AVX2, …`.
  public var words: String { fields.map { "\($0.name) \($0.value)" }.joined(separator: ", ") }

  /// Every field in which another engine differs, with both values, and how to make the two agree; nil if they do.
  public func difference(from expected: EngineFingerprint) -> String? {
    let differences = zip(fields, expected.fields).filter { $0.value != $1.value }
    if differences.isEmpty { return nil }
    // The C library's values differ between processors only through its version and these instruction sets.
    let isVersion =
      revision != expected.revision || oneDNNVersion != expected.oneDNNVersion
      || mathLibrary != expected.mathLibrary && kernelInstructionSet == expected.kernelInstructionSet
    let cure =
      isVersion
      ? "use the same versions of Intrigue, oneDNN and the C library for both"
      : "give both --instruction-set \(InstructionSet.common(kernelInstructionSet, expected.kernelInstructionSet))"
    return differences.map { "\($0.name) \($0.value), expected \($1.value)" }.joined(separator: "; ")
      + "; \(cure)"
  }
}
