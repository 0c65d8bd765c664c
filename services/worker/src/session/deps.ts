// What a session needs from its engine.
import type { PairingRecord, SessionConfig, SessionState } from '@wagate/messages/control.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import type { Login } from '../engine/logins.ts'
import type { Handling } from '../faults.ts'
import type { LoggedEvent } from '../log/memory.ts'
import type { Replay } from '../log/replay.ts'
import type { Candidate } from '../log/snapshot-schedule.ts'
import type { SnapshotterDeps } from '../log/snapshotter.ts'
import type { SnapshotObjects } from '../log/starting-points.ts'
import type { Takeover, TakeoverDeps } from '../log/takeover.ts'
import type { Route } from '../proxy/route.ts'
import type { ConnectionObserver } from './connection-counts.ts'
import type { openSessionSocket } from './open.ts'
import type { WhatsAppVersion } from './socket.ts'
import type { VersionGate } from './version-gate.ts'

/** `poison`: engines died over it, and it was told as failed. */
export type CommandOutcome = 'done' | 'later' | 'poison'

export type SessionDeps = {
  config: SessionConfig
  /** What was read of its log before the takeover. */
  ahead?: Replay | undefined
  takeover: Omit<TakeoverDeps, 'onFenced' | 'relayed' | 'report'> &
    Pick<SnapshotterDeps, 'purge'> & { snapshots: SnapshotObjects }
  /** Before it is let go of in good order: a snapshot, if that is worth it and soon done. */
  snapshotBeforeLeaving: (session: Candidate) => Promise<void>
  onTakenOver: (replayed: Takeover['replayed']) => void
  /** Where to connect; WhatsApp itself when undefined. */
  url: string | undefined
  /** Opens a socket. */
  open: typeof openSessionSocket
  /** What the client says it is; Baileys' own when undefined. */
  version: WhatsAppVersion | undefined
  versionGate: VersionGate
  observe: ConnectionObserver
  /** Begins the login when it is its turn. */
  login: (login: Pick<Login, 'proxy' | 'isFirst' | 'begin'>) => void
  /** The way of a session's sockets; undefined: directly. */
  routeOf: (config: SessionConfig) => Route | undefined
  /** Its tenant is suspended: nothing is handed to WhatsApp, and what waits waits on. Its connection stays. */
  isSuspended: () => boolean
  now: () => Date
  random: () => number
  after: (ms: number, run: () => void) => void
  /** Resolves in the next turn of the event loop. */
  turn: () => Promise<void>
  /** Resolves when it is time to try again after a failure. */
  pause: (attempt: number) => Promise<void>
  publish: (event: LoggedEvent) => Promise<void>
  publishState: (state: SessionState) => void
  /** Tells those who follow the tenant live. */
  tell: (notice: Notice) => void
  /** What can link a phone now; undefined when nothing can any more. */
  publishPairing: (record: PairingRecord | undefined) => void
  /** The session is deleted and its last event published: remove its keys. */
  onDeleted: () => Promise<void>
  onFenced: () => void
  /** Set in fault tests: a message is about to be taken into the log, or to be encrypted. */
  handling?: Handling | undefined
  /** The frame of a message was handed to the wire. */
  onFrameSent: () => void
  log: (event: string, fields: Record<string, unknown>) => void
  /** What an operator should see. */
  warn: (event: string, fields: Record<string, unknown>) => void
}
