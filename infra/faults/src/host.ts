// A worker as a fault sees it: a host with a supervisor and its engines.
import { processId } from '@wagate/dev/servers/process-id.ts'
import { enginePids } from '@wagate/testing/engines.ts'
import type { Companion } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'

export type Host = {
  /** `wrk_…`: the engines' ids, and so the owners in the session logs, begin with it. */
  workerId: string
  supervisor: number
  url: string
  engines(): number[]
  /** A signal for one process. */
  signal(pid: number, signal: NodeJS.Signals): void
  /** The same signal for supervisor and engines. */
  signalAll(signal: NodeJS.Signals): void
  stop(): Promise<void>
  until(condition: () => boolean, what: string): Promise<unknown>
  /** Lines of its log that tell of this event, parsed. */
  told(event: string): LogLine[]
}

export type LogLine = { event: string; atMs: number } & Record<string, unknown>

export async function hostOf(program: Companion, engines: number): Promise<Host> {
  const workerId = /"workerId":"(wrk_[0-9a-f]+)"/.exec(program.log())?.[1]
  if (!workerId) throw new Error('the worker does not say who it is')
  const running = () => enginePids(program.pid)
  await waitFor(() => running().length === engines, { what: `${engines} engines to run`, deadlineMs: 30_000 })
  const signal = (pid: number, name: NodeJS.Signals) => {
    if (processId(pid)) process.kill(pid, name)
  }
  return {
    workerId,
    supervisor: program.pid,
    url: program.url,
    engines: running,
    signal,
    signalAll(name) {
      // The children first: a supervisor that goes first takes them along, and nothing would be left to signal.
      for (const pid of [...running(), program.pid]) signal(pid, name)
    },
    stop: () => program.stop(30_000),
    until: (condition, what) => waitFor(condition, { what, deadlineMs: 30_000 }),
    told: (event) =>
      program
        .log()
        .split('\n')
        .filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => {
          const parsed = JSON.parse(line)
          return { ...parsed, atMs: typeof parsed.time === 'number' ? parsed.time : Date.parse(parsed.time) }
        }),
  }
}
