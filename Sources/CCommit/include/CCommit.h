#pragma once

/// The commit that the program was built from, as `git describe --always --dirty` says it; "unknown" without git or
/// without its folder. Plain C, so that another commit compiles one small file and no Swift.
const char *program_commit(void);
