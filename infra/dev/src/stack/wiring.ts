import type { Wiring } from './components.ts'
import { choosePorts } from './ports.ts'
import { loadSecrets } from './secrets.ts'
import { readState } from './state.ts'

/** The wiring of the stack in `dir` as it was last started: ports from its state, secrets from its file. */
export async function wiringOf(dir: string, passedOn: Record<string, string> = {}): Promise<Wiring> {
  const state = readState(dir)
  return { port: await choosePorts({}, state), secrets: loadSecrets(dir), partitions: state.partitions || 64, passedOn }
}
