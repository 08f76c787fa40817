import COneDNN

extension Device {
  /// Instruction sets to which oneDNN can be restricted.
  public enum InstructionSet: Sendable {
    case sse41, avx2, avx512

    fileprivate var value: dnnl_cpu_isa_t {
      switch self {
      case .sse41: dnnl_cpu_isa_sse41
      case .avx2: dnnl_cpu_isa_avx2
      case .avx512: dnnl_cpu_isa_avx512_core
      }
    }

    /// Name as in ``Device/instructionSet``.
    public var name: String { Device.name(of: value) }
  }

  /// Restricts oneDNN to a set from now on, whatever ONEDNN_MAX_CPU_ISA is set to.
  ///
  /// - Throws: ``OneDNNError`` if oneDNN was built without this option, or has already fixed its set: with the first
  ///   primitive, or when ``instructionSet`` was read.
  public static func limitInstructionSet(to widest: InstructionSet) throws {
    try check("at most \(widest.name)", dnnl_set_max_cpu_isa(widest.value))
  }

  /// The widest instruction set that oneDNN uses here: the processor's, or less if it was limited.
  public static var instructionSet: String { name(of: dnnl_get_effective_cpu_isa()) }

  /// Whether oneDNN uses AVX-512 here.
  public static var hasWideVectors: Bool {
    // Each set's bits contain those of the sets below it.
    let wide = dnnl_cpu_isa_avx512_core.rawValue
    return dnnl_get_effective_cpu_isa().rawValue & wide == wide
  }

  private static func name(of instructions: dnnl_cpu_isa_t) -> String {
    switch instructions {
    case dnnl_cpu_isa_sse41: "SSE4.1"
    case dnnl_cpu_isa_avx: "AVX"
    case dnnl_cpu_isa_avx2: "AVX2"
    case dnnl_cpu_isa_avx512_core: "AVX-512"
    case dnnl_cpu_isa_avx512_core_vnni: "AVX-512 VNNI"
    case dnnl_cpu_isa_avx512_core_bf16: "AVX-512 BF16"
    case dnnl_cpu_isa_avx512_core_amx: "AMX"
    default: "0x\(String(instructions.rawValue, radix: 16))"
    }
  }
}
