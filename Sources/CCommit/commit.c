#include "CCommit.h"

// Written by CommitPlugin before each build.
extern const char program_commit_text[];

const char *program_commit(void) { return program_commit_text; }
