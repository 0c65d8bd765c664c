# Wagate's front door: every task is a verb here and one call of a script. `make` lists them.
.DEFAULT_GOAL := help
machine_path := $(PATH)
export PATH := $(CURDIR)/.tools/node_modules/.bin:$(CURDIR)/.tools/bin:$(PATH)
# Compiled code is kept between runs: a service starts with half the CPU.
export NODE_COMPILE_CACHE := $(CURDIR)/.data/compile-cache
node := $(CURDIR)/.tools/node_modules/.bin/node
bin := $(CURDIR)/node_modules/.bin

.PHONY: help tools demo up down status restart logs check test screenshots simulate fmt lint types structure bench bench-access bench-sessions bench-replay bench-pages faults migrate streams rebuild rotate-keys schema

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

comma := ,
rings := $(subst $(comma), ,$(or $(ring),unit int e2e))
# What a verb needs besides, from the bootstrap: a browser, for the tests and pictures that open the dashboard.
test: besides := $(if $(filter e2e,$(rings)),browser)
screenshots bench-pages: besides := browser

tools: ## Bring Node, pnpm, the packages and nats-server into .tools/ and node_modules/ (every verb does it first)
	@PATH="$(machine_path)" node infra/dev/bootstrap/main.mjs $(besides)

demo: tools ## A message there and a reply back, end to end, with a timeline: make demo TEXT="hello"
	@$(node) infra/dev/src/demo.ts

up: tools ## Start the whole stack on this machine, or what is missing of it
	@$(node) infra/dev/src/main.ts up

down: tools ## Stop the stack; its data stays in .data/
	@$(node) infra/dev/src/main.ts down

status: tools ## Say what runs and where
	@$(node) infra/dev/src/main.ts status

restart: tools ## Stop and start the services, or one: make restart s=worker
	@$(node) infra/dev/src/main.ts restart

logs: tools ## Follow the logs of all, or of one: make logs s=gateway
	@$(node) infra/dev/src/main.ts logs

check: lint types structure ## Formatting, lint, types and the rules of the tree (what CI asks first)

test: tools ## All tests: unit, then integration, then end to end; one ring: make test ring=unit
	@$(node) infra/testing/src/main.ts

screenshots: tools ## Picture every page of the dashboard, in both themes and two widths, into .data/screenshots/ and docs/screenshots/
	@$(node) infra/journeys/src/screenshots/main.ts

simulate: tools ## Sessions and leases under faults in virtual time; longer: make simulate SEEDS=100000 FIRST_SEED=1
	@$(bin)/vitest run --project unit .simulation.test

fmt: tools ## Format and fix what can be fixed
	@$(bin)/biome check --write .

lint: tools ## Formatting and lint, changing nothing
	@$(bin)/biome check --error-on-warnings .

types: tools ## Type-check everything
	@$(bin)/tsc --noEmit -p .
	@cd ui && PATH="$(CURDIR)/ui/node_modules/.bin:$$PATH" && svelte-check --output human --fail-on-warnings

structure: tools ## Who may import whom, where side effects may live, links that exist
	@$(bin)/vitest run --project unit infra/testing

bench: tools ## Bare Baileys against the whole pipeline on one sandbox: latency, rate, CPU, memory
	@$(node) infra/bench/src/main.ts

faults: tools ## Break real processes and judge what came of it; one: make faults f=engine_killed seeds=3 seed=17
	@$(node) infra/faults/src/main.ts

bench-sessions: tools ## Many linked sessions in one engine: memory, idle CPU, takeover, traffic: make bench-sessions N=1000
	@N=$(N) $(node) infra/bench/src/sessions/main.ts

bench-access: tools ## What a key check costs with 500 tenants and 2,000 keys, and how soon a revocation reaches three gateways
	@$(node) infra/bench/src/access/main.ts

bench-replay: tools ## What it takes to read a session's log at a takeover, with and without a snapshot: make bench-replay RECORDS=20000
	@$(node) infra/bench/src/replay/main.ts

bench-pages: tools ## What the dashboard's pages weigh, how soon they can be used, and how a full inbox scrolls: make bench-pages RUNS=5
	@RUNS=$(RUNS) CHATS=$(CHATS) MESSAGES=$(MESSAGES) $(node) infra/bench/src/pages/main.ts

migrate: tools ## Apply the database migrations to the running stack
	@$(node) infra/dev/src/main.ts migrate

streams: tools ## Apply streams, buckets and consumers to the running broker
	@$(node) infra/dev/src/main.ts streams

rebuild: tools ## Rebuild the read models from EVENTS, or one: make rebuild p=session_view
	@$(node) infra/dev/src/main.ts rebuild

rotate-keys: tools ## Put what older master keys sealed under the current one (docs/runbooks/master-key.md)
	@$(node) infra/dev/src/main.ts rotate-keys

schema: tools ## Refresh the schema dump; with name=add_delivery_attempt also write the migration for changed tables
	@$(node) infra/dev/src/main.ts schema
