# What a person types. Everything lands below build/; `make clean` removes it.
.DEFAULT_GOAL := help
.PHONY: help setup build try test lint format bench bench-install bench-scale bench-host bench-kernels bench-false-alarms compare conformance peers completions planted torture asan tsan fuzz clean

JOBS ?= $(shell nproc)
ASAN_PROGRAMS ?= unit_tests
ASAN_TESTS ?= .
SCENARIOS ?= ../shared/scenarios
ZIPS ?= ../shared/zips
TORCHUP := build/release/torchup

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the missing Debian packages that the build needs
	@scripts/setup

build: setup build/release/build.ninja ## Build build/release/torchup
	cmake --build --preset release --parallel $(JOBS) --target torchup

try: build ## Install a real torch below build/try and prove that it works
	$(TORCHUP) install torch torchvision --fallback --env build/try/env --lock build/try/pylock.toml --yes

test: setup build/release/build.ninja peers ## Build everything and run every test
	cmake --build --preset release --parallel $(JOBS)
	ctest --preset release --parallel $(JOBS)

lint: setup build/release/build.ninja ## Check layers, forbidden words, format, and clang-tidy on what changed
	@scripts/lint

format: ## Format the C++ files in place
	git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

bench: build peers ## Measure torchup beside uv and pip on the real index (minutes, gigabytes; QUICK=1 for less)
	/usr/bin/python3 bench/run.py --torchup $(TORCHUP) --peers build/peers --output build/bench --loopback $(if $(QUICK),--quick)
	/usr/bin/python3 bench/host.py --torchup $(TORCHUP) $(if $(QUICK),,--install build/bench)

bench-install: build peers ## Measure installing beside uv, on new file systems (minutes, gigabytes)
	/usr/bin/python3 bench/install.py --torchup $(TORCHUP) --peers build/peers --output build/bench

bench-scale: build/release/build.ninja ## Time the solver on made-up graphs of 1,000 to 100,000 packages
	cmake --build --preset release --parallel $(JOBS) --target bench_scale
	@for kind in chain fan layers backing; do \
	  for packages in 1000 10000 100000; do build/release/tests/bench_scale $$kind $$packages || exit; done; done

bench-host: build ## Time what is said of this host (PYTHON=FILE with torch: beside its collect_env)
	/usr/bin/python3 bench/host.py --torchup $(TORCHUP) $(if $(PYTHON),--python $(PYTHON))

bench-kernels: setup build/release/build.ninja ## Time the kernels beside OpenBLAS and LAPACK (TORCH=SITE_PACKAGES: beside that torch too)
	cmake --build --preset release --parallel $(JOBS) --target bench_kernels
	OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 taskset -c 0 build/release/kernels/bench_kernels $(TORCH)

bench-false-alarms: build ## Count how often bench is wrong: the same torch, and one a tenth slower (ENV=DIR: that torch; half an hour)
	cmake --build --preset release --parallel $(JOBS) --target fake_torch_healthy fake_torch_slower
	/usr/bin/python3 bench/false_alarms.py $(TORCHUP) build/release/tests/fake_torch $(if $(ENV),--env $(ENV))

compare: build peers ## Compare what torchup and uv choose for 35 real requirement sets
	/usr/bin/python3 bench/compare.py --torchup $(TORCHUP) --peers build/peers --output build/bench

conformance: build ## Run published resolver scenarios, which lie in SCENARIOS (../shared/scenarios)
	/usr/bin/python3 -B tests/scenarios/conformance.py $(TORCHUP) $(SCENARIOS)

peers: setup ## Install the tools that tests and bench compare with, below build/peers
	@scripts/peers

completions: build ## Write the completion scripts again, from the program itself
	$(TORCHUP) completion bash > completions/torchup.bash
	$(TORCHUP) completion zsh > completions/_torchup
	$(TORCHUP) completion fish > completions/torchup.fish

planted: build ## Plant faults into a copy of an environment with torch, and see verify find them (TORCH=ENV)
	@/usr/bin/python3 -B tests/planted/planted_faults.py $(TORCHUP) $(TORCH)
	@/usr/bin/python3 -B tests/planted/healthy_runs.py $(TORCHUP) $(TORCH)

torture: build ## Kill, refuse, cut off and damage torchup at every point (an hour or more; mounting disks needs root)
	cmake --build --preset release --parallel $(JOBS) --target torture_shim
	@/usr/bin/python3 -B tests/torture/run_all.py $(TORCHUP) build/release/tests/torture_shim.so --zips $(ZIPS)

asan: setup ## Build with the address and undefined-behaviour sanitizers and run the tests
	cmake --preset asan
	cmake --build --preset asan --parallel $(JOBS) --target $(ASAN_PROGRAMS)
	ctest --preset asan --parallel $(JOBS) --label-regex '^(unit|property|scenarios|fuzz)$$' --tests-regex '$(ASAN_TESTS)'

tsan: setup ## Build with the thread sanitizer and run the tests
	cmake --preset tsan
	cmake --build --preset tsan --parallel $(JOBS) --target unit_tests
	ctest --preset tsan --parallel $(JOBS) --label-regex unit

fuzz: setup ## Run each fuzz target for a minute with clang's libFuzzer (FUZZ_SECONDS= for less, FUZZ_KEEP=1 keeps what it finds)
	@if command -v clang++ >/dev/null; then cmake --preset fuzz && \
	  cmake --build --preset fuzz --parallel $(JOBS) --target fuzzers && scripts/fuzz; \
	else echo "fuzz: no clang++, which has libFuzzer; the corpora are replayed by make test and make asan" >&2; exit 1; fi

clean: ## Remove everything that was built, build/try included
	rm -rf build

build/release/build.ninja: CMakePresets.json
	@scripts/setup
	cmake --preset release
