// Tenants and keys come from the gateway's command line, which prints JSON.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { at } from '../paths.ts'
import { baseEnv } from '../servers/process.ts'
import { environmentOf, type Wiring } from './components.ts'

const run = promisify(execFile)

/** Runs `services/gateway/src/admin.ts` with the environment of the stack's gateway. Rejects with what it complained about. */
export async function admin(wiring: Wiring, args: readonly string[], signal: AbortSignal): Promise<unknown> {
  const env = { ...baseEnv(), ...environmentOf('gateway', wiring), LOG_LEVEL: 'error' }
  const options = { cwd: at('.'), env, signal }
  try {
    const { stdout } = await run(process.execPath, [at('services/gateway/src/admin.ts'), ...args], options)
    return JSON.parse(stdout)
  } catch (error) {
    const complaint = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw complaint === '' ? error : new Error(complaint.split('\n')[0])
  }
}
