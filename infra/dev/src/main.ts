// The verbs of the development stack, as `make` calls them: up, down, restart, status, logs, migrate, schema, streams, rebuild, rotate-keys.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { loadConfig } from './config.ts'
import { at } from './paths.ts'
import { baseEnv } from './servers/process.ts'
import { components, environmentOf, urlOf } from './stack/components.ts'
import { down } from './stack/down.ts'
import { writeEnvFile } from './stack/env-file.ts'
import { followLogs } from './stack/logs.ts'
import { createReport } from './stack/report.ts'
import { prepare } from './stack/start.ts'
import { readState, runningEntry } from './stack/state.ts'
import { up } from './stack/up.ts'
import { wiringOf } from './stack/wiring.ts'

if (existsSync(at('.env'))) process.loadEnvFile(at('.env'))
const config = loadConfig(process.env)
const report = createReport(process.stdout, process.stdout.isTTY ?? false)
const named = config.only ? components.filter(({ name }) => config.only?.includes(name)) : undefined

const verbs: Record<string, () => Promise<void>> = {
  async up() {
    const startedAt = performance.now()
    const { wiring, failed, started } = await up({ ...config, detached: true, report })
    writeEnvFile(config.dir, wiring)
    if (failed.length > 0) {
      report.say(`\nNot up: ${failed.join(', ')}. Logs: make logs s=${failed[0]}`)
      process.exitCode = 1
      return
    }
    if (config.only && !config.only.includes('gateway')) return
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    const what = started === 0 ? 'Everything was up already' : `Up in ${seconds} s`
    report.say(`\n${what}: ${urlOf('gateway', wiring.port.gateway)}/docs  (make logs, make down)`)
    report.say(`Mails to people, such as sign-ups: ${urlOf('mail', wiring.port.mail)}`)
  },

  async down() {
    await down({ dir: config.dir, only: named, report })
  },

  async restart() {
    await down({ dir: config.dir, only: named ?? components.filter(({ kind }) => kind === 'service'), report })
    await verbs.up?.()
  },

  async status() {
    const state = readState(config.dir)
    for (const { name } of components) {
      const entry = runningEntry(state, name)
      if (entry) report.line(name, 'running', { text: `${entry.url}  pid ${entry.pid}` })
      else report.line(name, 'down')
    }
  },

  async logs() {
    const stop = followLogs(config.dir, config.only, (line) => process.stdout.write(line))
    process.once('exit', stop)
    process.stdout.once('error', () => process.exit()) // the reader has gone: `make logs | head`
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit())
  },

  async migrate() {
    await prepare('migrations', { dir: config.dir, wiring: await wiringOf(config.dir) })
    report.line('migrations', 'done')
  },

  async schema() {
    const name = process.env.name
    if (name) runInteractively('pnpm', ['exec', 'drizzle-kit', 'generate', '--name', name], at('schemas/db'))
    const refresh = ['run', '--project', 'int', '--update', 'schemas/db/src/migrations.int.test.ts']
    runInteractively(at('node_modules/.bin/vitest'), refresh, at('.'))
  },

  async rebuild() {
    const env = { ...baseEnv(), ...environmentOf('projector', await wiringOf(config.dir, config.passedOn)) }
    runInteractively(process.execPath, [at('services/projector/src/rebuild.ts'), process.env.p ?? 'all'], at('.'), env)
  },

  async 'rotate-keys'() {
    const wiring = await wiringOf(config.dir, config.passedOn)
    for (const name of ['worker', 'gateway'] as const) {
      const env = { ...baseEnv(), ...environmentOf(name, wiring) }
      runInteractively(process.execPath, [at(`services/${name}/src/rotate-keys.ts`)], at('.'), env)
    }
  },

  async streams() {
    await prepare('streams', { dir: config.dir, wiring: await wiringOf(config.dir, config.passedOn) })
    report.line('streams', 'done')
  },
}

function runInteractively(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env): void {
  const { status } = spawnSync(command, args, { cwd, env, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const verb = process.argv[2] ?? ''
const run = verbs[verb]
if (!run) throw new Error(`${verb || 'nothing'} is not one of ${Object.keys(verbs).join(', ')}`)
await run()
