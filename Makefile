# `make run` and `make test` set up .venv on first use; everything else reuses it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

.PHONY: run test simulations fuzz faults gpu lint format docs wheel clean

run: $(READY)
	$(BIN)/python -m bench run --all

test: $(READY)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# Other random inputs than those of `make test`, ten times as many in a round, for so many minutes.
FUZZ_MINUTES ?= 60
fuzz: $(READY)
	end=$$(($$(date +%s) + 60 * $(FUZZ_MINUTES))); while [ $$(date +%s) -lt $$end ]; do \
	  BENCH_FUZZ=10 $(BIN)/python -m pytest -q -n 0 --timeout 0 -o faulthandler_timeout=0 -k fuzz tests/trials tests/tables tests/report tests/entries || exit 1; done

# Kills, damaged files and misbehaving detectors: a table of what was lost or left. About 20 minutes on two cores.
faults: $(READY)
	PYTHONPATH=tests:tests/helpers $(BIN)/python -m faults

# Coverage of intervals and errors of races, by simulation: some minutes.
simulations: $(READY)
	$(BIN)/python tests/simulations/simulate.py > results/simulations.md

# On a machine with a GPU: what can use one is timed on both, and how far their scores agree. Send in results/gpu.
gpu: $(READY)
	$(BIN)/python -c "import sys, torch; sys.exit(None if torch.cuda.is_available() else 'torch finds no CUDA device; docs/guide/costs.md says which build it needs')"
	$(BIN)/python -m bench time --detectors autoencoder,kde,knn,lof,mahalanobis,pca --rows 4000,16000,64000,256000 \
	  --features 20 --limit 5m --results results/gpu
	$(BIN)/python -m pytest -q tests/benchmarks/test_training.py --benchmark-json results/gpu/autoencoders.json

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A warning of any kind fails it; all pages are read anew, since one that is not read again is silent.
docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -n -E -q docs docs/_build

wheel: $(READY)
	$(BIN)/python -m build --wheel

clean:
	rm -rf $(VENV) build dist docs/_build

# torch first and by itself: its pinned version is the CPU build where there is one, and a looser
# requirement would bring gigabytes of CUDA packages along.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,docs,ray,all]'
	touch $(READY)
