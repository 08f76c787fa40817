## Intrigue, the laboratory for the two intriguing properties of neural networks.
##
##   make demo     install what is missing, build, and run the main job into output/demo
##   make test     install what is missing, lint, and run every test; continuous integration runs this
##   make test-long   what takes hours: longer tests, a million damaged inputs for each reader, hundreds of kills
##   make build    install what is missing and build .build/release/intrigue
##   make reproduce-quick   measure the papers' tables and the lecture's questions, in seven minutes; needs MNIST
##   make bench    measure Intrigue beside PyTorch, if that is here; see docs/benchmarks.md
##   make format   rewrite the Swift sources in the house format
##   make clean    remove what was built; data sets and output stay
##   make help     print this list
##
## DEMO_OPTIONS, REPRODUCE_OPTIONS and BENCH_OPTIONS are passed on: make demo DEMO_OPTIONS="--seed 2"

# Every path here is relative: make cannot hold a name with a space, and the folder above may have one.

DEMO_OPTIONS ?=
REPRODUCE_OPTIONS ?=
BENCH_OPTIONS ?=

swift_sources := Package.swift Plugins Sources Tests Benchmarks Fuzzing

# Undeclared imports are errors everywhere. SwiftPM leaves our warnings-as-errors out for the packages we depend on.
build_flags := --configuration release --explicit-target-dependency-import-check error
# Tests see internal declarations, the product has none to show: two builds, so that the product stays optimised.
test_flags := $(build_flags) --scratch-path .build-test -Xswiftc -enable-testing -Xswiftc -warnings-as-errors

.PHONY: help dependencies test-dependencies build demo reproduce-quick lint test test-long bench format clean

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

dependencies:
	@bash scripts/install-dependencies.sh

test-dependencies:
	@bash scripts/install-dependencies.sh --tests
	@bash scripts/fetch-page-checkers.sh

build: dependencies
	swift build $(build_flags) --product intrigue

demo: build
	@.build/release/intrigue demo --output output/demo $(DEMO_OPTIONS)

reproduce-quick: build
	@.build/release/intrigue datasets fetch mnist
	@.build/release/intrigue reproduce all --quick --output output/reproduce-quick $(REPRODUCE_OPTIONS)

lint:
	swift format lint --strict --recursive $(swift_sources)

# Servers live in real time, and hundreds of tests that compute would starve them: they come after, alone.
test_results := .build-test/tests.xml .build-test/served-tests.xml
served := (LocalServer|Explorer|Study)Tests\.|(Explore|Study|Strangers)[A-Za-z]*Tests

# As many at once keep the processors busy; all at once, which is the default, would wait for each other.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 4
test: test-dependencies lint
	@rm -f $(test_results)
	swift test $(test_flags) --disable-xctest --skip '$(served)' --xunit-output $(word 1,$(test_results))
	swift test $(test_flags) --disable-xctest --skip-build --filter '$(served)' --xunit-output $(word 2,$(test_results))
	@python3 scripts/count-tests.py Package.swift $(test_results)

# Changes that each test of damaged records and extreme numbers makes; make test is content with a hundred.
test-long: export INTRIGUE_DAMAGE_COUNT = 5000
test-long: build test
	scripts/fuzz-parsers.sh
	scripts/fuzz-program.sh
	scripts/kill-and-resume.sh
	scripts/interrupt-everything.py .build/release/intrigue

bench: build
	swift build $(build_flags) --package-path Benchmarks --scratch-path .build-bench
	@.build-bench/release/benchmarks $(BENCH_OPTIONS)

format:
	swift format format --in-place --recursive $(swift_sources)

clean:
	rm -rf .build .build-test .build-bench .build-fuzz .build-tools
