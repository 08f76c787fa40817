import COneDNN

extension Device {
  /// The widest instruction set that oneDNN uses here: the processor's, or less where it was capped.
  public static var instructionSet: String {
    let instructions = dnnl_get_effective_cpu_isa()
    return switch instructions {
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
