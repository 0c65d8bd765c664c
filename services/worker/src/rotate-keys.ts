// `make rotate-keys`, the sessions' part: wraps every data key under the current master key. Sessions go on meanwhile. Run it with
// the worker's environment; running it again changes nothing.
import { connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { loadRotationConfig } from './config.ts'
import { rewrapKey } from './log/data-key.ts'

const progressEvery = 1_000
const say = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const { broker: access, master } = loadRotationConfig(env)
  const broker = await connectBroker({ ...access, name: 'rotate-keys', logger: silentLogger() })
  try {
    const bucket = await broker.kv('session_keys')
    const counts = { rewrapped: 0, current: 0, gone: 0, failed: 0 }
    for await (const name of bucket.keys()) {
      const [tenantId = '', sessionId = ''] = name.split('.')
      try {
        counts[await rewrapKey(bucket, master, tenantId, sessionId)] += 1
      } catch (error) {
        counts.failed += 1
        say(`${name}: ${error instanceof Error ? error.message : 'unknown'}`)
      }
      const done = counts.rewrapped + counts.current + counts.gone + counts.failed
      if (done % progressEvery === 0) say(`${done} session keys looked at`)
    }
    process.stdout.write(`${JSON.stringify({ sealed: 'session keys', masterKeyId: master.id, ...counts })}\n`)
    if (counts.failed > 0) process.exitCode = 1
  } finally {
    await broker.drain()
  }
}

await main(process.env).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
