// The way between a machine and the broker: slow, and now and then a request or its answer is lost, or a request arrives
// twice, or long after its sender gave it up. Requests of one machine to one store keep their order, as on one connection.
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { Time } from './time.ts'

export type Weather = {
  /** Probabilities per request. */
  lostRequest: number
  lostAnswer: number
  late: number
  twice: number
}

export const calm: Weather = { lostRequest: 0, lostAnswer: 0, late: 0, twice: 0 }

export type Network = {
  request: <Answer>(machine: Machine, store: string, perform: () => Answer, timeoutMs?: number) => Promise<Answer>
  /** From a store to a machine, in order; what comes while it is cut off arrives when it is back. */
  deliver: (machine: Machine, channel: string, run: () => void) => void
  /** Nobody reaches the broker for so long. */
  outage: (ms: number) => void
  setWeather: (weather: Weather) => void
}

const defaultTimeoutMs = 5_000

export function createNetwork(time: Time, random: Random): Network {
  let weather = calm
  let awayUntilMs = 0
  const queues = new Map<string, (() => void)[]>()
  const nextArrivalMs = new Map<string, number>()

  /** Mostly a few milliseconds; a late one is later than most senders wait. */
  const delayMs = (): number => (random.chance(weather.late) ? random.between(200, 9_000) : random.between(1, 8))

  /** In how many ms something sent now over that channel arrives: never before what was sent before it. */
  function arrivesIn(channel: string): number {
    const atMs = Math.max(time.nowMs() + delayMs(), nextArrivalMs.get(channel) ?? 0)
    nextArrivalMs.set(channel, atMs)
    return atMs - time.nowMs()
  }

  const unreachable = (machine: Machine): boolean => time.nowMs() < awayUntilMs || !machine.reaches('broker')

  function request<Answer>(
    machine: Machine,
    store: string,
    perform: () => Answer,
    timeoutMs = defaultTimeoutMs,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!machine.acts()) return
      let settled = false
      const settle = (how: () => void): void => {
        if (settled) return
        settled = true
        timeout.cancel()
        how()
      }
      const timeout = machine.after(timeoutMs, () =>
        settle(() => reject(new BrokerUnavailable('timeout', { mayHaveHappened: true }))),
      )
      if (unreachable(machine)) {
        if (random.chance(0.5)) return
        const refused = new BrokerUnavailable('no-responders', { mayHaveHappened: false })
        machine.after(random.between(1, 50), () => settle(() => reject(refused)))
        return
      }
      const arrive = (): void => {
        if (unreachable(machine)) return
        const answer = outcomeOf(perform)
        if (random.chance(weather.lostAnswer)) return
        time.after(delayMs(), () => {
          if (unreachable(machine)) return
          machine.run(() => settle(() => (answer.ok ? resolve(answer.value) : reject(answer.error))))
        })
      }
      const channel = `${machine.id} ${store}`
      if (!random.chance(weather.lostRequest)) time.afterQuietly(arrivesIn(channel), arrive)
      if (random.chance(weather.twice)) time.afterQuietly(arrivesIn(channel), arrive)
    })
  }

  function deliver(machine: Machine, name: string, run: () => void): void {
    const channel = `${name} ${machine.id}`
    const queue = queues.get(channel) ?? []
    queues.set(channel, queue)
    queue.push(run)
    const arrive = (): void => {
      const waitMs = Math.max(machine.cutFor('broker'), awayUntilMs - time.nowMs())
      if (waitMs > 0) time.after(waitMs, arrive)
      else machine.run(queue.shift() ?? (() => {}))
    }
    time.after(arrivesIn(channel), arrive)
  }

  return {
    request,
    deliver,
    outage: (ms) => {
      awayUntilMs = Math.max(awayUntilMs, time.nowMs() + ms)
    },
    setWeather: (next) => {
      weather = next
    },
  }
}

type Outcome<Value> = { ok: true; value: Value } | { ok: false; error: unknown }

function outcomeOf<Value>(perform: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: perform() }
  } catch (error) {
    return { ok: false, error }
  }
}
