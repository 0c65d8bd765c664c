// The few verbs of the sandbox's control API that the bench needs, and the people that it makes with them.

export type SandboxAccess = { url: string; token: string }
export type Phone = { id: string; number: string }
export type PhoneMessage = { seq: number; text: string; at: string; from_me: boolean }
export type Counters = {
  messages_received: number
  shown: number
  receipts: number
  undecryptable: number
  duplicates_received: number
  resends_received: number
}

export type Sandbox = ReturnType<typeof createSandboxControl>

export function createSandboxControl({ url, token }: SandboxAccess) {
  const authorization = `Bearer ${token}`
  async function call<Answer>(path: string, body?: unknown): Promise<Answer> {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(`${url}/control/${path}`, { headers: { authorization }, ...request })
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}: ${await response.text()}`)
    return response.json() as Promise<Answer>
  }

  return {
    createPhone: (realm: string) => call<Phone>('phones', { realm }),
    scan: (phone: string, qr: string) => call<{ jid: string }>(`phones/${phone}/scan`, { qr }),
    /** Links a client that is not connected, by its public keys. */
    enrol: (phone: string, client: object) =>
      call<{ jid: string; lid: string; identity: string }>(`phones/${phone}/devices`, client),
    send: (phone: string, to: string, text: string) => call<{ id: string }>(`phones/${phone}/messages`, { to, text }),
    /** Everything that a phone shows after that position, page by page. */
    async shown(phone: string, after = 0): Promise<PhoneMessage[]> {
      const messages: PhoneMessage[] = []
      for (;;) {
        const { items } = await call<{ items: PhoneMessage[] }>(`phones/${phone}/messages?limit=1000&after=${after}`)
        messages.push(...items)
        const last = items.at(-1)
        if (!last || items.length < 1_000) return messages
        after = last.seq
      }
    },
    setOnline: (phone: string, online: boolean) => call(`phones/${phone}/${online ? 'online' : 'offline'}`, {}),
    /** While true, messages are delivered and not acknowledged. */
    holdAcks: (realm: string, hold: boolean) => call('faults', { realm, hold_acks: hold }),
    stats: (realm: string) => call<Counters>(`stats?realm=${realm}`),
  }
}

export async function createPhones(sandbox: Sandbox, realm: string, count: number): Promise<Phone[]> {
  const phones: Phone[] = []
  while (phones.length < count) phones.push(await sandbox.createPhone(realm))
  return phones
}
