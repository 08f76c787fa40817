import CKernels
import OneDNN
import Tensors

/// How wide the instructions may be that numbers are computed with: an upper limit for oneDNN, our own kernels and
/// OpenBLAS together, so that processors which differ give the same bytes.
///
/// A limit names one set for each of the three, whatever else the processor has. With `avx512` oneDNN leaves VNNI, BF16
/// and AMX aside, and OpenBLAS takes the kernels of the first processor with AVX-512.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// What the processor has, or what ONEDNN_MAX_CPU_ISA and OPENBLAS_CORETYPE say.
  case automatic
  /// SSE4.2, which every x86-64 processor since 2009 has.
  case portable
  /// AVX2 with fused multiplication and addition.
  case avx2
  /// AVX-512 with F, VL, BW and DQ.
  case avx512

  /// As a fingerprint says it.
  public var words: String {
    switch self {
    case .automatic: "automatic"
    case .portable: "portable"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }

  private var kernels: kernels_instruction_set? {
    switch self {
    case .automatic: nil
    case .portable: kernels_portable
    case .avx2: kernels_avx2
    case .avx512: kernels_avx512
    }
  }

  private var oneDNN: Device.InstructionSet? {
    switch self {
    case .automatic: nil
    case .portable: .sse41
    case .avx2: .avx2
    case .avx512: .avx512
    }
  }

  /// For which processor OpenBLAS is told to compute; its name in OPENBLAS_CORETYPE.
  private var openBLASCore: String? {
    switch self {
    case .automatic: nil
    case .portable: "Nehalem"
    case .avx2: "Haswell"
    case .avx512: "SkylakeX"
    }
  }

  /// What the current thread's kernels use.
  static var ofKernels: InstructionSet {
    switch kernels_current() {
    case kernels_avx512: .avx512
    case kernels_avx2: .avx2
    default: .portable
    }
  }

  /// The widest limit under which two engines agree, given what their kernels use.
  static func common(_ first: String, _ second: String) -> String {
    let narrowest = [portable, avx2, avx512].first { [first, second].contains($0.words) }
    return (narrowest ?? .portable).rawValue
  }

  // MARK: Limiting

  /// Variables that must stand in the environment when the process starts, because a library reads them when it is
  /// loaded: OpenBLAS for its kernels, glibc for its elementary functions, of which those for fused multiplication and
  /// addition go with AVX2.
  ///
  /// - Parameter environment: As it is; what GLIBC_TUNABLES holds beside is kept.
  public func variables(beside environment: [String: String]) -> [String: String] {
    guard let openBLASCore else { return [:] }
    var variables = ["OPENBLAS_CORETYPE": openBLASCore]
    if self == .portable {
      let name = "glibc.cpu.hwcaps"
      let others = (environment["GLIBC_TUNABLES"] ?? "").split(separator: ":").filter {
        !$0.hasPrefix("\(name)=")
      }
      variables["GLIBC_TUNABLES"] = (others + ["\(name)=-AVX2,-FMA,-FMA4"]).joined(separator: ":")
    }
    return variables
  }

  /// Refuses a limit that this processor cannot reach.
  public func checkSupport() throws {
    guard let kernels else { return }
    #if arch(x86_64)
      if kernels_have(kernels) != 0 { return }
      let others = Self.allCases.filter { $0.kernels.map { kernels_have($0) != 0 } ?? false }
      throw InstructionSetError.missing(self, supported: others)
    #else
      throw InstructionSetError.otherArchitecture(self)
    #endif
  }

  /// Holds oneDNN and our kernels to this set in the whole process, before anything was computed, and sees that OpenBLAS
  /// was loaded for it: see ``variables(beside:)``.
  ///
  /// - Throws: ``InstructionSetError``.
  public func limitProcess() throws {
    guard let kernels, let oneDNN, let openBLASCore else { return }
    try checkSupport()
    kernels_limit_process(kernels)
    // A refusal says no more than what is read afterwards: it is none where oneDNN is held to that set already.
    try? Device.limitInstructionSet(to: oneDNN)
    guard Device.instructionSet == oneDNN.name else {
      throw InstructionSetError.oneDNN(self, found: Device.instructionSet)
    }
    guard LinearAlgebra.core == openBLASCore else {
      throw InstructionSetError.openBLAS(self, expected: openBLASCore, found: LinearAlgebra.core)
    }
  }
}

/// Why numbers cannot be computed with the instructions that were asked for.
public enum InstructionSetError: Error, Equatable, CustomStringConvertible {
  case missing(InstructionSet, supported: [InstructionSet])
  case otherArchitecture(InstructionSet)
  case oneDNN(InstructionSet, found: String)
  case openBLAS(InstructionSet, expected: String, found: String)

  public var description: String {
    switch self {
    case .missing(let set, let supported):
      "this processor cannot run the instruction set \(set.rawValue): it has "
        + supported.map(\.rawValue).joined(separator: ", ")
    case .otherArchitecture(let set):
      "the instruction set \(set.rawValue) is one of x86-64, and this processor is none: leave it automatic"
    case .oneDNN(let set, let found):
      "oneDNN \(Device.version) cannot be held to the instruction set \(set.rawValue): it computes with \(found)"
    case .openBLAS(let set, let expected, let found):
      "the instruction set \(set.rawValue) needs OpenBLAS's kernels for \(expected), and OpenBLAS was loaded with those "
        + "for \(found): install a build of OpenBLAS for every processor (Debian: libopenblas0-pthread)"
    }
  }
}
