// What Baileys remembers per socket, bounded. Its own caches take 20 KB each before their first entry, and a timer. None may be
// shared: entries are keyed by bare ids, so one tenant's would answer for another's.
import type { SocketConfig } from '@whiskeysockets/baileys'
import { ExpiringCache } from './expiring-cache.ts'

const minute = 60_000

type SocketCaches = Pick<
  SocketConfig,
  'userDevicesCache' | 'msgRetryCounterCache' | 'callOfferCache' | 'placeholderResendCache'
>

export const createSocketCaches = (nowMs: () => number): SocketCaches => ({
  // Of a group's members too: fewer than a group has would ask WhatsApp for all of them with each message.
  userDevicesCache: new ExpiringCache({ entries: 2_000, ttlMs: 5 * minute }, nowMs),
  msgRetryCounterCache: new ExpiringCache({ entries: 500, ttlMs: 60 * minute }, nowMs),
  callOfferCache: new ExpiringCache({ entries: 20, ttlMs: 5 * minute }, nowMs),
  placeholderResendCache: new ExpiringCache({ entries: 100, ttlMs: 60 * minute }, nowMs),
})
