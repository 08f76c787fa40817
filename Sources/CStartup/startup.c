// What must be true before any library is initialised. The dynamic loader calls what stands in .preinit_array of a
// program before the constructors of its libraries (System V ABI, "Initialization and Termination Functions"); a main
// function would come too late: some of them need descriptors and memory, and wait for ever or trap without. Only what is
// safe in a signal handler is called here.
#include "startup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

// Descriptors beside the standard ones: what the concurrency runtime, a file and a pipe to gnuplot take, and some more.
enum { NEEDED_DESCRIPTORS = 24 };

// What ulimit can leave too little of.
struct memory_limit {
  int resource;
  int protection;  // of pages that count
  size_t needed;   // beyond the libraries: a buffer of OpenBLAS (128 MB), stacks, the arenas of malloc
  const char *too_low, *exceeded;
};

static const struct memory_limit memory_limits[] = {
  {RLIMIT_AS, PROT_NONE, (size_t)512 << 20,
    " MB of address space is too low: 512 MB are needed beyond the libraries; raise it with ulimit -v\n",
    " MB of address space leaves it; raise it with ulimit -v, or use fewer --workers\n"},
  {RLIMIT_DATA, PROT_READ | PROT_WRITE, (size_t)256 << 20,
    " MB of data is too low: 256 MB are needed; raise it with ulimit -d\n",
    " MB of data leaves it; raise it with ulimit -d, or use fewer --workers\n"},
};
enum { MEMORY_LIMITS = sizeof memory_limits / sizeof *memory_limits };

// Ends the process with one sentence: `before`, the number, `after`.
_Noreturn static void refuse(const char *before, size_t number, const char *after) {
  char text[512] = "Error: ";
  strncat(text, before, 200);
  char digits[24] = "";
  size_t place = sizeof digits - 1;
  do {
    digits[--place] = '0' + number % 10;
    number /= 10;
  } while (number);
  strcat(text, digits + place);
  strncat(text, after, 200);
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
  _exit(1);
}

// A standard stream that the caller closed (`>&-`) would give its number to the next file that is opened, and progress
// would be written into a model. So it is opened here, the wrong way round: using it fails as if it were closed.
static void fill_standard_descriptors(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number, which is this one.
    open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

static void check_descriptors(void) {
  int opened[NEEDED_DESCRIPTORS];
  int count = 0;
  while (count < NEEDED_DESCRIPTORS && (opened[count] = dup(STDERR_FILENO)) >= 0) count++;
  int failure = errno;
  for (int index = 0; index < count; index++) close(opened[index]);
  if (count < NEEDED_DESCRIPTORS && failure == EMFILE) {
    refuse("a run needs ", NEEDED_DESCRIPTORS + 3, " open files at least, and the limit is lower; raise it with ulimit -n\n");
  }
}

static rlim_t bytes_of(const struct memory_limit *limit) {
  struct rlimit found;
  return getrlimit(limit->resource, &found) == 0 ? found.rlim_cur : RLIM_INFINITY;
}

static int has_room(const struct memory_limit *limit, size_t bytes) {
  void *place = mmap(NULL, bytes, limit->protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return 0;
  munmap(place, bytes);
  return 1;
}

// The last resort under a limit: neither Swift's runtime nor all of the libraries have another answer
// to memory that is refused than to end the process by a trap, by abort or at the address 0. Where the last call of this
// thread that failed was refused memory, or less than an eighth of the limit is left, that is what happened.
static void explain_crash(int number) {
  int failure = errno;
  for (int index = 0; index < MEMORY_LIMITS; index++) {
    const struct memory_limit *limit = &memory_limits[index];
    rlim_t bytes = bytes_of(limit);
    if (bytes == RLIM_INFINITY || (failure != ENOMEM && has_room(limit, bytes / 8))) continue;
    refuse("the run needs more memory than the limit of ", bytes >> 20, limit->exceeded);
  }
  signal(number, SIG_DFL);  // and the instruction that failed fails again
  if (number == SIGABRT) raise(number);
}

// OpenBLAS starts a thread for each core as it is loaded, 136 MB of address space each, and where a limit leaves no room
// for one it ends the process or tries again for ever (OpenMathLib/OpenBLAS#5289). None is used here. It takes its number
// of threads from the environment only, and a program can no longer change what a constructor sees of that: so under a
// limit the program is started again, without them.
static void spare_address_space(char **arguments, char **environment) {
  static char setting[] = "OPENBLAS_NUM_THREADS=1";
  const size_t name_length = strlen("OPENBLAS_NUM_THREADS=");
  size_t count = 0;
  for (; environment[count]; count++) {
    if (strcmp(environment[count], setting) == 0) return;
  }
  char *changed[count + 2];
  size_t kept = 0;
  for (size_t entry = 0; entry < count; entry++) {
    if (strncmp(environment[entry], setting, name_length) != 0) changed[kept++] = environment[entry];
  }
  changed[kept++] = setting;
  changed[kept] = NULL;
  execve("/proc/self/exe", arguments, changed);
  // Without /proc it goes on as it is.
}

static void start(int count, char **arguments, char **environment) {
  (void)count;
  fill_standard_descriptors();
  check_descriptors();
  int is_limited = 0;
  for (int index = 0; index < MEMORY_LIMITS; index++) {
    const struct memory_limit *limit = &memory_limits[index];
    rlim_t bytes = bytes_of(limit);
    if (bytes == RLIM_INFINITY) continue;
    is_limited = 1;
    if (!has_room(limit, limit->needed)) refuse("the limit of ", bytes >> 20, limit->too_low);
  }
  if (!is_limited) return;
  spare_address_space(arguments, environment);
  for (int index = 0; index < 5; index++) signal((int[]){SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT}[index], explain_crash);
}

__attribute__((section(".preinit_array"), used)) static void (*const start_first)(int, char **, char **) = start;
