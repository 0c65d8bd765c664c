// `make bench-pages`: what the dashboard's pages weigh, and how soon they can be read and used. See docs/benchmarks.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { at } from '@wagate/dev/paths.ts'
import { components } from '@wagate/dev/stack/components.ts'
import { openBrowser } from '@wagate/journeys/browser.ts'
import { lookersAt, signIn } from '@wagate/journeys/lookers.ts'
import { pages, pathOf } from '@wagate/journeys/pages.ts'
import { createOwner } from '@wagate/journeys/people.ts'
import { createSample } from '@wagate/journeys/sample.ts'
import type { Kept } from '@wagate/journeys/visitor.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { cpuBetween, readCpu } from '../measure/cpu.ts'
import { loadConfig } from './config.ts'
import { fillInbox } from './fill-inbox.ts'
import { type Load, load } from './load.ts'
import { type PagesResults, renderPages } from './render.ts'
import { type Scrolled, scroll } from './scroll.ts'

/** What people see first, by its name in the table of pages, and what they come back to. */
const measured = ['sign-in', 'sign-up', 'start', 'overview', 'inbox', 'sessions']

const config = loadConfig(process.env)
const folder = at('.data/bench/pages')
mkdirSync(folder, { recursive: true })
const startedAt = new Date()
const startedAtMs = performance.now()
const say = (what: string) =>
  process.stderr.write(`${((performance.now() - startedAtMs) / 1_000).toFixed(0).padStart(4)} s  ${what}\n`)

say('starting a stack, a browser, and an account that is used')
await using disposables = new AsyncDisposableStack()
const stack = disposables.use(await startStack({ only: components.map(({ name }) => name) }))
const browser = await openBrowser()
disposables.defer(() => browser.close())
const sample = await createSample(stack)
const lookers = await lookersAt(stack, browser, sample)
const whole = () => readCpu({ bench: [process.pid] })
const before = whole()

const loads: Record<string, Load[]> = {}
async function measure(name: string, kept: Kept, path: string): Promise<void> {
  say(`${config.runs} times ${name}`)
  const url = new URL(path, stack.url('ui')).href
  // The server's own first time, which reads its files, is nobody's.
  await load(browser, kept, url)
  const runs: Load[] = []
  for (let run = 0; run < config.runs; run++) runs.push(await load(browser, kept, url))
  loads[name] = runs
}
for (const name of measured) {
  const page = pages.find((one) => one.name === name)
  if (!page) throw new Error(`there is no page ${name}`)
  await measure(name, lookers[page.by ?? 'person'], pathOf(page.path, sample.ids))
}

say(`${config.messages} messages in ${config.chats} chats`)
const owner = await createOwner(stack, { name: 'Zoe', email: 'zoe@example.com', company: 'Trattoria Zoe' })
const { id: sessionId } = await owner.api.createSession({ name: 'Reservations' })
const sql = openPostgres({
  ...{ url: stack.environmentOf('projector').DATABASE_URL ?? '', applicationName: 'bench', max: 1 },
})
const [longest = ''] = await fillInbox(sql, { tenantId: owner.tenantId, sessionId }, config, Date.now())
await sql.end()
const { in: kept } = await signIn(browser, stack.url('ui'), owner)
const inbox = `/${owner.tenantId}/test/inbox`
await measure('full inbox', kept, inbox)
await measure('long chat', kept, `${inbox}/${longest}`)
say(`${config.runs} times through chats and messages`)
const scrolled: Record<'chats' | 'messages', Scrolled>[] = []
for (let run = 0; run < config.runs; run++)
  scrolled.push(await scroll(browser, kept, new URL(`${inbox}/${longest}`, stack.url('ui')).href))

const [{ model = 'an unknown CPU' } = {}] = cpus()
const results: PagesResults = {
  at: startedAt.toISOString(),
  machine: {
    cores: availableParallelism(),
    cpu: model,
    node: process.versions.node,
    browser: browser.version(),
  },
  config,
  elapsedMs: performance.now() - startedAtMs,
  foreignCores: cpuBetween(before, whole()).foreignCores,
  loads,
  scrolled,
}
const file = join(folder, `${results.at.slice(0, 19).replaceAll(':', '-')}.json`)
writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`)
process.stdout.write(`\n${renderPages(results)}\n\nAll figures: ${file}\nWhat they mean: docs/benchmarks.md\n`)
