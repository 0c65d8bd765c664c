import type { SandboxAccess } from '../sandbox/control.ts'

/** What the process of bare Baileys can be asked to do. */
export type BareCalls = {
  /** Links new accounts, each with a phone of its own, and gives the phones' numbers. */
  link: {
    takes: { wsUrl: string; sandbox: SandboxAccess; realm: string; sessions: number }
    gives: { numbers: string[] }
  }
  /** Sends messages as fast as possible; done when each is acknowledged and its delivery receipt is here. */
  send: {
    takes: { contacts: string[]; messages: number; tag: string }
    gives: { elapsedMs: number; settledMs: number }
  }
  /** Waits until that many messages from others came in all. */
  receive: { takes: { messages: number }; gives: { received: number } }
}
