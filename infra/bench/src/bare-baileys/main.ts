// Bare Baileys as one process: what the pipeline is compared with.
import { setTimeout as pause } from 'node:timers/promises'
import { placeOf, textOf } from '../load/texts.ts'
import { answerCalls } from '../process/calls.ts'
import { createPhones, createSandboxControl } from '../sandbox/control.ts'
import type { Account } from './account.ts'
import type { BareCalls } from './calls.ts'

// libsignal prints private keys to the console: it must be silent before Baileys is loaded.
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const) console[method] = () => {}
const { linkAccount } = await import('./account.ts')

/** Unacknowledged messages of one session at once: as many as the pipeline's outbox allows itself. */
const sendWindow = 32
const settleWithinMs = 60_000
const accounts: Account[] = []

const total = (count: (account: Account) => number): number =>
  accounts.reduce((sum, account) => sum + count(account), 0)

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = performance.now() + settleWithinMs
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`bare Baileys waited in vain for ${what}`)
    await pause(2)
  }
}

answerCalls<BareCalls>(process, {
  async link({ wsUrl, sandbox, realm, sessions }) {
    const control = createSandboxControl(sandbox)
    const phones = await createPhones(control, realm, sessions)
    for (const phone of phones) accounts.push(await linkAccount(wsUrl, (qr) => control.scan(phone.id, qr)))
    return { numbers: phones.map(({ number }) => number) }
  },

  async send({ contacts, messages, tag }) {
    const before = {
      acknowledged: total(({ counts }) => counts.acknowledged),
      delivered: total(({ counts }) => counts.delivered),
    }
    const startedAtMs = performance.now()
    const sendAll = async (account: Account, session: number): Promise<void> => {
      const first = account.counts.acknowledged
      let sent = 0
      for (let n = session; n < messages; n += accounts.length) {
        while (sent - (account.counts.acknowledged - first) >= sendWindow) await pause(1)
        const to = contacts[placeOf(n, accounts.length, contacts.length).contact] ?? ''
        await account.send(to, textOf(tag, n))
        sent += 1
      }
    }
    await Promise.all(accounts.map(sendAll))
    await until(() => total(({ counts }) => counts.acknowledged) - before.acknowledged >= messages, 'acknowledgements')
    const elapsedMs = performance.now() - startedAtMs
    await until(() => total(({ counts }) => counts.delivered) - before.delivered >= messages, 'delivery receipts')
    return { elapsedMs, settledMs: performance.now() - startedAtMs }
  },

  async receive({ messages }) {
    await until(() => total(({ counts }) => counts.received) >= messages, 'messages')
    return { received: total(({ counts }) => counts.received) }
  },
})

for (const end of ['disconnect', 'SIGTERM'] as const) process.on(end, () => process.exit(0))
