// When a session of this engine may open its socket: logins are paced by the supervisor per address, and so few are under way
// at once that the sessions which are connected do not wait for them.
export type Login = {
  /** The address that WhatsApp sees; undefined for the sandbox, whose logins are not paced. */
  egress: string | undefined
  /** Which proxy it goes through, if any. */
  proxy: string | undefined
  /** After pairing: 812 one-time keys are made, 100 ms without a break. */
  isFirst: boolean
  /** Opens the socket, and calls `done` when it is open, shows a QR string or is gone. False: it is not wanted any more. */
  begin: (done: () => void) => boolean
}

export type LoginsDeps = {
  /** Asks the supervisor for one login from that address; `granted` is the answer. */
  ask: (egress: string) => void
  atOnce: number
  firstAtOnce: number
  /** Through proxies: those that never answer must not keep others from logging in. */
  proxiedAtOnce: number
}

export type Logins = ReturnType<typeof createLogins>

type Line = { direct: Login[]; proxied: Login[] }

export function createLogins({ ask, atOnce, firstAtOnce, proxiedAtOnce }: LoginsDeps) {
  const ordinary: Line = { direct: [], proxied: [] }
  const first: Line = { direct: [], proxied: [] }
  /** Those that have a place and wait for the supervisor. */
  const asked = new Map<string, Login[]>()
  let busy = 0
  let busyFirst = 0
  let busyProxied = 0

  const nextOf = ({ direct, proxied }: Line): Login | undefined =>
    (busyProxied < proxiedAtOnce ? proxied.shift() : undefined) ?? direct.shift()

  function next(): void {
    while (busy < atOnce) {
      const login = (busyFirst < firstAtOnce ? nextOf(first) : undefined) ?? nextOf(ordinary)
      if (!login) return
      busy += 1
      if (login.isFirst) busyFirst += 1
      if (login.proxy !== undefined) busyProxied += 1
      if (login.egress === undefined) begin(login)
      else {
        const line = asked.get(login.egress) ?? []
        asked.set(login.egress, line)
        line.push(login)
        ask(login.egress)
      }
    }
  }

  function begin(login: Login): boolean {
    let ended = false
    const done = (): void => {
      if (ended) return
      ended = true
      busy -= 1
      if (login.isFirst) busyFirst -= 1
      if (login.proxy !== undefined) busyProxied -= 1
      next()
    }
    const begun = login.begin(done)
    if (!begun) done()
    return begun
  }

  return {
    enter(login: Login): void {
      const line = login.isFirst ? first : ordinary
      line[login.proxy === undefined ? 'direct' : 'proxied'].push(login)
      next()
    },
    granted(egress: string): void {
      const line = asked.get(egress)
      for (let login = line?.shift(); login; login = line?.shift()) if (begin(login)) break
      if (line?.length === 0) asked.delete(egress)
    },
    waiting: (): number =>
      [ordinary, first].reduce((sum, { direct, proxied }) => sum + direct.length + proxied.length, 0) +
      [...asked.values()].reduce((sum, line) => sum + line.length, 0),
  }
}
