import type { Device } from '../account/account.ts'
import type { Directory } from '../account/directory.ts'
import type { Faults } from '../faults.ts'
import type { Journal } from '../journal.ts'
import type { Stats } from '../stats.ts'
import type { BinaryNode } from '../wire/node.ts'

/** What every part of the network works with. */
export type NetworkContext = {
  directory: Directory
  stats: Stats
  faults: Faults
  journal: Journal
  now: () => Date
  newId: () => string
}

/** Seconds since 1970, as every `t` attribute. */
export function timestamp(now: Date): string {
  return String(Math.floor(now.getTime() / 1000))
}

/** Puts a stanza into the device's mailbox, and on its way when the device is there. */
export function deliver(to: Device, stanza: BinaryNode): void {
  to.mailbox.add(stanza)
  if (to.link?.isActive()) to.link.receive(stanza)
}
