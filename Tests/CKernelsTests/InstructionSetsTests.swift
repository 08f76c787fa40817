import CKernels
import Foundation
import Testing

@Suite struct InstructionSetsTests {
  @Test("A limit of the process holds on every thread, and a narrower one of a thread on that thread")
  func limits() async {
    // Alone, because the limit would hold for every other test.
    await #expect(processExitsWith: .success) {
      func currentElsewhere() -> kernels_instruction_set {
        nonisolated(unsafe) var found = kernels_portable
        let done = DispatchSemaphore(value: 0)
        Thread {
          found = kernels_current()
          done.signal()
        }.start()
        done.wait()
        return found
      }
      let sets = [kernels_avx512, kernels_avx2, kernels_portable].filter { kernels_have($0) != 0 }
      precondition(kernels_current() == sets[0])
      for set in sets {
        kernels_limit_process(set)
        precondition(kernels_current() == set && currentElsewhere() == set)
        precondition((byte_product_is_supported(byte_product_avx2) != 0) == (set.rawValue >= 1))
        precondition(byte_product_is_supported(byte_product_avx512) == 0 || set == kernels_avx512)
        kernels_limit(kernels_portable)
        precondition(kernels_current() == kernels_portable && currentElsewhere() == set)
        kernels_limit(kernels_avx512)
        precondition(kernels_current() == set)
      }
    }
  }
}
