# verso: `make demo` runs the main job, `make test` passes the tests.
# Both install what they need (see .ci/setup) or say what to install.

TAGS    := duckdb_arrow
GO      ?= go
BIN     := bin/verso
DEMO    ?= demo
SCALE   ?= 1
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT    := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
WEB     := reports/web/dist/manifest.json
SOURCES := $(shell find cmd etl olap models reports -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.html' -o -name '*.csv' -o -name '*.txt' 2>/dev/null | grep -v node_modules)

export GOFLAGS += -buildvcs=false

.DEFAULT_GOAL := help
.PHONY: help demo test build web lint bench clean setup-build setup-test floors

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## generate the demo company, refresh its warehouse, build its report site
	$(BIN) demo --dir $(DEMO) --scale $(SCALE)

test: setup-test $(WEB) ## run all tests, with real PostgreSQL and a real browser
	$(GO) test -tags $(TAGS) -ldflags=-w -timeout 60m ./...
	$(GO) test ./olap/engine/...

build: setup-build $(WEB) $(BIN) ## build bin/verso with the report assets in it

$(BIN): $(WEB) go.mod go.sum $(SOURCES)
	$(GO) build -tags $(TAGS) -ldflags "-X main.version=$(VERSION)" -o $@ ./cmd/verso

web: $(WEB) ## build the browser assets of the reports
$(WEB): $(addprefix reports/web/,package.json package-lock.json tsconfig.json build.mjs palette.json) $(shell find reports/web/src -type f 2>/dev/null) | setup-build
	cd reports/web && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build

lint: $(WEB) ## run go vet and golangci-lint with the floors as rules
	$(GO) vet -tags $(TAGS) ./...
	$(GO) run $(LINT) run --build-tags $(TAGS) ./...

floors: ## check that packages import only what their floor allows
	$(GO) test -tags $(TAGS) -ldflags=-w -count=1 -run Floors ./cmd/verso

bench: build ## measure loading against the same star as one SQL script
	$(BIN) bench load

clean: ## remove what the other targets made
	rm -rf bin $(DEMO) reports/web/node_modules
	find reports/web/dist -type f ! -name .gitkeep -delete

setup-build:
	@.ci/setup build
setup-test:
	@.ci/setup test
