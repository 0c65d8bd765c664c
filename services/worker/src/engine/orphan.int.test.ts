import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'

const engine = fileURLToPath(new URL('./main.ts', import.meta.url))

/** A zombie is still there for `kill`, and gone for everybody else. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}

test.each([
  ['at once', 0],
  ['while the engine is loading', 300],
  ['while the engine waits for the broker', 3_000],
])('an engine ends with its supervisor, killed %s', async (_, afterMs) => {
  const supervisor = `
    const engine = require('node:child_process').fork(${JSON.stringify(engine)}, { stdio: 'ignore', env: process.env })
    process.stdout.write(String(engine.pid), () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), ${afterMs}))`
  const { stdout } = spawnSync(process.execPath, ['-e', supervisor], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      ENGINE_ID: 'orphan',
      NATS_URL: 'nats://127.0.0.1:9',
      MASTER_KEY: Buffer.alloc(32).toString('base64'),
      MASTER_KEY_ID: 'k1',
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_BUCKET: 'wagate',
      S3_ACCESS_KEY_ID: 'id',
      S3_SECRET_ACCESS_KEY: 'secret',
      SANDBOX_WS_URL: 'ws://127.0.0.1:9/ws/chat',
    },
  })
  const pid = Number(stdout)
  expect(pid).toBeGreaterThan(0)
  await waitFor(() => !isRunning(pid), { what: 'the engine to end', deadlineMs: 20_000 })
})
