// A new owner's session before it does anything: the log is its own, the memory is read, and what the last owner left
// unpublished is on its way.
import { createRelay, type Relay } from '../log/relay.ts'
import { type Takeover, takeOver } from '../log/takeover.ts'
import type { SessionDeps } from './deps.ts'

export type TakenUp = { taken: Takeover; relay: Relay }

/** `onFenced` is called at most once, and possibly before this resolves: then it rejects. */
export async function takeUp(deps: SessionDeps, onFenced: () => void): Promise<TakenUp> {
  const made: { relay?: Relay } = {}
  const takeover = { ...deps.takeover, report: deps.warn, relayed: () => made.relay?.relayed() ?? 0, onFenced }
  const taken = await takeOver(takeover, deps.ahead)
  const { log, relayed, unpublished } = taken
  const { publish, pause } = deps
  const durability = { durable: (at: number) => log.durable(at), isDurable: (at: number) => log.isDurable(at) }
  const relay = createRelay({ ...durability, publish, pause }, relayed)
  relay.push(unpublished, 0)
  made.relay = relay
  deps.onTakenOver(taken.replayed)
  return { taken, relay }
}
