#pragma once

// Calls of malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign by any thread so far, but for those of
// C++ libraries: oneDNN makes a small table of arguments each time an operation runs, and no caller can spare it that.
//
// Linking this library puts it between the program and glibc's allocator, for all libraries of the process.
unsigned long allocation_count(void);

// Finds out where the C++ libraries are; before that everything is counted.
void allocation_count_leave_out_cpp(void);
