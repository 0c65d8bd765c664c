// How fast a session may write. Gateway and worker agree here: a session's record holds what was asked for, `paceOf` what holds.
import { z } from 'zod'
import type { Mode } from './envelope.ts'

export const pacingBounds = {
  perSecond: { min: 0.01, max: 10 },
  burst: { min: 1, max: 50 },
  newChatsPerHour: { min: 1, max: 1_000 },
  jitterMs: { min: 0, max: 30_000 },
} as const

const within = ({ min, max }: { min: number; max: number }) => z.number().min(min).max(max)

export const pacing = z.object({
  /** Sustained messages per second; null = no limit, in the sandbox only. */
  perSecond: within(pacingBounds.perSecond).nullable(),
  /** Messages that may go at once after a rest. */
  burst: within(pacingBounds.burst).int(),
  /** First messages to people whom the account has neither written to nor heard from, in any hour; null = no limit, in the sandbox only. */
  newChatsPerHour: within(pacingBounds.newChatsPerHour).int().nullable(),
  /** Between two messages lies a random pause of at least a sixth of this and at most all of it. */
  jitterMs: within(pacingBounds.jitterMs).int(),
})
export type Pacing = z.infer<typeof pacing>

/** WhatsApp restricts accounts that write faster than people do, and those that write to many strangers. The sandbox does not. */
export const defaultPacing: Record<Mode, Pacing> = {
  live: { perSecond: 1, burst: 5, newChatsPerHour: 10, jitterMs: 3_000 },
  test: { perSecond: null, burst: 1, newChatsPerHour: null, jitterMs: 0 },
}

type Asked = { [Field in keyof Pacing]?: Pacing[Field] | undefined }

/** The pace in force: what was asked for, and the mode's default for the rest. */
export function paceOf({ mode, pacing: asked = {} }: { mode: Mode; pacing?: Asked | undefined }): Pacing {
  const usual = defaultPacing[mode]
  return {
    perSecond: asked.perSecond === undefined ? usual.perSecond : asked.perSecond,
    burst: asked.burst ?? usual.burst,
    newChatsPerHour: asked.newChatsPerHour === undefined ? usual.newChatsPerHour : asked.newChatsPerHour,
    jitterMs: asked.jitterMs ?? usual.jitterMs,
  }
}
