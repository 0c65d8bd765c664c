// The yardstick: the same messages to the same people through bare Baileys, on the same sandbox, before the pipeline is loaded.
import { type CpuUse, cpuBetween, readCpu } from '../measure/cpu.ts'
import { writeAll } from '../pipeline/inbound.ts'
import { startChild } from '../process/calls.ts'
import type { Phone, Sandbox, SandboxAccess } from '../sandbox/control.ts'
import type { BareCalls } from './calls.ts'

export type BareBaileys = {
  messages: number
  /** From the first message to the last acknowledgement. */
  sentPerSecond: number
  cpuMsPerMessage: number
  inbound: { messages: number; cpuMsPerMessage: number }
  /** Of the whole comparison run, with what the sandbox used for it. */
  cpu: CpuUse
}

export type BareBaileysDeps = {
  sandbox: Sandbox
  access: SandboxAccess
  wsUrl: string
  sandboxPid: number
  realm: string
  contacts: Phone[]
}

export async function measureBareBaileys(
  { sandbox, access, wsUrl, sandboxPid, realm, contacts }: BareBaileysDeps,
  plan: { sessions: number; messages: number; inbound: number },
  nodeOptions: string[],
): Promise<BareBaileys> {
  await using bare = startChild<BareCalls>(new URL('./main.ts', import.meta.url), nodeOptions)
  const cpu = () => readCpu({ bare: [bare.pid], sandbox: [sandboxPid] })
  const to = contacts.map(({ number }) => number)
  const { numbers } = await bare.ask('link', { wsUrl, sandbox: access, realm, sessions: plan.sessions })
  // Warm: every pair has its Signal session, and the code is compiled.
  await bare.ask('send', { contacts: to, messages: warmMessages(plan.sessions, contacts.length), tag: 'warm' })

  const before = cpu()
  const { elapsedMs } = await bare.ask('send', { contacts: to, messages: plan.messages, tag: 'drain' })
  const after = cpu()
  const use = cpuBetween(before, after)

  await writeAll(sandbox, contacts, numbers, plan.inbound)
  await bare.ask('receive', { messages: plan.inbound })
  const inbound = cpuBetween(after, cpu())
  return {
    messages: plan.messages,
    sentPerSecond: (plan.messages * 1_000) / elapsedMs,
    cpuMsPerMessage: (use.byPart.bare ?? 0) / plan.messages,
    inbound: { messages: plan.inbound, cpuMsPerMessage: (inbound.byPart.bare ?? 0) / plan.inbound },
    cpu: use,
  }
}

/** Twice through every pair of session and contact. */
export const warmMessages = (sessions: number, contacts: number): number => 2 * sessions * contacts
