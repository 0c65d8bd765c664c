// Points at which a fault test has an engine killed. They can be named only where nobody is served: on a machine of its own with
// its broker beside it, not in production, and a poisonous message only in sessions that are linked to the sandbox.
import type { Mode } from '@wagate/messages/envelope.ts'
import { z } from 'zod'
import type { Step } from './engine/deps.ts'

/** `queued@20`: the process is killed when it reaches the step for the 20th time. */
const point = /^(queued|intent|frame|inbound|relayed|snapshot)@[1-9]\d*$/
/** `sending:deadly`: every engine is killed when it hands a message with exactly that text over; `taking`: before it is in the log. */
const poison = /^(taking|sending):[^,]+$/

const listOf = (isOne: (text: string) => boolean, example: string) =>
  z
    .string()
    .transform((list) => list.split(','))
    .refine((points) => points.every(isOne), `must be like ${example}`)
    .optional()

export const faultEnv = {
  /** Comma-separated: each engine that is started takes the next one. */
  FAULT_POINTS: listOf((text) => text === 'none' || point.test(text), 'queued@20'),
  /** Comma-separated; all of them hold for every engine. */
  FAULT_POISON: listOf((text) => poison.test(text), 'sending:deadly'),
}

export const engineFaultEnv = { FAULT_POINT: z.string().regex(point).optional(), FAULT_POISON: faultEnv.FAULT_POISON }

/** What keeps the variables above from being set, or undefined. */
export function faultsForbidden(environment: string, servers: readonly string[]): string | undefined {
  if (environment === 'production') return 'is for fault tests, never with WAGATE_ENV=production'
  const isBeside = servers.every((url) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname))
  return isBeside ? undefined : 'is for fault tests, with a broker on this machine'
}

export type FaultPoint = { step: string; count: number }

/** The process is killed when the step is reached for the n-th time. */
export function createFaultPoint(fault: FaultPoint | undefined, kill: () => never): (step: Step) => void {
  let left = fault?.count ?? 0
  return (step) => {
    if (!fault || step !== fault.step) return
    left -= 1
    if (left === 0) kill()
  }
}

/** Called with the text of a message: before it is taken into the log, before it is encrypted. */
export type Handling = (step: 'taking' | 'sending', text: string) => void

/** Undefined for sessions of real accounts, and without poison. */
export function poisonFor(mode: Mode, poisons: readonly string[], kill: () => never): Handling | undefined {
  if (mode !== 'test' || poisons.length === 0) return undefined
  return (step, text) => {
    if (poisons.includes(`${step}:${text}`)) kill()
  }
}
