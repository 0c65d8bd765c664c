/** Which sockets a realm had, and which message frame came from which, for tests of who may speak when. Off until asked for. */
export type FrameNote = {
  /** The number of the account that sent it. */
  from: string
  id: string
  atMs: number
  /** When its socket logged in. */
  loggedInAtMs: number
}

export type SocketNote = { from: string; loggedInAtMs: number; closedAtMs?: number }

export type Journal = {
  record(realm: string, isOn: boolean): void
  note(realm: string, frame: FrameNote): void
  /** Answers what to call when the socket is closed. */
  opened(realm: string, socket: { from: string; loggedInAtMs: number }): (closedAtMs: number) => void
  read(realm: string): { frames: readonly FrameNote[]; sockets: readonly SocketNote[] }
  reset(): void
}

/** The last ones of each are kept, this many per realm. */
const kept = 20_000

export function createJournal(): Journal {
  const realms = new Map<string, { frames: FrameNote[]; sockets: SocketNote[] }>()
  const keep = <Note>(notes: Note[], note: Note): void => {
    notes.push(note)
    if (notes.length > kept) notes.shift()
  }
  return {
    record(realm, isOn) {
      if (!isOn) realms.delete(realm)
      else if (!realms.has(realm)) realms.set(realm, { frames: [], sockets: [] })
    },
    note(realm, frame) {
      const notes = realms.get(realm)
      if (notes) keep(notes.frames, frame)
    },
    opened(realm, socket) {
      const note: SocketNote = { ...socket }
      const notes = realms.get(realm)
      if (notes) keep(notes.sockets, note)
      return (closedAtMs) => {
        note.closedAtMs = closedAtMs
      }
    },
    read: (realm) => realms.get(realm) ?? { frames: [], sockets: [] },
    reset: () => realms.clear(),
  }
}
