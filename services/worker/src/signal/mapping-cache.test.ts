import { addTransactionCapability, initAuthCreds } from '@whiskeysockets/baileys'
import { expect, test } from 'vitest'
import { lookupIn } from '../log/aliases.ts'
import { PackedKeys } from '../log/packed-keys.ts'
import { silentLogger } from '../session/baileys.ts'
import { durableRepository } from './durable-repository.ts'
import { createKeyStore } from './key-store.ts'
import { createMappingCache, rememberedMappings } from './mapping-cache.ts'

function repository() {
  const keys = new PackedKeys()
  const asked: string[] = []
  const store = createKeyStore({ keys, write: (mutations) => keys.apply(mutations) })
  const auth = {
    creds: initAuthCreds(),
    keys: addTransactionCapability(store, silentLogger, { maxCommitRetries: 1, delayBetweenTriesMs: 10 }),
  }
  const make = durableRepository({
    plaintextOf: () => undefined,
    readMessage: () => undefined,
    lookup: lookupIn({ keys }),
  })
  const made = make(auth, silentLogger, async (numbers) => {
    asked.push(...numbers)
    return []
  })
  return { asked, lidMapping: made.lidMapping }
}

const pn = (n: number): string => `${999_000_000_000 + n}@s.whatsapp.net`
const lid = (n: number): string => `${700_000_000_000_000 + n}@lid`

test('100,000 contacts leave a cache of a few hundred entries, and each is still known under both names', () => {
  const contacts = 100_000
  const stored = new Map<string, string>()
  const cache = createMappingCache((id) => stored.get(id))
  for (let n = 0; n < contacts; n++) {
    stored.set(`9${n}`, `7${n}`).set(`7${n}_reverse`, `9${n}`)
    cache.set(`pn:9${n}`, `7${n}`)
    cache.set(`lid:7${n}`, `9${n}`)
  }
  expect(cache.size()).toBe(rememberedMappings)
  const wrong = Array.from({ length: contacts }, (_, n) => n).filter(
    (n) => cache.get(`pn:9${n}`) !== `7${n}` || cache.get(`lid:7${n}`) !== `9${n}`,
  )
  expect(wrong).toEqual([])
  expect(cache.get('pn:123')).toBeUndefined()
})

test("Baileys' own store finds what fell out of the cache without asking WhatsApp", async () => {
  const { lidMapping, asked } = repository()
  const contacts = 4 * rememberedMappings
  await lidMapping.storeLIDPNMappings(Array.from({ length: contacts }, (_, n) => ({ pn: pn(n), lid: lid(n) })))
  for (const n of [0, 1, contacts / 2, contacts - 1]) {
    expect(await lidMapping.getLIDForPN(pn(n))).toBe(lid(n))
    expect(await lidMapping.getPNForLID(lid(n))).toBe(`${999_000_000_000 + n}:0@s.whatsapp.net`)
  }
  expect(asked).toEqual([])
  expect(await lidMapping.getLIDForPN('999123@s.whatsapp.net')).toBeNull()
  expect(asked).toEqual(['999123@s.whatsapp.net'])
})
