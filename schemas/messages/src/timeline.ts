// The life of a session in entries that a person can read: closed lists, so that whoever shows them has words for each.
import { closeReasons, quarantineReasons, restrictionKinds } from './events.ts'

/** What an event of the session told: written by the projector. */
export const toldTypes = [
  'created',
  /** The first QR string of an attempt to link it, or a pairing code. */
  'qr_shown',
  'code_shown',
  'linked',
  'connected',
  'disconnected',
  /** Another owner took it up, and it is connected again or closed. */
  'moved',
  /** Its proxy, which let nothing through, does again. */
  'proxy_recovered',
  /** Left alone for a while, to connect again by itself. */
  'paused',
  'restricted',
  'unrestricted',
  'closed',
] as const

/** What somebody asked for: from the audit log. */
export const askedTypes = [
  'restart_asked',
  'logout_asked',
  'code_asked',
  'renamed',
  'pace_changed',
  'proxy_changed',
  'settings_changed',
  'move_ordered',
] as const

export const timelineTypes = [...toldTypes, ...askedTypes] as const
export type ToldType = (typeof toldTypes)[number]
export type AskedType = (typeof askedTypes)[number]

/** By the codes of disconnects; WhatsApp's own but for the last but one. */
const disconnectReasonByCode: { readonly [code: number]: DisconnectReason } = {
  401: 'unlinked',
  402: 'temporarily_banned',
  403: 'banned',
  405: 'outdated',
  406: 'banned',
  408: 'connection_lost',
  409: 'outdated',
  411: 'multidevice_mismatch',
  428: 'connection_closed',
  440: 'replaced',
  500: 'stream_error',
  503: 'unavailable',
  515: 'restart_wanted',
  1001: 'proxy_failed',
}
export const disconnectReasons = [
  'unlinked',
  'temporarily_banned',
  'banned',
  'outdated',
  'connection_lost',
  'connection_closed',
  'multidevice_mismatch',
  'replaced',
  'stream_error',
  'unavailable',
  'restart_wanted',
  'proxy_failed',
  'unknown',
] as const
export type DisconnectReason = (typeof disconnectReasons)[number]
export const disconnectReasonOf = (code: number): DisconnectReason => disconnectReasonByCode[code] ?? 'unknown'

/** `logged_out`: by the phone or by WhatsApp, which cannot be told apart. `logged_out_as_asked`: somebody asked us to. */
export const endReasons = [...closeReasons, 'logged_out_as_asked'] as const
/** `handed_over`: its owner let go in order. `lost`: it did not. */
export const moveReasons = ['handed_over', 'lost'] as const
export const proxyChanges = ['set', 'removed'] as const

export const timelineReasons = [
  ...new Set([
    ...disconnectReasons,
    ...endReasons,
    ...moveReasons,
    ...quarantineReasons,
    ...restrictionKinds,
    ...proxyChanges,
  ]),
] as const
export type TimelineReason = (typeof timelineReasons)[number]

/** Facts of an entry: when it ends, since when it was so, WhatsApp's code, how long nobody had the session. */
export type TimelineDetail = { until?: string; since?: string; code?: number; gap_ms?: number }

/** The projector thins a session's entries to about so many, the newest. */
export const keptEntries = 1_000
