// `make bench-access`: what a key check costs with many tenants and keys, and how soon a revocation has reached three gateways.
// See docs/benchmarks.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { connectAs } from '../connect-as.ts'
import { cpuBetween, readCpu } from '../measure/cpu.ts'
import { measureCheck } from './check.ts'
import { loadConfig } from './config.ts'
import { fill } from './fill.ts'
import { measureOverHttp } from './over-http.ts'
import { type AccessResults, renderAccess } from './render.ts'
import { measureRevocations } from './revocation.ts'

const config = loadConfig(process.env)
const folder = at('.data/bench/access')
mkdirSync(folder, { recursive: true })
const startedAt = new Date()
const startedAtMs = performance.now()
const say = (what: string) =>
  process.stderr.write(`${((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)

say('starting a broker, PostgreSQL and three gateways')
const limits = { RATE_LIMIT_PER_SECOND: '100000', RATE_LIMIT_BURST: '100000' }
await using stack = await startStack({ only: ['gateway'], passedOn: limits })
const others = [await stack.another('gateway'), await stack.another('gateway')]
const gateways = [stack.url('gateway'), ...others.map(({ url }) => url)]
const whole = () => readCpu({ bench: [process.pid] })
const before = whole()
const broker = await connectAs(stack, 'gateway')
const url = stack.environmentOf('gateway').DATABASE_URL ?? ''
const sql = openPostgres({ url, applicationName: 'bench', max: 8 })

say(`making ${config.tenants} tenants with ${config.keys} keys`)
const fillingFromMs = performance.now()
const keys = await fill({ broker, sql }, config)
const filledMs = performance.now() - fillingFromMs

say(`${config.checks} key checks in this process`)
const check = await measureCheck(broker, keys, config.checks)
await broker.drain()
await sql.end()

say(`${config.rounds} rounds of ${config.requests} requests without and with a key`)
const http = await measureOverHttp({ url: stack.url('gateway'), pid: stack.pid('gateway') }, keys, config)

say(`${config.revocations} revocations at three gateways`)
const revocation = await measureRevocations(gateways, keys[0]?.text ?? '', config.revocations)

const [{ model = 'an unknown CPU' } = {}] = cpus()
const results: AccessResults = {
  at: startedAt.toISOString(),
  machine: { cores: availableParallelism(), cpu: model, node: process.versions.node },
  config,
  elapsedMs: performance.now() - startedAtMs,
  foreignCores: cpuBetween(before, whole()).foreignCores,
  ...{ filledMs, check, http, revocation },
}
const file = join(folder, `${results.at.slice(0, 19).replaceAll(':', '-')}.json`)
writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
process.stdout.write(`\n${renderAccess(results)}\n\nAll figures: ${file}\nWhat they mean: docs/benchmarks.md\n`)
