/** Linking a client by code: the client asks for a phone number, a person types the code on that phone. */
import { randomBytes } from 'node:crypto'
import { Curve } from '@whiskeysockets/baileys'
import type { Account, Device } from '../account/account.ts'
import { openBundle, parseLinkCode, unwrapKey, wrapKey, wrappedKeyBytes } from '../account/link-code.ts'
import { SandboxProblem } from '../problems.ts'
import { parseUserJid, serverJid } from '../wire/jid.ts'
import { attributes, type BinaryNode, bytesOf, childOf, node, textOf } from '../wire/node.ts'
import type { Connection } from './connection.ts'
import { type NetworkContext, timestamp } from './context.ts'
import { checkRoom, linkClient, type PhoneIdentity } from './link-client.ts'
import type { Registration } from './registration.ts'

/** How long a code is good for; WhatsApp tells no number, and ends the connection of a client after about three minutes. */
const codeLifetimeMs = 180_000
const finishTimeoutMs = 15_000
/** Requests of ended connections are remembered, this many, to tell a stale code from a wrong one. */
const keptRequests = 1_000

type CodeRequest = {
  registration: Registration
  ref: Buffer
  /** The client's ephemeral key under the code. */
  wrappedKey: Uint8Array
  expiresAtMs: number
  isGone: boolean
  /** Takes the client's wrapped bundle, or undefined when it went away; set while the phone waits for it. */
  finish: ((bundle: Uint8Array | undefined) => void) | undefined
}

export type PairCode = {
  /** One of the two stanzas of a client that links by code. */
  receive(registration: Registration, iq: BinaryNode): void
  forget(connection: Connection): void
  /** Lets a phone enter a code; resolves when the client has accepted. Throws a `SandboxProblem` otherwise. */
  enter(account: Account, identity: PhoneIdentity, code: string): Promise<Device>
}

export function createPairCode(network: NetworkContext): PairCode {
  /** By phone number: the last client that asked for it, as the phone is told of no other. */
  const requests = new Map<string, CodeRequest>()

  const hello = (registration: Registration, iq: BinaryNode, reg: BinaryNode) => {
    const number = parseUserJid(reg.attrs.jid)?.user
    const wrappedKey = bytesOf(childOf(reg, 'link_code_pairing_wrapped_companion_ephemeral_pub'))
    const noiseKey = bytesOf(childOf(reg, 'companion_server_auth_key_pub'))
    const isOwnKey = noiseKey !== undefined && Buffer.from(noiseKey).equals(registration.noiseKey)
    // WhatsApp checks that the client names itself as «Browser (System)».
    const hasName = /^[^()]+ \([^()]+\)$/.test(textOf(childOf(reg, 'companion_platform_display')) ?? '')
    if (number === undefined || wrappedKey?.length !== wrappedKeyBytes || !isOwnKey || !hasName) {
      return answer(registration, iq, { code: '400', text: 'bad-request' })
    }
    if (!network.directory.findAnywhere(number)) {
      return answer(registration, iq, { code: '404', text: 'item-not-found' })
    }
    const ref = randomBytes(16)
    const expiresAtMs = network.now().getTime() + codeLifetimeMs
    requests.get(number)?.finish?.(undefined)
    requests.delete(number)
    requests.set(number, { registration, ref, wrappedKey, expiresAtMs, isGone: false, finish: undefined })
    for (const [oldest] of requests) {
      if (requests.size <= keptRequests) break
      requests.delete(oldest)
    }
    const stage = { stage: 'companion_hello' }
    answer(registration, iq, [node('link_code_companion_reg', stage, [node('link_code_pairing_ref', {}, ref)])])
  }

  const finish = (registration: Registration, iq: BinaryNode, reg: BinaryNode) => {
    const ref = bytesOf(childOf(reg, 'link_code_pairing_ref'))
    const bundle = bytesOf(childOf(reg, 'link_code_pairing_wrapped_key_bundle'))
    const request = [...requests.values()].find((each) => each.registration === registration)
    if (!request?.finish || !bundle || !ref || !request.ref.equals(ref)) {
      return answer(registration, iq, { code: '400', text: 'bad-request' })
    }
    answer(registration, iq, [])
    request.finish(bundle)
  }

  const find = (account: Account): CodeRequest => {
    const request = requests.get(account.number)
    if (!request)
      throw new SandboxProblem('code-unknown', 'No client has asked for a code for the number of this phone.')
    if (request.isGone || network.now().getTime() > request.expiresAtMs) {
      throw new SandboxProblem('code-expired', 'The code is too old, or the client that showed it is gone.')
    }
    if (request.finish || request.registration.answer) {
      throw new SandboxProblem('code-used', 'A code for this phone is being entered, or was.')
    }
    return request
  }

  return {
    receive(registration, iq) {
      const reg = childOf(iq, 'link_code_companion_reg')
      if (reg?.attrs.stage === 'companion_hello') hello(registration, iq, reg)
      else if (reg?.attrs.stage === 'companion_finish') finish(registration, iq, reg)
      else answer(registration, iq, { code: '400', text: 'bad-request' })
    },

    forget(connection) {
      for (const request of requests.values()) {
        if (request.registration.connection !== connection) continue
        request.isGone = true
        request.finish?.(undefined)
      }
    },

    async enter(account, identity, text) {
      const code = parseLinkCode(text)
      if (!code) throw new SandboxProblem('code-invalid', 'A code has eight letters and digits, without 0, I, O and U.')
      const request = find(account)
      checkRoom(account)
      const { registration } = request
      const ephemeral = Curve.generateKeyPair()
      const bundle = waitForBundle(request)
      try {
        const clientEphemeral = await unwrapKey(code, request.wrappedKey)
        registration.connection.send(primaryHello(network, request, identity, await wrapKey(code, ephemeral.public)))
        const clientIdentity = registration.keys.identityKey
        const advSecret = openBundle({ identity, ephemeral, clientEphemeral, clientIdentity }, await bundle)
        if (!advSecret) throw new SandboxProblem('code-wrong', 'This is not the code that the client shows now.')
        return await linkClient(network, registration, { account, identity, advSecret })
      } finally {
        request.finish = undefined
      }
    },
  }
}

function waitForBundle(request: CodeRequest): Promise<Uint8Array> {
  const bundle = new Promise<Uint8Array>((resolve, reject) => {
    const refuse = (detail: string) => reject(new SandboxProblem('client-did-not-answer', detail))
    const timer = setTimeout(() => refuse('The client did not answer in time.'), finishTimeoutMs)
    request.finish = (received) => {
      clearTimeout(timer)
      if (received) resolve(received)
      else refuse('The client went away, or asked for another code.')
    }
  })
  // It may fail before anybody waits for it.
  bundle.catch(() => {})
  return bundle
}

function primaryHello(
  network: NetworkContext,
  { ref }: CodeRequest,
  identity: PhoneIdentity,
  wrappedKey: Uint8Array,
): BinaryNode {
  const attrs = {
    from: serverJid,
    type: 'link_code_companion_reg',
    id: network.newId(),
    t: timestamp(network.now()),
  }
  return node('notification', attrs, [
    node('link_code_companion_reg', { stage: 'primary_hello' }, [
      node('link_code_pairing_wrapped_primary_ephemeral_pub', {}, wrappedKey),
      node('primary_identity_pub', {}, identity.public),
      node('link_code_pairing_ref', {}, ref),
    ]),
  ])
}

function answer(
  { connection }: Registration,
  iq: BinaryNode,
  result: BinaryNode[] | { code: string; text: string },
): void {
  const attrs = (type: string) => attributes({ id: iq.attrs.id, from: serverJid, type })
  if (Array.isArray(result)) connection.send(node('iq', attrs('result'), result.length > 0 ? result : undefined))
  else connection.send(node('iq', attrs('error'), [node('error', result)]))
}
