import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const token = 'a-token-for-the-example'
const processes: ChildProcess[] = []

function run(file: string, env: Record<string, string>): ChildProcess {
  const started = spawn(process.execPath, [file], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  processes.push(started)
  return started
}

async function firstLine(from: ChildProcess, wanted: RegExp): Promise<string> {
  if (!from.stdout) throw new Error('the process has no output')
  for await (const line of createInterface(from.stdout)) if (wanted.test(line)) return line
  throw new Error(`the process ended without a line like ${wanted}`)
}

afterEach(async () => {
  for (const started of processes.splice(0)) {
    if (started.exitCode !== null) continue
    started.kill()
    await once(started, 'exit')
  }
})

test('the Baileys example links to a sandbox, sends, receives and ends well', async () => {
  const sandbox = run('services/sandbox/src/main.ts', { SANDBOX_PORT: '0', SANDBOX_CONTROL_TOKEN: token })
  const { url } = JSON.parse(await firstLine(sandbox, /sandbox\.started/))
  const example = run('docs/examples/baileys-sandbox.ts', { SANDBOX_URL: url, SANDBOX_CONTROL_TOKEN: token })
  const exited = once(example, 'exit')
  expect(await firstLine(example, /says/)).toBe('Bob says: hello Alice')
  expect(await exited).toEqual([0, null])

  const headers = { authorization: `Bearer ${token}` }
  const stats = await (await fetch(`${url}/control/stats?realm=example`, { headers })).json()
  expect(stats).toMatchObject({ links: 1, undecryptable: 0, duplicates_received: 0 })

  sandbox.kill()
  expect(await once(sandbox, 'exit')).toEqual([0, null])
})
