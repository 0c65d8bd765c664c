/** Which socket each message frame of a realm came from, for tests of who may still speak. Off until asked for. */
export type FrameNote = {
  /** The number of the account that sent it. */
  from: string
  id: string
  atMs: number
  /** When its socket logged in. */
  loggedInAtMs: number
}

export type Journal = {
  record(realm: string, isOn: boolean): void
  note(realm: string, frame: FrameNote): void
  frames(realm: string): readonly FrameNote[]
  reset(): void
}

/** The last frames are kept, this many per realm. */
const keptFrames = 20_000

export function createJournal(): Journal {
  const realms = new Map<string, FrameNote[]>()
  return {
    record(realm, isOn) {
      if (!isOn) realms.delete(realm)
      else if (!realms.has(realm)) realms.set(realm, [])
    },
    note(realm, frame) {
      const frames = realms.get(realm)
      if (!frames) return
      frames.push(frame)
      if (frames.length > keptFrames) frames.shift()
    },
    frames: (realm) => realms.get(realm) ?? [],
    reset: () => realms.clear(),
  }
}
