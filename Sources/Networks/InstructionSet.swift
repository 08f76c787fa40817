import CKernels
import OneDNN
import Tensors

/// An upper limit on the instructions that numbers are computed with, for oneDNN, our own kernels and OpenBLAS
/// together, so that different processors give the same bytes. A limit selects one set for each of the three, whatever
/// else the processor supports. With `avx512` oneDNN does not use VNNI, BF16 and AMX, and OpenBLAS uses the kernels of
/// the first processor with AVX-512.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// What the processor supports, or what ONEDNN_MAX_CPU_ISA and OPENBLAS_CORETYPE specify.
  case automatic
  /// SSE4.2, which every x86-64 processor since 2009 supports.
  case portable
  /// AVX2 with fused multiply–add.
  case avx2
  /// AVX-512 with F, VL, BW and DQ.
  case avx512

  /// Name used in fingerprints.
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

  /// The processor whose kernels OpenBLAS must use; its name in OPENBLAS_CORETYPE.
  private var openBLASCore: String? {
    switch self {
    case .automatic: nil
    case .portable: "Nehalem"
    case .avx2: "Haswell"
    case .avx512: "SkylakeX"
    }
  }

  /// The set used by the current thread's kernels.
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

  /// Environment variables that must be set when the process starts, because a library reads them when it is loaded:
  /// OpenBLAS for its kernels, glibc for its elementary functions, whose fused multiply–add variants depend on AVX2.
  ///
  /// - Parameter environment: Current environment; other settings in GLIBC_TUNABLES are kept.
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

  /// Restricts oneDNN and our kernels to this set in the whole process, before anything is computed, and checks that
  /// OpenBLAS was loaded for it: see ``variables(beside:)``.
  ///
  /// - Throws: ``InstructionSetError``.
  public func limitProcess() throws {
    guard let kernels, let oneDNN, let openBLASCore else { return }
    try checkSupport()
    kernels_limit_process(kernels)
    // A refusal may be harmless, if oneDNN is already restricted to that set: what counts is the set read afterwards.
    try? Device.limitInstructionSet(to: oneDNN)
    guard Device.instructionSet == oneDNN.name else {
      throw InstructionSetError.oneDNN(self, found: Device.instructionSet)
    }
    guard LinearAlgebra.core == openBLASCore else {
      throw InstructionSetError.openBLAS(self, expected: openBLASCore, found: LinearAlgebra.core)
    }
  }
}

/// Why numbers cannot be computed with the requested instructions.
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
