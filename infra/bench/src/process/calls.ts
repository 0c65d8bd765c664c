// Calls between the bench and its own child processes: one request, one answer, over Node's IPC channel.
import { type ChildProcess, fork } from 'node:child_process'
import { processId, stopProcess } from '@wagate/dev/servers/process-id.ts'

/** What a child can be asked: name → what the call takes and gives. */
export type Calls = Record<string, { takes: unknown; gives: unknown }>

type Request = { id: number; name: string; takes: unknown }
type Answer = { id: number; gives: unknown } | { id: number; error: string }

export type Child<C extends Calls> = {
  pid: number
  /** Rejects when the call throws in the child, or when the child ends. */
  ask<Name extends keyof C & string>(name: Name, takes: C[Name]['takes']): Promise<C[Name]['gives']>
} & AsyncDisposable

/** Starts a program of the bench. `nodeOptions` are Node's own, such as `--cpu-prof`. */
export function startChild<C extends Calls>(main: URL, nodeOptions: string[] = []): Child<C> {
  // Structured clone instead of JSON: latencies come as typed arrays.
  const child = fork(main, {
    serialization: 'advanced',
    execArgv: nodeOptions,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve: (gives: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0

  child.on('message', (message) => {
    const answer = message as Answer
    const call = waiting.get(answer.id)
    waiting.delete(answer.id)
    if ('error' in answer) call?.reject(new Error(answer.error))
    else call?.resolve(answer.gives)
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${main.pathname} ended with ${signal ?? code}`))
    waiting.clear()
  })
  const pid = pidOf(child)
  return {
    pid,
    ask(name, takes) {
      const id = ++lastId
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }))
      child.send({ id, name, takes } satisfies Request)
      return answer as Promise<C[typeof name]['gives']>
    },
    async [Symbol.asyncDispose]() {
      const own = processId(pid)
      if (own) await stopProcess(own, 'SIGTERM', 5_000)
    },
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('a program of the bench did not start')
  return child.pid
}

export type Handlers<C extends Calls> = { [Name in keyof C]: (takes: C[Name]['takes']) => Promise<C[Name]['gives']> }

/** The child's side: what `process` offers of the channel. */
export type Channel = {
  on(event: 'message', listener: (message: unknown) => void): void
  send?(message: unknown): void
}

export function answerCalls<C extends Calls>(channel: Channel, handlers: Handlers<C>): void {
  channel.on('message', async (message) => {
    const { id, name, takes } = message as Request
    try {
      channel.send?.({ id, gives: await handlers[name]?.(takes) } satisfies Answer)
    } catch (error) {
      channel.send?.({
        id,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies Answer)
    }
  })
}
