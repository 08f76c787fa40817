/// The element types of the format whose size is a whole number of bytes.
enum SafetensorsElementType: String {
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case uint32 = "U32"
  case int32 = "I32"
  case uint64 = "U64"
  case int64 = "I64"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float32 = "F32"
  case float64 = "F64"
  // Scales and quantised weights beside a network's own tensors; their values are not read.
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"
  case float8E8M0 = "F8_E8M0"
  case complex64 = "C64"

  enum FloatingPoint {
    case float16, bfloat16, float32, float64
  }

  /// Size of one element in bytes.
  var size: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E8M0: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .complex64: 8
    }
  }

  /// Nil for types whose values are not read.
  var floatingPoint: FloatingPoint? {
    switch self {
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    default: nil
    }
  }
}

extension SafetensorsElementType.FloatingPoint {
  /// Every element as a Float; a Double is rounded to nearest and may become infinite.
  func floats(in bytes: UnsafeRawBufferPointer) -> [Float] {
    switch self {
    case .float16: converted(bytes, UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bfloat16: converted(bytes, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float32: converted(bytes, UInt32.self) { Float(bitPattern: $0) }
    case .float64: converted(bytes, UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }

  private func converted<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: Bits.Type, _ float: (Bits) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Bits>.size
    let count = bytes.count / size
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
      for index in 0..<count {
        buffer[index] = float(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: type)))
      }
      initialised = count
    }
  }
}
