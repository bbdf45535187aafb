# Shortcuts. What continuous integration runs is .ci/run.

# go.work is a convenience for editors: it would hide the root's lowest versions and the nested modules' own.
export GOWORK := off

MODULES := $(patsubst %/,%,$(dir $(shell git ls-files --cached --others --exclude-standard 'go.mod' '*/go.mod')))

.PHONY: help test fast full fuzz bench lint

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

test: ## the tests of all modules; the first time some minutes, for the full Graph SDK
	@set -e; for module in $(MODULES); do (cd $$module && go test ./...); done

fast: ## .ci/run fast: lint, the root module's tests, the quickstart
	.ci/run fast

full: ## .ci/run: all that continuous integration runs
	.ci/run full

fuzz: ## each fuzz target for FUZZTIME, default 10s
	.ci/fuzz

bench: ## the benchmarks of the root module
	go test -run='^$$' -bench=. -benchmem ./...

lint: ## gofmt, go mod tidy, go vet, staticcheck
	.ci/lint
