// Everything that a run measured: what the JSON file holds and what the table is made of.
import type { BareBaileys } from '../bare-baileys/measure.ts'
import type { BenchConfig } from '../config.ts'
import type { BrokerUse } from '../measure/broker.ts'
import type { CpuUse } from '../measure/cpu.ts'
import type { Accepting } from '../pipeline/accept.ts'
import type { Drain } from '../pipeline/drain.ts'
import type { EndToEnd } from '../pipeline/end-to-end.ts'
import type { Idle } from '../pipeline/idle.ts'
import type { Inbound } from '../pipeline/inbound.ts'
import { servers, services } from '../pipeline/world.ts'
import type { Counters } from '../sandbox/control.ts'

export type Machine = { cores: number; cpu: string; memoryBytes: number; node: string; platform: string }

export type Results = {
  at: string
  machine: Machine
  config: BenchConfig
  elapsedMs: number
  /** CPU that programs outside of the bench took over the whole run, in cores. Above a tenth the figures are noisy. */
  foreignCores: number
  bare: BareBaileys
  accepting: Accepting
  endToEnd: EndToEnd
  drain: Drain
  inbound: Inbound
  idle: Idle
  /** What the network and the phones counted over the whole run. */
  network: Counters
}

const sumOf = (names: readonly string[], byPart: Record<string, number>): number =>
  names.reduce((sum, name) => sum + (byPart[name] ?? 0), 0)

/** ms of CPU per message, by part. */
export const perMessage = ({ byPart }: CpuUse, messages: number): Record<string, number> =>
  Object.fromEntries(Object.entries(byPart).map(([name, ms]) => [name, ms / messages]))

/** The worker is its supervisor and its engines. */
export const workerOf = (byPart: Record<string, number>): number => sumOf(['supervisor', 'engines'], byPart)
export const servicesOf = (byPart: Record<string, number>): number => sumOf(services, byPart)
export const serversOf = (byPart: Record<string, number>): number => sumOf(servers, byPart)

export const totalOf = (amounts: Record<string, number>): number =>
  Object.values(amounts).reduce((sum, amount) => sum + amount, 0)

export const writesPerMessage = ({ writes }: BrokerUse, messages: number): number => totalOf(writes) / messages
export const bytesPerMessage = ({ bytes }: BrokerUse, messages: number): number => totalOf(bytes) / messages
