// `make demo`: brings the stack up if needed, then sends a message and receives the reply through the public API alone.
// TEXT is what is sent. Exits 0 when every step succeeded, else 1 with the step that did not.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { loadConfig } from './config.ts'
import type { Feed } from './demo/feed.ts'
import { createScreen } from './demo/screen.ts'
import { explainFailure, StepFailed, type StepSpec } from './demo/steps.ts'
import { tellStory } from './demo/story.ts'
import { at } from './paths.ts'
import { writeEnvFile } from './stack/env-file.ts'
import { createReport, type Report } from './stack/report.ts'
import { logFile } from './stack/start.ts'
import { up } from './stack/up.ts'

if (existsSync(at('.env'))) process.loadEnvFile(at('.env'))
const config = loadConfig(process.env)
const out = process.stdout
const isTerminal = (out.isTTY ?? false) && process.env.TERM !== 'dumb'
const colour = isTerminal && !process.env.NO_COLOR
const screen = createScreen({
  write: (text) => out.write(text),
  columns: out.columns || 80,
  colour,
  live: isTerminal,
})
const monotonicMs = () => performance.now()
const logOf = (component: string) => {
  const fromHere = relative(process.cwd(), logFile(config.dir, component))
  return fromHere.startsWith('..') ? logFile(config.dir, component) : fromHere
}

screen.say()
screen.say(`${screen.paint('Wagate', 'bold')}: a message there and a reply back, through the public API`)
screen.say()

const heard: { feed?: Feed } = {}
try {
  const wiring = await bringUp()
  await tellStory({
    wiring,
    dir: config.dir,
    text: process.env.TEXT || 'hello',
    screen,
    colour,
    monotonicMs,
    onFeed: (feed) => {
      heard.feed = feed
    },
  })
} catch (error) {
  const { title, entries } = explainFailure(error, { seen: heard.feed?.seen(), logOf })
  screen.say()
  screen.say(`${screen.paint('failed', 'bad', 'bold')}  ${title}`)
  screen.say()
  for (const [name, text] of entries) screen.entry(name, text)
  screen.say()
  process.exit(1)
}

function upStep(failed: readonly string[]): StepSpec {
  // Each part has that long.
  return { where: 'make', what: 'up', expected: 'every part of the stack serves', look: failed, withinMs: 60_000 }
}

/** Tells only of what had to be started, or could not be. */
async function bringUp() {
  const startedAtMs = monotonicMs()
  const report = createReport(out, colour)
  const news: Report = {
    ...report,
    line: (name, state, details) => state !== 'running' && report.line(name, state, details),
  }
  const { wiring, failed, started } = await up({ ...config, only: undefined, detached: true, report: news })
  if (failed.length > 0) throw new StepFailed(upStep(failed), new Error(`not up: ${failed.join(', ')}`))
  writeEnvFile(config.dir, wiring)
  const seconds = ((monotonicMs() - startedAtMs) / 1_000).toFixed(1)
  screen.say(
    screen.paint(started === 0 ? `The stack was up (${seconds} s).` : `The stack is up after ${seconds} s.`, 'dim'),
  )
  screen.say()
  return wiring
}
