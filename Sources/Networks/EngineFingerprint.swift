import CKernels
import OneDNN
import Tensors

/// Everything besides data and settings that decides the last digits of a number: who computed, and with which
/// instructions.
///
/// Sums are taken in another order by another instruction set. Numbers of two fingerprints agree to rounding and no
/// further, so a ranking of one may differ from that of the other where scores nearly tie.
public struct EngineFingerprint: Codable, Equatable, Hashable, Sendable {
  /// See ``revision``.
  public var revision: Int
  public var oneDNNVersion: String
  /// The widest set that oneDNN uses.
  public var oneDNNInstructionSet: String
  /// The widest set that our own kernels use.
  public var kernelInstructionSet: String
  /// For which processor OpenBLAS chose its kernels.
  public var openBLASCore: String

  /// Raised when the engine (plans, kernels, optimizers, reading of pixels) gives other numbers than before.
  public static let revision = 1

  /// Of this process. The instruction sets do not change once the first network ran.
  public static var current: EngineFingerprint {
    EngineFingerprint(
      revision: revision, oneDNNVersion: Device.version, oneDNNInstructionSet: Device.instructionSet,
      kernelInstructionSet: kernelInstructionSet, openBLASCore: LinearAlgebra.core)
  }

  private static var kernelInstructionSet: String {
    switch kernels_current() {
    case kernels_avx512: "AVX-512"
    case kernels_avx2: "AVX2"
    default: "portable"
    }
  }
}
