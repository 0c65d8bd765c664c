// Wraps Baileys' Signal repository so that every ratchet step is written before the frame that depends on it can leave,
// and so that a stanza which WhatsApp delivers again is answered with the plaintext that its first delivery had.
import { AsyncResource } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { DEFAULT_CONNECTION_CONFIG, type SocketConfig } from '@whiskeysockets/baileys'
import type { InboundMessage } from '../log/records.ts'
import { inTurnOf } from './address-lock.ts'
import { decrypting } from './key-store.ts'
import { createMappingCache, replaceMappingCache } from './mapping-cache.ts'

type MakeRepository = SocketConfig['makeSignalRepository']
type Repository = ReturnType<MakeRepository>

export type DurableRepositoryDeps = {
  plaintextOf: (hash: string) => Uint8Array | undefined
  /** Reads the message out of a plaintext, with the attributes of the stanza that carried the ciphertext. */
  readMessage: (hash: string, plaintext: Uint8Array) => InboundMessage | undefined
  /** The other name of a phone number or LID (`lookupIn`). */
  lookup: (id: string) => string | undefined
}

const maxMigrations = 1_000

export const hashOf = (ciphertext: Uint8Array): string => createHash('sha256').update(ciphertext).digest('base64url')

/**
 * Baileys wraps a whole send in one transaction whose key changes are stored only after the frame was handed over.
 * Running each operation outside of that context gives it a transaction of its own, stored when the operation ends.
 */
export function durableRepository(deps: DurableRepositoryDeps): MakeRepository {
  return (auth, logger, lookup) => {
    const { keys } = auth
    if (!('transaction' in keys)) throw new Error('Baileys gave its Signal repository a key store without transactions')
    const inner: Repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, lookup)
    replaceMappingCache(inner.lidMapping, createMappingCache(deps.lookup))
    const outside = new AsyncResource('SignalRepository')
    const detached =
      <Args extends unknown[], Result>(operation: (...args: Args) => Result) =>
      (...args: Args): Result =>
        outside.runInAsyncScope(() => operation.apply(inner, args))
    // A person has two addresses, a number and a LID, and one ratchet, which Baileys finds under either and may move from one to
    // the other. Two operations at once under both would use a message key twice: the account's own take turns first.
    const account = {}
    const inTurn = <Result>(jid: string, operation: () => Promise<Result>): Promise<Result> =>
      inTurnOf(account, () => inTurnOf(inner.jidToSignalProtocolAddress(jid), operation))

    /** One transaction, keyed as Baileys keys its own, so that ratchet and plaintext are one write. */
    const decryptOnce = (
      ciphertext: Uint8Array,
      key: string,
      decrypt: () => Promise<Uint8Array>,
    ): Promise<Uint8Array> =>
      outside.runInAsyncScope(async () => {
        const hash = hashOf(ciphertext)
        const known = deps.plaintextOf(hash)
        if (known) return known
        const context: Parameters<typeof decrypting.run>[0] = {}
        return decrypting.run(context, () =>
          keys.transaction(async () => {
            const plaintext = await decrypt()
            const message = deps.readMessage(hash, plaintext)
            context.entry = { hash, plaintext, ...(message ? { message } : {}) }
            return plaintext
          }, key),
        )
      })

    let migrations = 0
    /** Baileys remembers each device that it moved from its number to its LID, without a bound; asked again, it finds nothing to move. */
    const forget = (): void => {
      migrations = 0
      inner.close?.()
    }

    return {
      ...inner,
      lidMapping: inner.lidMapping,
      decryptMessage: (options) =>
        inTurn(options.jid, () => decryptOnce(options.ciphertext, options.jid, () => inner.decryptMessage(options))),
      decryptGroupMessage: (options) =>
        decryptOnce(options.msg, options.group, () => inner.decryptGroupMessage(options)),
      encryptMessage: detached((options) => inTurn(options.jid, () => inner.encryptMessage(options))),
      encryptGroupMessage: detached(inner.encryptGroupMessage),
      getSenderKeyDistributionMessage: detached(inner.getSenderKeyDistributionMessage),
      processSenderKeyDistributionMessage: detached(inner.processSenderKeyDistributionMessage),
      injectE2ESession: detached((options) => inTurn(options.jid, () => inner.injectE2ESession(options))),
      deleteSession: detached((jids) => inTurnOf(account, () => inner.deleteSession(jids))),
      migrateSession: detached(async (from, to) => {
        const result = await inTurnOf(account, () => inner.migrateSession(from, to))
        migrations += result.migrated
        if (migrations > maxMigrations) forget()
        return result
      }),
      hasSenderKey: detached(inner.hasSenderKey),
      getSessionInfo: detached(inner.getSessionInfo),
      validateSession: detached(inner.validateSession),
    }
  }
}
